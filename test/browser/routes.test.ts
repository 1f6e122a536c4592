/**
 * What a person does with routes: orders them by keyboard and by mouse, saves and resets them, and
 * asks who would serve.
 */
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Hub, type Person, settleIn, startHub } from '../end-to-end/hub.ts'
import { completion, type FakeProvider, sendJson, startProvider } from '../end-to-end/provider.ts'
import { everyDevice, hasFocus, startBrowser, tabTo, visit } from './browser.ts'

let browser: Browser
let hub: Hub
let provider: FakeProvider
let ada: Person

interface Route {
  name: string
  order: string
  scope: string
  builtIn: boolean
  candidates: { provider: string; model?: string }[]
}

beforeAll(async () => {
  browser = await startBrowser()
  provider = await startProvider()
  provider.behave((response) => sendJson(response, 200, completion('Hello.')))
  hub = await startHub()
  ada = await settleIn(hub)
  const as = ada.session
  for (const id of ['one', 'two', 'three']) {
    await hub.call('POST', '/api/providers', {
      as,
      body: {
        id,
        name: `Fake ${id}`,
        baseUrl: provider.baseUrl,
        dialect: 'openai-chat',
        models: [`${id}-1`],
      },
    })
  }
  await hub.call('POST', '/api/keys', { as, body: { provider: 'two', apiKey: 'sk-fake-two-2222' } })
  await hub.call('POST', '/api/keys', {
    as,
    body: { provider: 'two', apiKey: 'sk-fake-two-1111', enabled: false },
  })
  await hub.call('POST', '/api/routes', {
    as,
    body: { name: 'work', candidates: [{ provider: 'one' }, { provider: 'two' }, { provider: 'three' }] },
  })
})
afterAll(async () => {
  await browser?.close()
  await hub?.stop()
  await provider?.stop()
})

const readRoute = (name: string): Promise<Route> =>
  hub.call('GET', `/api/routes/${name}`, { as: ada.session })

interface Place {
  x: number
  y: number
}

/** A finger on the screen, as Chromium itself hears of one. */
async function touchOf(page: Page) {
  const devtools = await page.context().newCDPSession(page)
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', touchPoints: Place[]): Promise<unknown> =>
    devtools.send('Input.dispatchTouchEvent', { type, touchPoints })
  return {
    async drag({ x, y }: Place, by: Place): Promise<void> {
      const steps = 12
      await touch('touchStart', [{ x, y }])
      for (let step = 1; step <= steps; step++)
        await touch('touchMove', [{ x: x + (by.x * step) / steps, y: y + (by.y * step) / steps }])
      await touch('touchEnd', [])
    },
  }
}

/**
 * Where the page stands once it has come to rest: it rolls on for a while after a finger has left
 * it.
 */
async function scrolledTo(page: Page): Promise<number> {
  let at = -1
  await expect
    .poll(async () => {
      const before = at
      at = await page.evaluate<number>('scrollY')
      return at === before
    })
    .toBe(true)
  return at
}

async function middleOf(element: Locator): Promise<Place> {
  const box = await element.boundingBox()
  if (!box) throw new Error(`${element.toString()} is not to be seen.`)
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
}

describe('a route', () => {
  it('is ordered by keyboard, saved and explained, without a request to anybody', async () => {
    const asked = provider.received.length
    const { page, check, end } = await visit(browser, `${hub.url}/routes`, { session: ada.session })
    const { keyboard } = page
    const link = page.getByRole('link', { name: 'work' })
    await link.waitFor()
    await tabTo(page, link)
    await keyboard.press('Enter')
    const up = page.getByRole('button', { name: 'Move Fake three up' })
    await up.waitFor()
    await tabTo(page, up)
    await keyboard.press('Enter')
    // It keeps the focus, so that one can press on.
    expect(await hasFocus(page, up)).toBe(true)
    await keyboard.press('Enter')
    await page.getByText('Fake three moved to 1 of 3').waitFor()
    await check('route-draft')
    const save = page.getByRole('button', { name: 'Save' })
    await tabTo(page, save)
    await keyboard.press('Enter')
    await page.getByText('Route work saved').waitFor()
    expect((await readRoute('work')).candidates.map(({ provider: id }) => id)).toEqual([
      'three',
      'one',
      'two',
    ])

    const simulate = page.getByRole('button', { name: 'Simulate' })
    await tabTo(page, simulate)
    await keyboard.press('Enter')
    await page.getByText('Would use Fake two · Default model · sk-****2222').waitFor()
    await page.getByText(/1 key is unavailable/).click()
    await page.getByText('Disabled.').waitFor()
    await check('route-explained')
    expect(provider.received.length).toBe(asked)
    await end()
  })

  it('is ordered by dragging', async () => {
    const { page, end } = await visit(browser, `${hub.url}/routes/work`, { session: ada.session })
    const candidates = page.locator('.candidate').filter({ hasText: 'Fake' })
    await candidates.nth(2).waitFor()
    const last = await candidates.nth(2).locator('strong').textContent()
    await candidates.nth(2).dragTo(candidates.nth(0), { targetPosition: { x: 60, y: 4 } })
    await expect.poll(() => candidates.nth(0).locator('strong').textContent()).toBe(last)
    // It is let go: where the mouse goes now moves nothing.
    await candidates.nth(2).hover()
    expect(await candidates.nth(0).locator('strong').textContent()).toBe(last)
    await end()
  })

  it('is ordered by a finger at a grip, while anywhere else it scrolls the page', async () => {
    const options = { session: ada.session, device: 'phone' } as const
    const { page, end } = await visit(browser, `${hub.url}/routes`, options)
    await page.getByRole('link', { name: 'work' }).click()
    const names = page.locator('.candidate strong').filter({ hasText: 'Fake' })
    await names.nth(2).waitFor()
    const before = await names.allTextContents()
    const finger = await touchOf(page)

    await finger.drag(await middleOf(names.nth(2)), { x: 0, y: -120 })
    const top = await scrolledTo(page)
    expect(top).toBeGreaterThan(0)
    expect(await names.allTextContents()).toEqual(before)

    const rowHeight = (await page.locator('.candidate').nth(0).boundingBox())?.height ?? 0
    await finger.drag(await middleOf(page.locator('.grip').nth(0)), { x: 0, y: rowHeight * 2.5 })
    await expect.poll(() => names.allTextContents()).toEqual([before[1], before[2], before[0]])
    expect(await scrolledTo(page)).toBe(top)
    await page.getByText('Unsaved changes').waitFor()
    const questions: string[] = []
    page.on('dialog', (dialog) => {
      questions.push(`${dialog.type()}: ${dialog.message()}`)
      // Stays the first two times, then leaves.
      void (questions.length < 3 ? dialog.dismiss() : dialog.accept())
    })
    await page.getByRole('link', { name: 'All routes' }).click()
    await page.evaluate('history.back()')
    await expect.poll(() => questions.length).toBe(2)
    await expect.poll(() => new URL(page.url()).pathname).toBe('/routes/work')
    await page.getByText('Unsaved changes').waitFor()
    await page.reload()
    await names.nth(2).waitFor()
    const question = 'confirm: Discard your changes to work?'
    expect(questions).toEqual([question, question, expect.stringMatching(/^beforeunload/)])
    expect(await names.allTextContents()).toEqual(before)
    await end()
  })

  it('of the hub is changed for oneself, and shows again when that is deleted', async () => {
    const { page, end } = await visit(browser, `${hub.url}/routes/fast`, { session: ada.session })
    await page.getByRole('button', { name: 'Remove Groq' }).click()
    await page.getByLabel('Order').selectOption('cheapest')
    await page.getByRole('button', { name: 'Save for me' }).click()
    await page.getByText('Route fast saved').waitFor()
    const own = await readRoute('fast')
    expect(own).toMatchObject({ scope: 'user', order: 'cheapest' })
    expect(own.candidates.map(({ provider: id }) => id)).toEqual(['openai', 'gemini'])
    await page.getByRole('button', { name: 'Delete', exact: true }).click()
    await page.getByRole('button', { name: 'Delete route' }).click()
    await page.waitForURL('**/routes')
    expect(await readRoute('fast')).toMatchObject({ scope: 'hub', order: 'listed' })
    await end()
  })

  it('of the hub is changed for everyone and deleted again; one that nobody changed offers nothing to delete', async () => {
    const { page, end } = await visit(browser, `${hub.url}/routes/cheap`, { session: ada.session })
    const remove = page.getByRole('button', { name: 'Delete for everyone' })
    await page.getByLabel('Order').selectOption('round-robin')
    expect(await remove.count()).toBe(0)
    await page.getByRole('button', { name: 'Save for everyone' }).click()
    await remove.click()
    expect(await readRoute('cheap')).toMatchObject({ scope: 'hub', order: 'round-robin', builtIn: false })
    await page.getByText('use the default route of the same name').waitFor()
    await page.getByRole('button', { name: 'Delete route' }).click()
    await page.waitForURL('**/routes')
    expect(await readRoute('cheap')).toMatchObject({ scope: 'hub', order: 'listed', builtIn: true })
    await end()
  })

  it('is made, and added to', async () => {
    const { page, check, end } = await visit(browser, `${hub.url}/routes?add`, { session: ada.session })
    await page.getByLabel('Name').fill('claude-*')
    await page.getByLabel('First target').selectOption('one')
    await page.getByRole('dialog').getByRole('button', { name: 'Create route' }).click()
    await page.getByRole('heading', { name: 'claude-*' }).waitFor()
    await page.getByLabel('Provider').selectOption('two')
    await page.getByLabel('Model').fill('vendor/two-2')
    await page.getByRole('button', { name: 'Add target' }).click()
    await check('route-adding')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Route claude-* saved').waitFor()
    await page.getByText('"two" is not known to have the model "vendor/two-2".').waitFor()
    expect((await readRoute('claude-*')).candidates).toEqual([
      { provider: 'one' },
      { provider: 'two', model: 'vendor/two-2' },
    ])
    await end()
  })
})

describe('the page of a route', () => {
  it.each(everyDevice)('is whole on a %s, light and dark', async (device) => {
    const options = { device, darkToo: true, session: ada.session }
    const { page, check, end } = await visit(browser, `${hub.url}/routes/work`, options)
    await page.getByRole('button', { name: 'Simulate' }).click()
    await page.getByText('Would use Fake two', { exact: false }).waitFor()
    await check('route-page')
    await end()
  })
})
