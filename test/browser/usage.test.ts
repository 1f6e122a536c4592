/**
 * Usage as a person reads it: over a span of their own, with what was saved and how long it took,
 * and what the month comes to.
 */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Hub, type Person, readLog, settleIn, startHub } from '../end-to-end/hub.ts'
import { everyDevice, type Page, startBrowser, visit } from './browser.ts'

let browser: Browser
let hub: Hub
let ada: Person

/** More models than a chart tells apart. */
const models = ['echo', 'slow', 'tools', 'one', 'two', 'three', 'four'].map((name) => `sandbox/${name}`)

beforeAll(async () => {
  browser = await startBrowser()
  hub = await startHub({ SANDBOX: 'true' })
  ada = await settleIn(hub)
  const as = ada.session
  await hub.call('POST', '/api/keys', {
    as,
    body: { provider: 'sandbox', apiKey: 'sandbox 1234', name: 'first' },
  })
  let id: string | null = null
  for (const model of [...models, 'sandbox/echo']) id = await ask(model)
  await readLog(hub, as, id)
})
afterAll(async () => {
  await browser?.close()
  await hub?.stop()
})

async function ask(model: string): Promise<string | null> {
  const response = await fetch(`${hub.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ada.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello there' }] }),
  })
  await response.text()
  return response.headers.get('x-hub-request-id')
}

/** What a page asks for of usage, from now on. */
function watchUsage(page: Page): URLSearchParams[] {
  const asked: URLSearchParams[] = []
  page.on('request', (request) => {
    const { pathname, searchParams } = new URL(request.url())
    if (pathname === '/api/usage') asked.push(searchParams)
  })
  return asked
}

describe('usage', () => {
  it.each(everyDevice)(
    'says what was saved, how long it took and who had a part, on a %s, light and dark',
    async (device) => {
      const options = { device, darkToo: true, session: ada.session }
      const { page, check, end } = await visit(browser, `${hub.url}/usage?by=user&whose=everyone`, options)
      await page.getByRole('rowheader', { name: 'ada' }).waitFor()
      await page.locator('.chart svg').waitFor()
      const totals = (await page.locator('.facts').first().textContent()) ?? ''
      expect(totals).toContain('Requests8')
      expect(totals).toContain('Savings$')
      expect(totals).toMatch(/p50 latency\d/)
      expect(totals).toMatch(/p95 latency\d/)
      await page.getByText('Forecast available in 3 days').waitFor()
      await check('usage-people')
      await end()
    },
  )

  it('draws the largest groups and the others as one, and lists every group', async () => {
    const { page, check, end } = await visit(browser, `${hub.url}/tokens`, { session: ada.session })
    const asked = watchUsage(page)
    await page.goto(`${hub.url}/usage`)
    await page
      .getByRole('rowheader')
      .nth(models.length - 1)
      .waitFor()
    await page.locator('.chart svg').waitFor()
    const legend = page.locator('.chart-legend > span')
    expect(await legend.count()).toBe(5)
    expect(await legend.last().textContent()).toBe('Other')
    expect(await page.getByRole('rowheader').count()).toBe(models.length)
    // What is asked for over time is as much as is drawn.
    const overTime = asked.filter((query) => query.has('interval') && query.has('groupBy'))
    expect(overTime.map((query) => [query.get('top'), query.get('by')])).toEqual([['5', 'requests']])
    await page.getByLabel('Metric').selectOption('inputTokens')
    await page.getByText('Input tokens by model').first().waitFor()
    expect(asked.at(-1)?.get('by')).toBe('tokens')
    await check('usage-models')
    await end()
  })

  it('is that of a span of one’s own, and asks for none that makes no sense', async () => {
    const { page, check, end } = await visit(browser, `${hub.url}/usage`, { session: ada.session })
    await page.getByRole('rowheader').first().waitFor()
    await page.getByRole('radio', { name: 'Custom' }).check()
    const [from, to] = [page.getByLabel('From', { exact: true }), page.getByLabel('To', { exact: true })]
    await from.waitFor()
    await page.getByRole('rowheader').first().waitFor()
    const asked = watchUsage(page)
    await from.fill('2020-01-01T00:00')
    await page.getByText('Choose 366 days or less.').waitFor()
    await check('usage-span-wrong')
    expect(asked).toEqual([])
    await to.fill('2020-01-02T00:00')
    await page.getByText('No usage in this period').waitFor()
    await page.reload()
    await page.getByText('No usage in this period').waitFor()
    expect(await from.inputValue()).toBe('2020-01-01T00:00')
    expect(await page.getByRole('radio', { name: 'Custom' }).isChecked()).toBe(true)
    await check('usage-span-own')
    await end()
  })
})
