/** The overview: can I send, how much is left, what happened, and what needs a look. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Hub, type Person, settleIn, startHub } from '../end-to-end/hub.ts'
import { completion, type FakeProvider, sendJson, startProvider } from '../end-to-end/provider.ts'
import { startBrowser, visit } from './browser.ts'

let browser: Browser
let hub: Hub
let ada: Person
const providers: FakeProvider[] = []

beforeAll(async () => {
  browser = await startBrowser()
  hub = await startHub()
  ada = await settleIn(hub)
  await addProvider('first', { requests: 10, free: true })
  await addProvider('second', { requests: 40, free: false })
  await hub.call('PUT', '/api/routes/smart', {
    as: ada.session,
    body: { candidates: [{ provider: 'first' }, { provider: 'second' }] },
  })
})
afterAll(async () => {
  await browser?.close()
  await hub?.stop()
  for (const provider of providers) await provider.stop()
})

async function addProvider(
  id: string,
  { requests, free }: { requests: number; free: boolean },
): Promise<void> {
  const provider = await startProvider()
  provider.behave((response) => sendJson(response, 200, completion('Hello.')))
  providers.push(provider)
  const name = `The ${id}`
  const prices = { m: { input: 1_000, output: 1_000 } }
  await hub.call('POST', '/api/providers', {
    as: ada.session,
    body: { id, name, baseUrl: provider.baseUrl, dialect: 'openai-chat', models: ['m'], prices },
  })
  const limits = [{ unit: 'requests', per: 'day', limit: requests }]
  await hub.call('POST', '/api/keys', {
    as: ada.session,
    body: { provider: id, apiKey: `sk-${id}-5678`, limits, free, defaultModel: 'm' },
  })
}

async function ask(token: string, model: string): Promise<number> {
  const response = await fetch(`${hub.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, max_tokens: 4, messages: [{ role: 'user', content: 'Hello' }] }),
  })
  await response.text()
  return response.status
}

describe('the overview', () => {
  it('says what is left of each pool and of all together, and who would serve', async () => {
    const { page, check, end } = await visit(browser, hub.url, { session: ada.session })
    const left = page.getByRole('region', { name: 'Quota' })
    await left.getByText('Requests per day, all providers').waitFor()
    await expect
      .poll(async () => (await left.getByText(/^\d+ left$/).allTextContents()).toSorted())
      .toEqual(['10 left', '40 left', '50 left'])
    const serving = page.getByRole('region', { name: 'Routes' })
    await serving.getByRole('listitem').filter({ hasText: 'smart' }).getByText('The first').waitFor()
    await check('overview-fresh-pools')
    await end()
  })

  it('shows at once when another would serve', async () => {
    const { page, end } = await visit(browser, hub.url, { session: ada.session })
    const smart = page
      .getByRole('region', { name: 'Routes' })
      .getByRole('listitem')
      .filter({ hasText: 'smart' })
    await smart.getByText('The first').waitFor()
    const [first] = providers
    first?.behave((response) =>
      sendJson(response, 429, { error: { message: 'Slow down.' } }, { 'retry-after': '8' }),
    )
    expect(await ask(ada.token, 'smart')).toBe(200)
    await smart.getByText('The second').waitFor()
    first?.behave((response) => sendJson(response, 200, completion('Hello.')))
    await smart.getByText('The first').waitFor({ timeout: 40_000 })
    await end()
  })

  it('tells what happened: what was rescued, how long it took, what it cost and what was saved', async () => {
    expect(await ask(ada.token, 'first/m')).toBe(200)
    expect(await ask(ada.token, 'second/m')).toBe(200)
    const { page, check, end } = await visit(browser, hub.url, { session: ada.session })
    const figure = (name: string) =>
      page
        .getByRole('region', { name: 'Activity' })
        .locator('.figures-row > div')
        .filter({ hasText: name })
        .locator('dd')
    await expect
      .poll(
        async () => {
          await page.reload()
          return figure('Requests').textContent()
        },
        { timeout: 20_000, interval: 1_000 },
      )
      .toBe('3')
    expect(await figure('Rescued').textContent()).toBe('1')
    expect(await figure('Failed').textContent()).toBe('0')
    expect(await figure('p50 latency').textContent()).toMatch(/ms|s$/)
    expect(await figure('p95 latency').textContent()).toMatch(/ms|s$/)
    // The same tokens each time, once with the key that costs nothing.
    const cost = Number((await figure('Cost').textContent())?.slice(1))
    const saved = Number((await figure('Savings').textContent())?.slice(1))
    expect(saved).toBeGreaterThan(0)
    expect(cost).toBeCloseTo(2 * saved, 2)
    for (const span of ['1 hour', '7 days', '30 days']) {
      await page.getByRole('radio', { name: span }).check()
      await expect.poll(() => figure('Requests').textContent()).toBe('3')
    }
    await check('overview-happened')
    await end()
  })

  it('warns where a pool runs low and a budget nears its end, and leads there', async () => {
    const { token } = await hub.call<{ token: string }>('POST', '/api/tokens', {
      as: ada.session,
      body: { name: 'thrifty', budget: { amount: 0.2, per: 'day' } },
    })
    let status = 200
    for (let asked = 0; asked < 25 && status === 200; asked++) status = await ask(token, 'second/m')
    expect(status).toBe(402)
    for (let asked = 0; asked < 8; asked++) expect(await ask(ada.token, 'first/m')).toBe(200)
    const { page, check, end } = await visit(browser, hub.url, { session: ada.session })
    const old = {
      publishedAt: null,
      builtInAsOf: '2026-01-01',
      outdated: [{ provider: 'groq', asOf: '2026-01-01' }],
    }
    await page.route('**/api/providers/catalogue', (route) => route.fulfill({ json: old }))
    await page.reload()
    const warnings = page.getByRole('region', { name: 'Needs attention' })
    await warnings.getByText('The first is almost out of requests per day.').waitFor()
    await warnings.getByText('Models and prices are older than 60 days: groq.').waitFor()
    await check('overview-warnings')
    const budget = warnings.getByRole('listitem').filter({ hasText: 'Token “thrifty” has used' })
    expect(await budget.textContent()).toMatch(/\$0\.[12]\d of its \$0\.20 budget for this day/)
    await budget.getByRole('link').click()
    await page.getByRole('heading', { name: 'Tokens' }).waitFor()
    await end()
  })

  it('says what is left at least, where some accounts have no limit', async () => {
    await hub.call('POST', '/api/keys', {
      as: ada.session,
      body: { provider: 'first', apiKey: 'sk-first-unlimited' },
    })
    const { page, check, end } = await visit(browser, hub.url, { session: ada.session })
    const left = page.getByRole('region', { name: 'Quota' })
    await left.getByText(/^≥ \d+ of 10 left$/).waitFor()
    expect(await left.getByText('1 account without a limit').count()).toBeGreaterThan(0)
    expect(await left.getByText(/^≥ \d+ of 50 left$/).count()).toBe(1)
    await check('overview-some-unlimited')
    await end()
  })

  it('asks who has sent nothing for a first request, though others use what is shared', async () => {
    const provider = await startProvider()
    provider.behave((response) => sendJson(response, 200, completion('Hello.')))
    providers.push(provider)
    const as = ada.session
    const body = {
      id: 'ours',
      name: 'Ours',
      baseUrl: provider.baseUrl,
      dialect: 'openai-chat',
      models: ['m'],
    }
    await hub.call('POST', '/api/providers?scope=hub', { as, body })
    await hub.call('POST', '/api/keys', { as, body: { provider: 'ours', apiKey: 'sk-ours-1', shared: true } })
    expect(await ask(ada.token, 'ours/m')).toBe(200)
    const { invitation } = await hub.call<{ invitation: string }>('POST', '/api/invitations', {
      as,
      body: {},
    })
    const { token: session } = await hub.call<{ token: string }>('POST', '/api/auth/register', {
      body: { username: 'new', password: 'correct horse battery', invitation },
    })
    const { page, end } = await visit(browser, hub.url, { session })
    const steps = page.getByRole('list', { name: 'Get started' }).getByRole('listitem')
    await expect.poll(() => steps.allTextContents()).toContain('Send a request')
    await end()
  })

  it('says in an outage that it is one, and what it is, while somebody looks', async () => {
    const { page, check, end } = await visit(browser, `${hub.url}/?span=1h`, { session: ada.session })
    const headline = page.getByRole('heading', { level: 1 })
    await headline.getByText(/^Operational/).waitFor()
    const providersNow = page.getByRole('region', { name: 'Provider health, last hour' })
    const second = providersNow.getByRole('listitem').filter({ hasText: 'The second' })
    await second.locator('.health-good').waitFor()
    const failed = page
      .getByRole('region', { name: 'Activity' })
      .locator('.figures-row > div')
      .filter({ hasText: 'Failed' })
      .locator('dd')
    const before = Number(await failed.textContent())
    for (const provider of providers) {
      // It says for how long, so that its rest is there whenever the page asks.
      provider.behave((response) =>
        sendJson(response, 503, { error: { message: 'Overloaded.' } }, { 'retry-after': '60' }),
      )
    }
    for (let asked = 0; asked < 4; asked++) expect(await ask(ada.token, 'second/m')).toBe(502)
    await headline.getByText(/^(Degraded|Down) · \d+ of \d+ requests failed/).waitFor({ timeout: 30_000 })
    const warnings = page.getByRole('region', { name: 'Needs attention' })
    await warnings.getByText('The second is failing (m).').waitFor()
    await expect.poll(async () => Number(await failed.textContent()), { timeout: 20_000 }).toBe(before + 4)
    await second.locator('.health-bad').waitFor({ timeout: 20_000 })
    await check('overview-outage')
    await warnings.getByRole('listitem').filter({ hasText: 'requests failed' }).getByRole('link').click()
    await page.getByRole('heading', { level: 1, name: 'Logs' }).waitFor()
    await end()
  })
})
