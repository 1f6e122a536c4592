/**
 * What a page is told of secrets: of a key nothing after it was entered, of a token one answer, and
 * of the session nothing that a script could read.
 */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Hub, type Person, settleIn, startHub } from '../end-to-end/hub.ts'
import { type Page, startBrowser, visit } from './browser.ts'

const key = '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'

let browser: Browser
let hub: Hub
let ada: Person

beforeAll(async () => {
  browser = await startBrowser()
  hub = await startHub()
  ada = await settleIn(hub)
})
afterAll(async () => {
  await browser?.close()
  await hub?.stop()
})

interface Heard {
  /** The method and address of an answer, and its body. */
  answers: { from: string; body: string }[]
}

/** Everything that the page is sent from now on, but for the live stream, which is never over. */
function listen(page: Page): Heard {
  const answers: Heard['answers'] = []
  page.on('response', (response) => {
    const from = `${response.request().method()} ${new URL(response.url()).pathname}`
    if (from.endsWith('/api/live')) return
    // What was left before it had come is not there to be read.
    void response.text().then(
      (body) => answers.push({ from, body }),
      () => {},
    )
  })
  return { answers }
}

/** What a script, an extension or whoever sits down at the machine can find. */
function leftBehind(page: Page): Promise<string> {
  return page.evaluate<string>(`(async () => {
    const names = await caches.keys()
    const databases = await indexedDB.databases()
    const fields = [...document.querySelectorAll('input, textarea')].map((field) => field.value)
    return JSON.stringify([
      location.href, document.documentElement.outerHTML, fields, document.cookie,
      { ...localStorage }, { ...sessionStorage }, history.state, names, databases,
    ])
  })()`)
}

describe('a page', () => {
  it('is told no secret but a token, once, and leaves none behind', async () => {
    const { page, end } = await visit(browser, `${hub.url}/keys?add`, { session: ada.session, ownTab: true })
    const { answers } = listen(page)
    await page.getByLabel('API key').fill(key)
    await expect.poll(() => page.getByLabel('Provider').inputValue()).toBe('groq')
    await page.getByRole('dialog').getByRole('button', { name: 'Add key' }).click()
    await page.getByText('gsk_****abcd', { exact: true }).waitFor()

    await page.goto(`${hub.url}/tokens?add`)
    await page.getByLabel('Name').fill('laptop')
    await page.getByRole('dialog').getByRole('button', { name: 'Create token' }).click()
    const token = await page.getByLabel('Your token').inputValue()
    await page.getByRole('button', { name: 'Done' }).click()
    await page.getByText('laptop', { exact: true }).waitFor()

    const links = page.locator('.navigation:visible a')
    const addresses = await links.evaluateAll((found) => found.map((link) => link.getAttribute('href') ?? ''))
    expect(addresses.length).toBeGreaterThan(8)
    for (const address of ['/tokens', ...addresses]) {
      if (address !== '/tokens') await page.goto(`${hub.url}${address}`)
      await page.locator('.page h1').waitFor()
      await page.locator('text="Loading…"').first().waitFor({ state: 'detached' })
      const found = await leftBehind(page)
      for (const secret of [key, token, ada.session, ada.token]) expect(found, address).not.toContain(secret)
    }

    const telling = (secret: string): string[] =>
      answers.filter(({ body }) => body.includes(secret)).map(({ from }) => from)
    expect(telling(token)).toEqual(['POST /api/tokens'])
    for (const secret of [key, ada.session, ada.token]) expect(telling(secret)).toEqual([])
    expect(answers.filter(({ from }) => from === 'POST /api/keys')).toHaveLength(1)
    await end()
  })
})
