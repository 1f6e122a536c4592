/** How a person connects a tool, and compares what answers it. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Hub, type Person, settleIn, startHub } from '../end-to-end/hub.ts'
import { startBrowser, visit } from './browser.ts'

let browser: Browser
let hub: Hub
let ada: Person

beforeAll(async () => {
  browser = await startBrowser()
  hub = await startHub()
  ada = await settleIn(hub)
  await hub.call('POST', '/api/keys', {
    as: ada.session,
    body: { provider: 'sandbox', apiKey: 'sandbox 1234' },
  })
})
afterAll(async () => {
  await browser?.close()
  await hub?.stop()
})

describe('connecting', () => {
  it('gives each tool this hub’s own address', async () => {
    const { page, check, end } = await visit(browser, `${hub.url}/connect`, { session: ada.session })
    const tool = page.getByLabel('Tool')
    await tool.waitFor()
    for (const name of ['Claude Code', 'Codex', 'Cursor', 'OpenCode', 'Continue']) {
      await tool.selectOption(name)
      expect(await page.getByRole('region', { name, exact: true }).textContent(), name).toContain(hub.url)
    }
    // The hub of a test is on this machine, which a container is not.
    await tool.selectOption('Open WebUI')
    await page.getByText('http://host.docker.internal:').waitFor()
    await page.getByText('Containers, other devices').waitFor()
    await tool.selectOption('Codex')
    await page.getByLabel('Model or route').selectOption('smart')
    await page.waitForURL('**/connect?tool=codex&model=smart')
    await page.getByText('model = "smart"').waitFor()
    await check('connect-codex')
    await page.getByRole('button', { name: 'Copy snippet' }).click()
    expect(await page.evaluate<string>('navigator.clipboard.readText()')).toContain('wire_api = "responses"')
    await end()
  })
})

describe('a request of the tool', () => {
  const ask = async (model: string): Promise<void> => {
    const response = await fetch(`${hub.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ada.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] }),
    })
    await response.text()
  }

  it('shows on the page as it is over, and what became of it', async () => {
    const { page, check, end } = await visit(browser, `${hub.url}/connect`, { session: ada.session })
    const arrived = page.getByRole('region', { name: 'Test connection' })
    await arrived.getByText('Waiting for your first request…').waitFor()
    await ask('sandbox/echo')
    await arrived.getByText(/Connected: Sandbox \(.*\) answered “sandbox\/echo”/).waitFor()
    await check('connect-arrived')
    await ask('sandbox/500')
    await arrived.getByText('Received, but “sandbox/500” failed: PROVIDER_ERROR.').waitFor()
    await check('connect-failed')
    await arrived.getByRole('link', { name: 'View request' }).click()
    await page.waitForURL('**/logs/req_*')
    await end()
  })
})

describe('the playground', () => {
  it.each(['desktop', 'phone'] as const)('compares models side by side, on a %s', async (device) => {
    const options = { device, session: ada.session, foreseen: /\/v1\/chat\/completions/ }
    const { page, check, end } = await visit(browser, `${hub.url}/playground?model=sandbox/echo`, options)
    await page.getByRole('button', { name: 'Add model' }).click()
    await page.getByLabel('Model 2').selectOption('sandbox/slow')
    await page.getByRole('button', { name: 'Add model' }).click()
    await page.getByLabel('Model 3').selectOption('sandbox/500')
    expect(await page.getByRole('button', { name: 'Add model' }).count()).toBe(0)
    await page.getByRole('button', { name: 'Send' }).click()
    for (const model of ['sandbox/echo', 'sandbox/slow']) {
      const answer = page.getByRole('region', { name: `Answer from ${model}` })
      await expect.poll(() => answer.textContent(), { timeout: 30_000 }).toContain('hello')
    }
    await page.getByRole('button', { name: 'Send' }).waitFor()
    expect(await page.getByText('Time to first token').count()).toBe(2)
    await page.getByRole('alert').filter({ hasText: 'Attempts:' }).waitFor()
    await check('playground-compared')
    await page.getByRole('button', { name: 'Remove sandbox/500' }).click()
    await page.waitForURL('**/playground?model=sandbox%2Fecho&second=sandbox%2Fslow')
    await end()
  })
})
