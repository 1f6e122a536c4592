/**
 * A real browser for the tests of the dashboard: Chromium, as the system has it. Every page that is
 * opened here fails its test when the console shows an error, a request fails, or axe finds
 * something.
 */
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { type Browser, type BrowserContext, chromium, type Locator, type Page } from 'playwright-core'
import { expect } from 'vitest'
import { axeAddress, browserVariable } from './chromium.ts'

export type { Page } from 'playwright-core'

export const devices = {
  phone: { width: 390, height: 844 },
  desktop: { width: 1280, height: 800 },
} as const
export type Device = keyof typeof devices
/** The names of all devices, for tests of pages that differ between them. */
export const everyDevice: Device[] = ['desktop', 'phone']

/** A phone's page must fit the narrowest screen, too: https://www.w3.org/TR/WCAG22/#reflow */
const widthsOf: Record<Device, number[]> = {
  phone: [devices.phone.width, 320],
  desktop: [devices.desktop.width],
}

type Scheme = 'light' | 'dark'

const screenshots = path.join(import.meta.dirname, '..', '.results', 'screenshots')

export interface Visit {
  page: Page
  /** Checks the page as it is now with axe. With `SCREENSHOTS=1` it also takes a picture. */
  check: (name: string) => Promise<void>
  /** Fails where anything went wrong since the page was opened, and closes it. */
  end: () => Promise<void>
}

interface VisitOptions {
  device?: Device
  /** Checks look at the page in the dark, too. Only its colours differ there. */
  darkToo?: boolean
  /** The session of a person who has logged in already. */
  session?: string
  /** For a test that changes its tab for good, such as its clock, or looks at what is stored. */
  ownTab?: boolean
  /**
   * What a test brings about on purpose, of what would fail it: the browser reports each request
   * that was refused.
   */
  foreseen?: RegExp
}

/** Connects to the browser that all files share. Closing the connection closes its own pages. */
export function startBrowser(): Promise<Browser> {
  return chromium.connect(process.env[browserVariable] ?? '')
}

/**
 * Opens an address of a hub as a new visitor. Visits of one file take turns in a tab: a new one
 * costs a process, and compiles the page and axe again.
 */
export async function visit(browser: Browser, url: string, options: VisitOptions = {}): Promise<Visit> {
  const { device = 'desktop', darkToo = false, session, foreseen } = options
  const { origin } = new URL(url)
  const tabs = freeTabs(browser, device)
  const page = (options.ownTab ? undefined : tabs.pop()) ?? (await openTab(browser, device))
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  if (session !== undefined) await logIn(page.context(), url, session)
  const problems = watch(page)
  await page.goto(url)
  return {
    page,
    async check(name) {
      const look = async (scheme: Scheme, rules?: string[]): Promise<void> => {
        if (process.env['SCREENSHOTS']) await takePicture(page, `${name}-${device}-${scheme}`)
        expect(await findBarriers(page, rules), `${name}, ${scheme}`).toEqual([])
      }
      await look('light')
      for (const width of widthsOf[device]) {
        await page.setViewportSize({ ...devices[device], width })
        expect(await findOverflow(page), `${name} is wider than ${width} pixels`).toEqual([])
      }
      await page.setViewportSize(devices[device])
      if (!darkToo) return
      await page.emulateMedia({ colorScheme: 'dark' })
      await look('dark', colourRules)
      await page.emulateMedia({ colorScheme: 'light' })
    },
    async end() {
      if (!options.ownTab && page.url().startsWith(origin)) tabs.push(await forget(page))
      else await page.context().close()
      expect(problems.filter((problem) => !foreseen?.test(problem))).toEqual([])
    },
  }
}

/** Tabs that no visit uses, by browser and device. One whose test failed never comes back. */
const idleTabs = new WeakMap<Browser, Record<Device, Page[]>>()

function freeTabs(browser: Browser, device: Device): Page[] {
  const tabs = idleTabs.get(browser) ?? { phone: [], desktop: [] }
  idleTabs.set(browser, tabs)
  return tabs[device]
}

async function openTab(browser: Browser, device: Device): Promise<Page> {
  const context = await browser.newContext({
    viewport: devices[device],
    isMobile: device === 'phone',
    hasTouch: device === 'phone',
    permissions: ['clipboard-read', 'clipboard-write'],
  })
  return context.newPage()
}

/** Takes from a tab all that its visitor left: cookies, storage, routes, listeners, the pointer. */
async function forget(page: Page): Promise<Page> {
  await page.evaluate('localStorage.clear(), sessionStorage.clear()')
  await page.mouse.move(0, 0)
  await page.goto('about:blank')
  await page.unrouteAll({ behavior: 'ignoreErrors' })
  await page.context().clearCookies()
  page.removeAllListeners()
  return page
}

/** As a browser that has logged in would come back: with the cookie that login set. */
async function logIn(context: BrowserContext, url: string, session: string): Promise<void> {
  const { origin } = new URL(url)
  // Of a deeper address it would be a cookie of that folder.
  await context.addCookies([
    { name: 'hub_session', value: session, url: origin, httpOnly: true, sameSite: 'Strict' },
  ])
}

/** What goes wrong on a page, from now on. */
function watch(page: Page): string[] {
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(`thrown: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() !== 'error' && message.type() !== 'warning') return
    problems.push(`${message.type()}: ${message.text()} (${message.location().url})`)
  })
  page.on('requestfailed', (request) => {
    // The page itself ends the live stream, and whatever is under way when it is left.
    if (request.failure()?.errorText === 'net::ERR_ABORTED') return
    problems.push(`failed: ${request.method()} ${request.url()} ${request.failure()?.errorText}`)
  })
  return problems
}

async function takePicture(page: Page, name: string): Promise<void> {
  mkdirSync(screenshots, { recursive: true })
  await page.screenshot({ path: path.join(screenshots, `${name}.png`), fullPage: true })
}

interface Barrier {
  id: string
  help: string
  nodes: { target: unknown; html: string }[]
}

/** The rules of axe that can find something in one colour scheme and not in the other. */
const colourRules = ['color-contrast', 'link-in-text-block']

/**
 * Returns the findings of axe, each with the elements that it is about.
 * @param rules those to apply; all where left out.
 */
async function findBarriers(page: Page, rules?: string[]): Promise<string[]> {
  // Sending a megabyte of source for each check takes longer than the check. Pages load it once.
  if (!(await page.evaluate<boolean>('"axe" in window'))) await page.addScriptTag({ url: axeAddress })
  const options = { resultTypes: ['violations'], ...(rules && { runOnly: rules }) }
  const violations = await page.evaluate<Barrier[]>(
    `axe.run(document, ${JSON.stringify(options)}).then(({ violations }) => violations)`,
  )
  return violations.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html}`))
}

/**
 * Returns the tags and classes of elements that make a page wider than its screen. `innerWidth`
 * would grow with the page on a phone.
 */
function findOverflow(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`(() => {
    const width = document.documentElement.clientWidth
    if (document.documentElement.scrollWidth <= width) return []
    const wide = [...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > width)
    return ['the page', ...wide.map((one) => one.tagName + '.' + one.getAttribute('class'))]
  })()`)
}

/**
 * Loads a page anew, until it has read what it asks for at first and hears what the hub tells: the
 * stream is asked for last.
 * @param reads a path that the page reads besides; the stream can begin before its answer is there.
 */
export async function listenAnew(page: Page, reads?: string): Promise<void> {
  const address = page.url()
  // Of the page as it stood before, whatever it still asked for would be taken for the new one's.
  await page.goto('about:blank')
  const answered = ['/api/live', reads].flatMap((asked) => {
    if (asked === undefined) return []
    return page.waitForResponse((response) => new URL(response.url()).pathname === asked)
  })
  await page.goto(address)
  await Promise.all(answered)
}

/** Returns the text of the file that a page gives away when this button is pressed. */
export async function readDownload(page: Page, button: string): Promise<string> {
  const started = page.waitForEvent('download')
  await page.getByRole('button', { name: button }).click()
  return text(await (await started).createReadStream())
}

/**
 * Presses Tab until something has focus.
 * @throws where it is not reached by going once round the page.
 */
export async function tabTo(page: Page, wanted: Locator): Promise<void> {
  for (let pressed = 0; pressed < 80; pressed++) {
    if (await hasFocus(page, wanted)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab does not lead to ${wanted.toString()}.`)
}

export async function hasFocus(page: Page, wanted: Locator): Promise<boolean> {
  return (await wanted.and(page.locator(':focus')).count()) > 0
}
