/** What changes at the hub changes on the page, without a reload. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addFake, type Hub, type Person, settleIn, startHub } from '../end-to-end/hub.ts'
import { completion, type FakeProvider, sendJson, startProvider } from '../end-to-end/provider.ts'
import { listenAnew, startBrowser, visit } from './browser.ts'

let browser: Browser
let hub: Hub
let provider: FakeProvider
let ada: Person

beforeAll(async () => {
  browser = await startBrowser()
  provider = await startProvider()
  hub = await startHub()
  ada = await settleIn(hub)
  await addFake(hub, ada.session, provider)
  await hub.call('POST', '/api/keys', { as: ada.session, body: { provider: 'fake', apiKey: 'sk-fake-5678' } })
})
afterAll(async () => {
  await browser?.close()
  await hub?.stop()
  await provider?.stop()
})

async function ask(): Promise<number> {
  const response = await fetch(`${hub.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ada.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'fake/fake-1', messages: [{ role: 'user', content: 'Hello' }] }),
  })
  await response.text()
  return response.status
}

describe('a page that somebody looks at', () => {
  it('shows that a key rests, why and how long, and that its rest is over', async () => {
    const { page, check, end } = await visit(browser, `${hub.url}/keys`, { session: ada.session })
    const row = page.getByRole('listitem').filter({ hasText: '5678' })
    const chip = row.locator('.chip')
    await chip.getByText('ready').waitFor()

    provider.behave((response) =>
      sendJson(
        response,
        429,
        { error: { message: 'Slow down, please.', type: 'rate_limit_error', code: 'rate_limit_exceeded' } },
        { 'retry-after': '6' },
      ),
    )
    expect(await ask()).toBe(429)
    await row.getByText('Slow down, please.').waitFor()
    expect(await row.textContent()).toMatch(/Cooling down\s*[1-6] s/)
    await check('keys-resting')

    provider.behave((response) => sendJson(response, 200, completion('Back again.')))
    await row.getByText('Slow down, please.').waitFor({ state: 'detached' })
    await expect.poll(ask, { timeout: 10_000 }).toBe(200)
    await expect.poll(() => chip.textContent(), { timeout: 10_000 }).toBe('Ready')
    await end()
  })

  it('shows a request when it is in the log', async () => {
    provider.behave((response) => sendJson(response, 200, completion('Hello.')))
    const { page, end } = await visit(browser, `${hub.url}/logs`, { session: ada.session })
    await page.getByRole('rowheader').first().waitFor()
    const before = await page.getByRole('rowheader').count()
    await ask()
    await expect.poll(() => page.getByRole('rowheader').count(), { timeout: 15_000 }).toBe(before + 1)
    await end()
  })

  it('listens only while it is visible', async () => {
    const { page, end } = await visit(browser, `${hub.url}/connect`, { session: ada.session })
    await page.getByRole('heading', { name: 'Connect', exact: true }).waitFor()
    const show = (state: 'visible' | 'hidden') =>
      page.evaluate(
        `Object.defineProperty(document, 'visibilityState', { value: '${state}', configurable: true });
         document.dispatchEvent(new Event('visibilitychange'))`,
      )
    await listenAnew(page, '/v1/models')
    const isLive = { predicate: (request: { url(): string }) => request.url().endsWith('/api/live') }
    const closed = page.waitForEvent('requestfailed', isLive)
    await show('hidden')
    await closed
    const opened = page.waitForEvent('request', isLive)
    await show('visible')
    await opened
    await end()
  })

  it('is logged out when its session is closed elsewhere', async () => {
    const { token } = await hub.call<{ token: string }>('POST', '/api/auth/login', {
      body: { login: 'ada', password: 'correct horse battery' },
    })
    const { page, end } = await visit(browser, `${hub.url}/connect`, { session: token })
    await listenAnew(page, '/v1/models')
    await hub.call('POST', '/api/auth/logout', { as: token })
    await page.getByText('Your session expired.').waitFor()
    expect(new URL(page.url()).pathname).toBe('/connect')
    await end()
  })
})
