/** The request log as a person reads it: what was rescued and how, what they filter by, and what they take away. */
import { readFileSync } from 'node:fs'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Hub, type Person, readLog, settleIn, startHub } from '../end-to-end/hub.ts'
import { completion, type FakeProvider, sendJson, startProvider } from '../end-to-end/provider.ts'
import { type Device, type Scheme, startBrowser, visit } from './browser.ts'

let browser: Browser
let hub: Hub
let provider: FakeProvider
let ada: Person
let rescued: string

beforeAll(async () => {
  browser = await startBrowser()
  provider = await startProvider()
  hub = await startHub()
  ada = await settleIn(hub)
  rescued = await fallBack()
})
afterAll(async () => {
  await browser?.close()
  await hub?.stop()
  await provider?.stop()
})

/** Two keys of one provider, the first of which is out of quota: the second one answers. @returns the id of the request. */
async function fallBack(): Promise<string> {
  const as = ada.session
  await hub.call('POST', '/api/providers', {
    as,
    body: { id: 'fake', name: 'Fake', baseUrl: provider.baseUrl, dialect: 'openai-chat', models: ['fake-1'] },
  })
  const add = (apiKey: string, priority: number) =>
    hub.call('POST', '/api/keys', {
      as,
      body: { provider: 'fake', apiKey, name: apiKey.slice(0, 8), priority },
    })
  await add('sk-first-1111', 1)
  await add('sk-other-2222', 2)
  provider.behave((response, { key }) =>
    key.startsWith('sk-first')
      ? sendJson(
          response,
          429,
          { error: { message: 'Slow down.', type: 'rate_limit_error', code: 'rate_limit_exceeded' } },
          { 'retry-after': '60' },
        )
      : sendJson(response, 200, completion('Rescued.')),
  )
  const id = await ask('fake/fake-1')
  await ask('nowhere/at-all')
  await readLog(hub, ada.session, id)
  return id
}

async function ask(model: string): Promise<string> {
  const response = await fetch(`${hub.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ada.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'A secret question' }] }),
  })
  await response.text()
  return response.headers.get('x-hub-request-id') ?? ''
}

const variants: [Device, Scheme][] = [
  ['desktop', 'light'],
  ['desktop', 'dark'],
  ['phone', 'light'],
  ['phone', 'dark'],
]

describe('the log', () => {
  it.each(variants)('shows a fallback as a waterfall, on a %s in %s', async (device, scheme) => {
    const options = { device, scheme, session: ada.session }
    const { page, check, end } = await visit(browser, `${hub.url}/logs`, options)
    const row = page.getByRole('row').filter({ hasText: 'rescued, 2 attempts' })
    await row.getByRole('link').click()
    await page.waitForURL(`**/logs/${rescued}`)
    const attempts = page.getByRole('list', { name: 'What was tried' }).getByRole('listitem')
    await attempts.nth(1).waitFor()
    expect(await attempts.count()).toBe(2)
    const [first, second] = await attempts.allTextContents()
    expect(first).toContain('rate limited')
    expect(first).toContain('answered 429')
    expect(first).toContain('with sk-first (')
    expect(first).toContain('usable again')
    expect(second).toContain('served')
    expect(second).toContain('with sk-other (')
    // The second began after the first had failed.
    const [begin, next] = await page
      .locator('.attempt-track > span')
      .evaluateAll((bars) => bars.map((bar) => bar.getBoundingClientRect().left))
    expect(next).toBeGreaterThan(begin ?? Infinity)
    expect(await page.content()).not.toContain('A secret question')
    await check('log')
    await end()
  })

  it('keeps its filters when the page is loaded again', async () => {
    const { page, check, end } = await visit(browser, `${hub.url}/logs`, { session: ada.session })
    await page.getByRole('row').filter({ hasText: 'rescued' }).waitFor()
    await page.getByLabel('Provider').selectOption('fake')
    await page.getByLabel('When').selectOption('1h')
    await page.getByRole('searchbox', { name: 'Search' }).fill('fake-1')
    await page.waitForURL('**/logs?provider=fake&span=1h&text=fake-1')
    await page.reload()
    await page.getByRole('row').filter({ hasText: 'rescued' }).waitFor()
    expect(await page.getByLabel('Provider').inputValue()).toBe('fake')
    expect(await page.getByLabel('When').inputValue()).toBe('1h')
    expect(await page.getByRole('searchbox', { name: 'Search' }).inputValue()).toBe('fake-1')
    expect(await page.getByRole('rowheader').count()).toBe(1)
    await check('logs-filtered')
    await page.getByRole('button', { name: 'Clear filters' }).click()
    await page.getByText('nowhere/at-all').waitFor()
    await end()
  })

  it('finds requests by the status that they were answered with', async () => {
    const { page, end } = await visit(browser, `${hub.url}/logs`, { session: ada.session })
    await page.getByLabel('Status').fill('200')
    await page.waitForURL('**/logs?status=200')
    await page.getByRole('row').filter({ hasText: 'rescued' }).waitFor()
    expect(await page.getByRole('rowheader').count()).toBe(1)
    await end()
  })

  it('gives away what is filtered as a file', async () => {
    const { page, check, end } = await visit(browser, `${hub.url}/logs?provider=fake`, {
      session: ada.session,
    })
    await page.getByRole('row').filter({ hasText: 'rescued' }).waitFor()
    await page.getByRole('button', { name: 'Export' }).click()
    await check('logs-export')
    const csv = await download('Download CSV')
    expect(csv.split('\r\n').slice(0, -1)).toHaveLength(2)
    expect(csv).toContain(rescued)
    await page.getByText('1 request was exported.').waitFor()
    await page.getByRole('button', { name: 'Export' }).click()
    const rows = JSON.parse(await download('Download JSON')) as { id: string; trail: unknown[] }[]
    expect(rows.map(({ id, trail }) => [id, trail.length])).toEqual([[rescued, 2]])
    await end()

    async function download(name: string): Promise<string> {
      const started = page.waitForEvent('download')
      await page.getByRole('button', { name }).click()
      return readFileSync(await (await started).path(), 'utf8')
    }
  })

  it('holds what comes in while it is paused', async () => {
    const { page, end } = await visit(browser, `${hub.url}/logs`, { session: ada.session })
    await page.getByRole('row').filter({ hasText: 'rescued' }).waitFor()
    await page.getByRole('button', { name: 'Pause' }).click()
    const before = await page.getByRole('rowheader').count()
    await ask('nowhere/at-all')
    await page.getByRole('button', { name: 'Follow · 1 new' }).waitFor({ timeout: 15_000 })
    expect(await page.getByRole('rowheader').count()).toBe(before)
    await page.getByRole('button', { name: 'Follow · 1 new' }).click()
    await expect.poll(() => page.getByRole('rowheader').count()).toBe(before + 1)
    await end()
  })
})
