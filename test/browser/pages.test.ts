/**
 * Every page that the navigation leads to, on a phone and on a desktop, dark and light: nothing
 * wrong on any of them.
 */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Hub, type Person, settleIn, startHub } from '../end-to-end/hub.ts'
import { everyDevice, startBrowser, visit } from './browser.ts'

let browser: Browser
let hub: Hub
let ada: Person

beforeAll(async () => {
  browser = await startBrowser()
  hub = await startHub()
  ada = await settleIn(hub)
  await fill()
})
afterAll(async () => {
  await browser?.close()
  await hub?.stop()
})

/**
 * A hub that has seen something: keys in several states, requests that went well and that did not.
 */
async function fill(): Promise<void> {
  const as = ada.session
  const add = (body: object) => hub.call<{ id: string }>('POST', '/api/keys', { as, body })
  await add({
    provider: 'sandbox',
    apiKey: 'sandbox 1234',
    name: 'a first try',
    limits: [
      { unit: 'requests', per: 'day', limit: 50 },
      { unit: 'tokens', per: 'day', limit: 2000 },
    ],
  })
  const off = await add({ provider: 'groq', apiKey: `gsk_${'x'.repeat(52)}`, name: 'free tier' })
  await hub.call('PATCH', `/api/keys/${off.id}`, { as, body: { enabled: false } })
  for (const model of ['sandbox/echo', 'sandbox/echo', 'sandbox/500', 'sandbox/echo', 'sandbox/429']) {
    // Apart in time, so that there is something to draw over it.
    await new Promise((resolve) => setTimeout(resolve, 600))
    await fetch(`${hub.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ada.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello there' }] }),
    }).then((response) => response.text())
  }
}

describe('every page', () => {
  it.each(everyDevice)('is whole on a %s, light and dark', async (device) => {
    const options = { device, darkToo: true, session: ada.session }
    const { page, check, end } = await visit(browser, hub.url, options)
    const openDrawer = async (): Promise<void> => {
      if (device === 'phone') await page.getByRole('button', { name: 'Menu' }).click()
    }
    await page.getByRole('heading', { level: 1 }).waitFor()
    await openDrawer()
    if (device === 'phone') await check('drawer')
    const links = page.locator('.navigation:visible a')
    const addresses = await links.evaluateAll((found) => found.map((link) => link.getAttribute('href') ?? ''))
    expect(addresses.length).toBeGreaterThan(4)
    for (const [index, address] of addresses.entries()) {
      if (index > 0) await openDrawer()
      await page.locator(`.navigation:visible a[href="${address}"]`).click()
      await page.waitForURL(`${hub.url}${address}`)
      await page.locator('.page h1').waitFor()
      // What is read has come; the live stream is never over.
      await page.locator('text="Loading…"').first().waitFor({ state: 'detached' })
      await page.locator('.readiness-unknown').waitFor({ state: 'detached' })
      for (const chart of await page.locator('.chart').all()) {
        // It may be drawn anew at any moment, so that there is no waiting for it to be still.
        await chart.evaluate('(chart) => chart.scrollIntoView()')
        await chart.locator('svg').waitFor()
      }
      await check(`page${address.replaceAll('/', '-')}`)
    }
    await page.goto(`${hub.url}/nowhere/at/all`)
    await page.getByRole('heading', { name: 'Page not found' }).waitFor()
    await check('not-found')
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox').waitFor()
    await check('palette')
    await end()
  })

  it('that is an administrator’s is closed to everybody else, and says so', async () => {
    await hub.call('POST', '/api/users', {
      as: ada.session,
      body: { username: 'grace', password: 'correct horse battery' },
    })
    const { token: session } = await hub.call<{ token: string }>('POST', '/api/auth/login', {
      body: { login: 'grace', password: 'correct horse battery' },
    })
    const { page, check, end } = await visit(browser, `${hub.url}/users`, { session })
    const asked: string[] = []
    page.on('request', (request) => asked.push(new URL(request.url()).pathname))
    for (const address of ['/users', '/audit']) {
      await page.goto(`${hub.url}${address}`)
      const heading = page.getByRole('heading', { name: 'Admins only' })
      await heading.and(page.locator(':focus')).waitFor()
      expect(await page.locator(`.navigation a[href="${address}"]`).count()).toBe(0)
      expect(asked).not.toContain(`/api${address}`)
    }
    await check('admin-only')
    await page.getByRole('link', { name: 'Go to overview' }).click()
    await page.getByRole('heading', { name: 'Add your first key' }).waitFor()
    await end()
  })

  it('that cannot be loaded says what to do, and is there when that was done', async () => {
    const options = { session: ada.session, foreseen: /ERR_FAILED|preload assets/ }
    const { page, check, end } = await visit(browser, `${hub.url}/keys`, options)
    await page.getByRole('heading', { name: 'Keys' }).waitFor()
    await page.route('**/assets/tokens-*', (route) => route.abort())
    await page.getByRole('link', { name: 'Tokens' }).click()
    const heading = page.getByRole('heading', { name: 'Page not loaded' })
    await heading.and(page.locator(':focus')).waitFor()
    await check('page-broken')
    // Everything else is still there.
    await page.getByRole('link', { name: 'Keys' }).click()
    await page.getByRole('heading', { name: 'Keys' }).waitFor()
    await page.getByRole('link', { name: 'Tokens' }).click()
    await heading.waitFor()
    await page.unroute('**/assets/tokens-*')
    await page.getByRole('button', { name: 'Reload' }).click()
    await page.getByRole('heading', { name: 'Tokens' }).waitFor()
    await end()
  })

  it.each(everyDevice)('has a way in that is whole on a %s, light and dark', async (device) => {
    const { page, check, end } = await visit(browser, `${hub.url}/keys`, { device, darkToo: true })
    await page.getByRole('heading', { name: 'Welcome back' }).waitFor()
    await check('login')
    await end()
  })

  it('is where one wanted to go, after logging in on the way', async () => {
    const { page, end } = await visit(browser, `${hub.url}/logs?outcome=bad`)
    await page.getByLabel('Username or email').fill('ada')
    await page.getByLabel('Password').fill('correct horse battery')
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.getByRole('heading', { name: 'Logs' }).waitFor()
    expect(new URL(page.url()).search).toBe('?outcome=bad')
    expect(await page.getByRole('radio', { name: 'Failed' }).isChecked()).toBe(true)
    expect(await page.title()).toBe('Logs · LLM Hub')
    await end()
  })

  it('keeps what it filters by in its address, and goes back where one came from', async () => {
    const { page, end } = await visit(browser, `${hub.url}/logs`, { session: ada.session })
    await page.getByRole('rowheader').nth(3).waitFor()
    await page.locator('.chart svg').waitFor()
    const all = await page.getByRole('rowheader').count()
    await page.getByRole('radio', { name: 'Failed' }).check()
    await page.waitForURL('**/logs?outcome=bad')
    const failed = page.getByRole('rowheader')
    await failed.first().waitFor()
    expect(await failed.count()).toBeLessThan(all)
    await page.getByRole('link', { name: 'Keys' }).first().click()
    await page.getByRole('heading', { name: 'Keys' }).waitFor()
    await page.goBack()
    await page.getByRole('heading', { name: 'Logs' }).waitFor()
    expect(new URL(page.url()).search).toBe('?outcome=bad')
    await end()
  })

  it('shows itself in the theme that was chosen, also when one comes back', async () => {
    const { page, check, end } = await visit(browser, hub.url, { session: ada.session })
    const background = (): Promise<string> =>
      page.evaluate<string>('getComputedStyle(document.body).backgroundColor')
    await page.getByRole('heading', { level: 1 }).waitFor()
    const light = await background()
    await page.locator('.side').getByRole('radio', { name: 'Dark' }).check()
    const dark = await background()
    expect(dark).not.toBe(light)
    await page.reload()
    await page.getByRole('heading', { level: 1 }).waitFor()
    expect(await background()).toBe(dark)
    await check('theme-chosen')
    await end()
  })
})
