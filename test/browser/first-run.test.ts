/**
 * From a hub that nobody has claimed to an answer on the page, as a person goes: once with a mouse,
 * once with the keyboard alone.
 */
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Hub, startHub } from '../end-to-end/hub.ts'
import { hasFocus, startBrowser, tabTo, visit } from './browser.ts'

let browser: Browser
let hub: Hub

beforeAll(async () => {
  browser = await startBrowser()
})
afterAll(() => browser?.close())
beforeEach(async () => {
  hub = await startHub()
})
afterEach(() => hub?.stop())

describe('the first run', () => {
  it('leads to a first answer by mouse', async () => {
    const { page, check, end } = await visit(browser, hub.url, { ownTab: true })
    await page.getByRole('heading', { name: 'Create your admin account' }).waitFor()
    await check('claim')
    await page.getByLabel('Username').fill('ada')
    await page.getByLabel('Password').fill('correct horse battery')
    await page.getByRole('button', { name: 'Create account' }).click()

    await page.getByRole('heading', { name: 'Add your first key' }).waitFor()
    await check('overview-fresh')
    await page.getByRole('link', { name: 'Add a provider key' }).click()
    await page.getByRole('heading', { name: 'No keys yet' }).waitFor()
    await check('keys-empty')
    await page.getByRole('button', { name: 'Add key' }).click()
    await page.getByLabel('Provider').selectOption('sandbox')
    await page.getByLabel('API key').fill('anything 1234')
    await check('keys-adding')
    await page.getByRole('dialog').getByRole('button', { name: 'Add key' }).click()
    await page.getByText('****1234', { exact: true }).waitFor()

    await page.getByRole('link', { name: 'Tokens' }).click()
    await page.getByRole('button', { name: 'Create token' }).click()
    await page.getByLabel('Name').fill('laptop')
    await page.getByRole('dialog').getByRole('button', { name: 'Create token' }).click()
    const secret = await page.getByLabel('Your token').inputValue()
    expect(secret).toMatch(/^llm_/)
    await check('tokens-fresh')
    await page.getByRole('button', { name: 'Done' }).click()
    await page.getByText('laptop', { exact: true }).waitFor()
    expect(await page.content()).not.toContain(secret)

    await page.getByRole('link', { name: 'Playground' }).click()
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByText('Answer complete').waitFor({ state: 'attached' })
    expect(await page.getByRole('region', { name: 'Answer' }).textContent()).toContain('hello')
    await check('playground-answered')
    const stored = await page.evaluate<string>(
      'JSON.stringify([localStorage, sessionStorage, document.cookie])',
    )
    expect(stored).toBe('[{},{},""]')
    await end()
  })

  it('leads to a first answer by keyboard alone', async () => {
    const { page, end } = await visit(browser, hub.url, { ownTab: true })
    const { keyboard } = page
    // The first field has focus: nothing is pressed to get there.
    await page.getByLabel('Username').and(page.locator(':focus')).waitFor()
    await keyboard.type('ada')
    await keyboard.press('Tab')
    await keyboard.type('correct horse battery')
    await keyboard.press('Enter')
    const arrived = page.getByRole('heading', { name: 'Add your first key' })
    await arrived.and(page.locator(':focus')).waitFor()

    await keyboard.press('Control+k')
    await page.getByRole('combobox').and(page.locator(':focus')).waitFor()
    await keyboard.type('add a k')
    await keyboard.press('Enter')
    const provider = page.getByLabel('Provider')
    await provider.waitFor()
    await tabTo(page, provider)
    await keyboard.type('Sandbox')
    expect(await provider.inputValue()).toBe('sandbox')
    await tabTo(page, page.getByLabel('API key'))
    await keyboard.type('anything 1234')
    await keyboard.press('Enter')
    await page.getByText('****1234', { exact: true }).waitFor()

    await keyboard.press('Control+k')
    await keyboard.type('create token')
    await keyboard.press('Enter')
    await page.getByLabel('Name').and(page.locator(':focus')).waitFor()
    await keyboard.type('laptop')
    await keyboard.press('Enter')
    await page.getByLabel('Your token').and(page.locator(':focus')).waitFor()
    await tabTo(page, page.getByRole('button', { name: 'Done' }))
    await keyboard.press('Enter')
    await page.getByText('laptop', { exact: true }).waitFor()

    await tabTo(page, page.getByRole('link', { name: 'Playground' }))
    await keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Playground' }).and(page.locator(':focus')).waitFor()
    await tabTo(page, page.getByRole('button', { name: 'Send' }))
    await keyboard.press('Enter')
    await page.getByText('Answer complete').waitFor({ state: 'attached' })
    // The button that was pressed is where one was.
    expect(await hasFocus(page, page.getByRole('button', { name: 'Send' }))).toBe(true)
    await end()
  })
})
