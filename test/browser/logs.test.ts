/**
 * The request log as a person reads it: what was rescued and how, what they filter by, and what
 * they take away.
 */
import { setTimeout } from 'node:timers/promises'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addFake, type Hub, type Person, readLog, settleIn, startHub } from '../end-to-end/hub.ts'
import { completion, type FakeProvider, sendJson, startProvider } from '../end-to-end/provider.ts'
import {
  devices,
  everyDevice,
  hasFocus,
  listenAnew,
  type Page,
  readDownload,
  startBrowser,
  tabTo,
  visit,
} from './browser.ts'

let browser: Browser
let hub: Hub
let provider: FakeProvider
let ada: Person
let rescued: string

beforeAll(async () => {
  browser = await startBrowser()
  provider = await startProvider()
  hub = await startHub({ SANDBOX: 'true' })
  ada = await settleIn(hub)
  rescued = await fallBack()
})
afterAll(async () => {
  await browser?.close()
  await hub?.stop()
  await provider?.stop()
})

/**
 * Two keys of one provider, the first of which is out of quota: the second one answers.
 * @returns the id of the request.
 */
async function fallBack(): Promise<string> {
  const as = ada.session
  await addFake(hub, as, provider)
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

/** A second person, with a key and a token of their own. */
async function invite(): Promise<Person> {
  const { invitation } = await hub.call<{ invitation: string }>('POST', '/api/invitations', {
    as: ada.session,
    body: {},
  })
  const { token: session } = await hub.call<{ token: string }>('POST', '/api/auth/register', {
    body: { username: 'bob', password: 'correct horse battery', invitation },
  })
  await hub.call('POST', '/api/keys', {
    as: session,
    body: { provider: 'sandbox', apiKey: 'sandbox 1234', name: 'bob’s own' },
  })
  const { token } = await hub.call<{ token: string }>('POST', '/api/tokens', {
    as: session,
    body: { name: 'bob’s tool' },
  })
  return { session, token }
}

async function ask(model: string, token = ada.token): Promise<string> {
  const response = await fetch(`${hub.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'A secret question' }] }),
  })
  await response.text()
  return response.headers.get('x-hub-request-id') ?? ''
}

/** The addresses of what a page asks the hub from now on that begin so. */
function watchRequests(page: Page, begin: string): string[] {
  const asked: string[] = []
  page.on('request', (request) => {
    if (request.url().startsWith(`${hub.url}${begin}`)) asked.push(request.url())
  })
  return asked
}

describe('the log', () => {
  it.each(everyDevice)('shows a fallback as a waterfall, on a %s, light and dark', async (device) => {
    const options = { device, darkToo: true, session: ada.session }
    const { page, check, end } = await visit(browser, `${hub.url}/logs`, options)
    const row = page.getByRole('row').filter({ hasText: 'Rescued · 2 attempts' })
    await row.getByRole('link').click()
    await page.waitForURL(`**/logs/${rescued}`)
    const attempts = page.getByRole('list', { name: 'Attempts' }).getByRole('listitem')
    await attempts.nth(1).waitFor()
    expect(await attempts.count()).toBe(2)
    const [first, second] = await attempts.allTextContents()
    expect(first).toContain('Rate limited')
    expect(first).toContain(' · 429')
    expect(first).toContain(' · sk-first (')
    expect(first).toContain('Cooling down until')
    expect(first).toContain('Provider message:')
    expect(second).toContain('OK')
    expect(second).toContain(' · sk-other (')
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
    await page.getByLabel('Time range').selectOption('1h')
    await page.getByRole('searchbox', { name: 'Search' }).fill('fake-1')
    await page.waitForURL('**/logs?provider=fake&span=1h&text=fake-1')
    await page.reload()
    await page.getByRole('row').filter({ hasText: 'rescued' }).waitFor()
    expect(await page.getByLabel('Provider').inputValue()).toBe('fake')
    expect(await page.getByLabel('Time range').inputValue()).toBe('1h')
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

  it('looks between two moments, and goes on showing what it showed while they make no sense', async () => {
    const { page, check, end } = await visit(browser, `${hub.url}/logs?span=1h`, { session: ada.session })
    await page.getByRole('row').filter({ hasText: 'rescued' }).waitFor()
    const asked = watchRequests(page, '/api/logs?limit=100')
    await page.getByLabel('Time range').selectOption('Custom range')
    const [from, to] = [page.getByLabel('From', { exact: true }), page.getByLabel('To', { exact: true })]
    await page.waitForURL(/span=\d{4}-\d\d-\d\dT\d\d%3A\d\dZ%2F\.\.$/)
    // It begins as the last hour did, which is shown again.
    await page.getByRole('row').filter({ hasText: 'rescued' }).waitFor()
    const begin = await from.inputValue()
    const { length } = asked
    await to.fill(begin)
    await page.getByText('End must be after start.').waitFor()
    await check('logs-span-wrong')
    // In this order the span makes no sense between the two, however long that takes.
    await from.fill('2998-01-01T00:00')
    await to.fill('2999-01-01T00:00')
    await page.getByText('Start can’t be in the future.').waitFor()
    expect(await from.getAttribute('aria-invalid')).toBe('true')
    expect(asked).toHaveLength(length)
    expect(await page.getByRole('row').filter({ hasText: 'rescued' }).count()).toBe(1)
    await to.fill('2020-01-02T00:00')
    await from.fill('2020-01-01T00:00')
    await page.getByText('No matching requests').waitFor()
    await page.reload()
    await page.getByText('No matching requests').waitFor()
    expect(await from.inputValue()).toBe('2020-01-01T00:00')
    expect(await to.inputValue()).toBe('2020-01-02T00:00')
    await check('logs-span-own')
    await end()
  })

  it('asks once a person has stopped typing, and leaves focus where it is', async () => {
    const { page, end } = await visit(browser, `${hub.url}/logs`, { session: ada.session })
    await page.getByRole('row').filter({ hasText: 'rescued' }).waitFor()
    const asked = watchRequests(page, '/api/logs?limit=100')
    const search = page.getByRole('searchbox', { name: 'Search' })
    await search.pressSequentially('fake-1', { delay: 20 })
    await page.getByText('nowhere/at-all').first().waitFor({ state: 'detached' })
    expect(asked.map((url) => new URL(url).searchParams.get('text'))).toEqual(['fake-1'])
    expect(await hasFocus(page, search)).toBe(true)
    const choice = page.getByLabel('Provider')
    await choice.focus()
    await choice.selectOption('fake')
    await page.waitForURL('**/logs?text=fake-1&provider=fake')
    expect(await hasFocus(page, choice)).toBe(true)
    await page.getByRole('button', { name: 'Clear filters' }).click()
    await page.getByText('nowhere/at-all').first().waitFor()
    // The button is gone; one goes on with the first of what it cleared.
    expect(await hasFocus(page, search)).toBe(true)
    // No page holds more than it draws.
    expect(asked.every((url) => Number(new URL(url).searchParams.get('limit')) <= 100)).toBe(true)
    await end()
  })

  it('takes no status that is none', async () => {
    const { page, check, end } = await visit(browser, `${hub.url}/logs`, { session: ada.session })
    await page.getByRole('row').filter({ hasText: 'rescued' }).waitFor()
    const asked = watchRequests(page, '/api/logs?limit=100')
    await page.getByLabel('Status').fill('4xx')
    await page.getByText('Enter a status code, e.g. 429.').waitFor()
    await check('logs-status-wrong')
    await page.getByLabel('Status').fill('400')
    await page.waitForURL('**/logs?status=400')
    await expect.poll(() => asked.map((url) => new URL(url).searchParams.get('status'))).toEqual(['400'])
    await end()
  })

  it('can be filtered by what the hub has, whether or not it is among what is shown', async () => {
    const { page, end } = await visit(browser, `${hub.url}/logs?text=nothing-has-this`, {
      session: ada.session,
    })
    await page.getByText('No matching requests').waitFor()
    await page.getByLabel('Provider').selectOption({ label: 'Fake' })
    await page.getByLabel('Model').selectOption('fake-1')
    await page.getByLabel('Key').selectOption({ label: 'sk-other (sk-****2222)' })
    await page.getByRole('searchbox', { name: 'Search' }).fill('')
    await page.getByRole('row').filter({ hasText: 'rescued' }).waitFor()
    expect(await page.getByRole('rowheader').count()).toBe(1)
    await end()
  })

  it('tells what a bar of its drawing stands for, where the pointer is and as a table', async () => {
    const { page, check, end } = await visit(browser, `${hub.url}/logs`, { session: ada.session })
    await page.getByRole('rowheader').first().waitFor()
    // Two requests within a second are one bar; a third, later, makes two.
    await setTimeout(1100)
    await ask('nowhere/at-all')
    const drawing = page.locator('.plot-drawing')
    await drawing.hover({ position: { x: 5, y: 40 } })
    await page.locator('.plot-reading').getByText('Rescued 1').waitFor()
    await check('logs-plot')
    await page.mouse.move(0, 0)
    await page.locator('.plot-reading').waitFor({ state: 'detached' })
    await page.getByText('View as table').click()
    const figures = page.getByRole('region', { name: /Requests over time/ })
    const row = figures.getByRole('row').nth(1)
    expect(await row.locator('td').nth(1).textContent()).toBe('1')
    await check('logs-plot-table')
    await end()
  })

  it('is gone through by keyboard, and left by it', async () => {
    const { page, end } = await visit(browser, `${hub.url}/logs`, { session: ada.session })
    const links = page.getByRole('rowheader').getByRole('link')
    await links.nth(1).waitFor()
    await tabTo(page, links.first())
    await page.keyboard.press('ArrowDown')
    expect(await hasFocus(page, links.nth(1))).toBe(true)
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('ArrowUp')
    expect(await hasFocus(page, links.first())).toBe(true)
    await page.keyboard.press('End')
    expect(await hasFocus(page, links.last())).toBe(true)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Request' }).waitFor()
    await end()
  })

  it('shows its first row on a phone’s first screen, with the filters folded away', async () => {
    const { page, check, end } = await visit(browser, `${hub.url}/logs`, {
      device: 'phone',
      session: ada.session,
    })
    await page.getByRole('row').filter({ hasText: 'rescued' }).waitFor()
    const top = await page
      .getByRole('rowheader')
      .first()
      .evaluate((row) => row.getBoundingClientRect().top)
    expect(top).toBeLessThan(devices.phone.height - 100)
    // What there is to choose from is read when it can be seen.
    const asked = watchRequests(page, '/v1/models')
    await listenAnew(page)
    expect(asked).toEqual([])
    await page.getByRole('button', { name: 'Filters' }).click()
    await page.getByLabel('Provider').selectOption('fake')
    await page.getByRole('button', { name: 'Filters (1 set)' }).waitFor()
    expect(asked).toHaveLength(1)
    await page.getByLabel('Time range').selectOption('Custom range')
    await page.getByLabel('From', { exact: true }).waitFor()
    await check('logs-filters-open')
    await page.getByRole('button', { name: 'Filters (2 set)' }).click()
    await page.getByLabel('Provider').waitFor({ state: 'hidden' })
    await end()
  })

  it('gives away what is filtered as a file', async () => {
    const { page, check, end } = await visit(browser, `${hub.url}/logs?provider=fake`, {
      session: ada.session,
    })
    await page.getByRole('row').filter({ hasText: 'rescued' }).waitFor()
    await page.getByRole('button', { name: 'Export' }).click()
    await check('logs-export')
    const csv = await readDownload(page, 'Download CSV')
    expect(csv.split('\r\n').slice(0, -1)).toHaveLength(2)
    expect(csv).toContain(rescued)
    await page.getByText('1 request exported').waitFor()
    await page.getByRole('button', { name: 'Export' }).click()
    const rows = JSON.parse(await readDownload(page, 'Download JSON')) as { id: string; trail: unknown[] }[]
    expect(rows.map(({ id, trail }) => [id, trail.length])).toEqual([[rescued, 2]])
    await end()
  })

  it('tells what was rescued from what went well at once and what failed, in the hub', async () => {
    const { page, check, end } = await visit(browser, `${hub.url}/logs`, { session: ada.session })
    await page.getByRole('row').filter({ hasText: 'rescued' }).waitFor()
    const asked = watchRequests(page, '/api/logs?limit=100')
    await page.getByRole('radio', { name: 'Rescued' }).check()
    await page.waitForURL('**/logs?outcome=rescued')
    await page.getByText('nowhere/at-all').first().waitFor({ state: 'detached' })
    await page.getByRole('row').filter({ hasText: 'rescued' }).waitFor()
    expect(await page.getByRole('rowheader').count()).toBe(1)
    expect(new URL(asked[0] ?? '').searchParams.get('outcome')).toBe('rescued')
    await check('logs-rescued')
    await page.getByRole('button', { name: 'Export' }).click()
    const csv = await readDownload(page, 'Download CSV')
    expect(csv.split('\r\n').slice(1, -1)).toHaveLength(1)
    expect(csv).toContain('ada')
    expect(csv).toContain('sk-other (sk-****2222)')
    await page.getByRole('radio', { name: 'Succeeded' }).check()
    await page.getByText('No matching requests').waitFor()
    await end()
  })

  it('shows an administrator what others ask as it comes in, by the names of who and with what', async () => {
    const bob = await invite()
    const { page, check, end } = await visit(browser, `${hub.url}/logs?whose=everyone`, {
      session: ada.session,
    })
    await page.getByRole('row').filter({ hasText: 'rescued' }).waitFor()
    expect(await page.getByRole('row').filter({ hasText: 'bob' }).count()).toBe(0)
    await ask('sandbox/echo', bob.token)
    const row = page.getByRole('row').filter({ hasText: 'bob' })
    await row.waitFor({ timeout: 15_000 })
    expect(await page.getByLabel('Key').locator('option').allTextContents()).toContain('bob’s own (****1234)')
    await check('logs-everyone')
    await page.getByLabel('User').selectOption('bob')
    await page.getByRole('row').filter({ hasText: 'rescued' }).waitFor({ state: 'detached' })
    expect(new URL(page.url()).searchParams.get('person')).toMatch(/^usr_/)
    await page.getByRole('radio', { name: 'Mine' }).check()
    await page.getByRole('row').filter({ hasText: 'rescued' }).waitFor()
    expect(new URL(page.url()).search).toBe('')
    await page.getByRole('radio', { name: 'Everyone' }).check()
    await row.getByRole('link').click()
    await page.getByText('bob’s own (****1234)').first().waitFor()
    const facts = (await page.locator('.facts').first().textContent()) ?? ''
    expect(facts).toContain('Userbob')
    expect(facts).toContain('Tokenbob’s tool')
    await check('log-everyone')
    // One’s own log tells of one’s own requests alone.
    await page.goto(`${hub.url}/logs`)
    await page.getByRole('row').filter({ hasText: 'rescued' }).waitFor()
    const before = await page.getByRole('rowheader').count()
    await ask('sandbox/echo', bob.token)
    await ask('nowhere/at-all')
    await expect.poll(() => page.getByRole('rowheader').count(), { timeout: 15_000 }).toBe(before + 1)
    await end()
  })

  it('shows what came in between its first reading and the beginning of what it is told', async () => {
    const { page, end } = await visit(browser, `${hub.url}/connect`, { session: ada.session })
    let missed: string | undefined
    await page.route('**/api/live', async (route) => {
      missed ??= await ask('nowhere/between')
      await readLog(hub, ada.session, missed)
      await route.continue()
    })
    await page.goto(`${hub.url}/logs`)
    await page.getByText('nowhere/between').waitFor()
    await end()
  })

  it('holds what comes in while it is paused', async () => {
    const { page, end } = await visit(browser, `${hub.url}/logs`, { session: ada.session })
    await page.getByRole('row').filter({ hasText: 'rescued' }).waitFor()
    await page.getByRole('button', { name: 'Pause' }).click()
    const before = await page.getByRole('rowheader').count()
    await ask('nowhere/at-all')
    await page.getByRole('button', { name: 'Resume live · 1 new' }).waitFor({ timeout: 15_000 })
    expect(await page.getByRole('rowheader').count()).toBe(before)
    await page.getByRole('button', { name: 'Resume live · 1 new' }).click()
    await expect.poll(() => page.getByRole('rowheader').count()).toBe(before + 1)
    await end()
  })

  it('says why a request failed that reached no provider, and who was passed over', async () => {
    const as = ada.session
    await hub.call('PUT', '/api/routes/lane', { as, body: { candidates: [{ provider: 'groq' }] } })
    const id = await ask('lane')
    await readLog(hub, as, id)
    const { page, check, end } = await visit(browser, `${hub.url}/logs/${id}`, { session: as })
    await page.getByText('No key can serve "lane".').waitFor()
    const skipped = page.getByRole('list', { name: 'Attempts' }).getByRole('listitem')
    expect(await skipped.allTextContents()).toEqual(['Skippedgroq–No key'])
    const facts = (await page.locator('.facts').first().textContent()) ?? ''
    expect(facts).toContain('Routelane')
    expect(facts).toContain('Clientnode')
    await check('log-skipped')
    await end()
  })

  it('loads older requests with one button, and keeps them and the place when one comes back', async () => {
    const { page, end } = await visit(browser, `${hub.url}/logs?provider=paged`, {
      session: ada.session,
      foreseen: /404/,
    })
    // The hub's own answer, as if it had two hundred rows.
    const pattern = '**/api/logs?limit=*'
    const one = await hub.call<object>('GET', `/api/logs/${rescued}`, { as: ada.session })
    const rowsFrom = (newest: number) =>
      Array.from({ length: 100 }, (_, index) => ({ ...one, id: `req_${newest - index}` }))
    await page.route(pattern, (route) => {
      const isOlder = new URL(route.request().url()).searchParams.has('cursor')
      const json = isOlder
        ? { data: rowsFrom(800), nextCursor: null, names: {} }
        : { data: rowsFrom(900), nextCursor: 'req_801', names: {} }
      return route.fulfill({ json })
    })
    await page.reload()
    const rows = page.getByRole('rowheader')
    await expect.poll(() => rows.count()).toBe(100)
    await page.getByRole('button', { name: 'Load older' }).click()
    await expect.poll(() => rows.count()).toBe(200)
    expect(await page.getByRole('button', { name: /^Show/ }).count()).toBe(0)
    await rows.nth(150).getByRole('link').click()
    await page.waitForURL('**/logs/req_*')
    await page.goBack()
    await expect.poll(() => rows.count()).toBe(200)
    await expect.poll(() => page.evaluate<number>('scrollY')).toBeGreaterThan(1_000)
    await page.unroute(pattern)
    await page.goto('about:blank')
    await end()
  })
})
