/** What a person does with tokens and their own account, and an administrator with the hub and its people. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Hub, type Person, readLog, settleIn, startHub } from '../end-to-end/hub.ts'
import { type Device, type Scheme, startBrowser, visit } from './browser.ts'

let browser: Browser
let hub: Hub
let ada: Person

beforeAll(async () => {
  browser = await startBrowser()
  hub = await startHub()
  ada = await settleIn(hub)
  await hub.call('POST', '/api/keys', {
    as: ada.session,
    body: { provider: 'sandbox', apiKey: 'sandbox 1234', name: 'ada’s own' },
  })
  let id: string | null = null
  for (const model of ['sandbox/echo', 'sandbox/500', 'sandbox/echo']) id = await ask(model)
  await readLog(hub, ada.session, id)
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

const variants: [Device, Scheme][] = [
  ['desktop', 'light'],
  ['desktop', 'dark'],
  ['phone', 'light'],
  ['phone', 'dark'],
]

describe('usage', () => {
  it.each(variants)('is summed and drawn, on a %s in %s', async (device, scheme) => {
    const options = { device, scheme, session: ada.session }
    const { page, check, end } = await visit(browser, `${hub.url}/usage?by=token`, options)
    const row = page.getByRole('row').filter({ hasText: 'test' })
    await row.first().waitFor()
    await page.locator('text="Drawing …"').waitFor({ state: 'detached' })
    expect(await page.locator('.facts').first().textContent()).toContain('Requests3')
    await check('usage')
    await end()
  })

  it('keeps what was chosen when the page is loaded again', async () => {
    const { page, end } = await visit(browser, `${hub.url}/usage`, { session: ada.session })
    await page.getByRole('combobox', { name: 'By', exact: true }).selectOption('provider')
    await page.getByLabel('Drawn').selectOption('inputTokens')
    await page.getByRole('radio', { name: '7 d', exact: true }).check()
    await page.waitForURL('**/usage?by=provider&of=inputTokens&span=7d')
    await page.reload()
    await page.getByRole('rowheader', { name: 'Sandbox' }).waitFor()
    expect(await page.getByRole('radio', { name: '7 d', exact: true }).isChecked()).toBe(true)
    expect(await page.getByText('Tokens in by provider').count()).toBeGreaterThan(0)
    await end()
  })
})

describe('tokens', () => {
  it('are made with a budget and limits, changed, and revoked', async () => {
    const { page, check, end } = await visit(browser, `${hub.url}/tokens?add`, { session: ada.session })
    await page.getByLabel('Name').fill('editor')
    await page.getByText('Limit what it may do').click()
    await page.getByLabel('Budget in US dollars').fill('5')
    await page.getByLabel('Budget for each').selectOption('day')
    await page.getByRole('button', { name: 'Add a limit' }).click()
    await page.getByLabel('Limit 1: how many').fill('100')
    await page.getByText('Refills at once, at midnight in UTC').click()
    await page.getByLabel('How it refills').selectOption('refill')
    await page.getByText('Refills little by little, all the time').waitFor()
    expect(await page.getByLabel('Counts for').count()).toBe(0)
    await page.getByLabel('Models that it may use').fill('sandbox/*')
    await check('tokens-making')
    await page.getByRole('button', { name: 'Make the token' }).click()
    expect(await page.getByLabel('Your token').inputValue()).toMatch(/^llm_/)
    await page.getByRole('button', { name: 'I have it' }).click()

    const row = page.getByRole('listitem').filter({ hasText: 'editor' })
    await row.getByRole('meter', { name: 'Budget per day' }).waitFor()
    await row.getByRole('meter', { name: 'Requests per day' }).waitFor()
    await row.getByText('only sandbox/*').waitFor()
    await check('tokens')

    await row.getByRole('button', { name: 'Edit “editor”' }).click()
    expect(await page.getByLabel('Limit 1: how many').inputValue()).toBe('100')
    await page.getByText('Refills little by little, all the time').waitFor()
    await page.getByRole('button', { name: 'Remove limit 1' }).click()
    await page.getByLabel('Requests at the same time').fill('3')
    await page.getByRole('button', { name: 'Save' }).click()
    await row.getByText('0 of 3 at the same time').waitFor()
    await row.getByRole('meter', { name: 'Requests per day' }).waitFor({ state: 'detached' })

    await row.getByRole('button', { name: 'Revoke “editor”' }).click()
    await page.getByRole('button', { name: 'Revoke the token' }).click()
    await row.waitFor({ state: 'detached' })
    await end()
  })
})

describe('people', () => {
  it('join by an invitation, and see nothing of the one who invited them', async () => {
    const admin = await visit(browser, `${hub.url}/settings?invite`, { session: ada.session })
    await admin.page.getByLabel('For whom').fill('Grace')
    await admin.page.getByRole('button', { name: 'Make the link' }).click()
    const link = await admin.page.getByLabel('The invitation’s link').inputValue()
    await admin.check('settings-invited')
    await admin.page.getByRole('button', { name: 'I have it' }).click()
    await admin.page.getByRole('listitem').filter({ hasText: 'Grace' }).getByText('open').waitFor()
    expect(await admin.page.content()).not.toContain(link)

    const guest = await visit(browser, link)
    await guest.page.getByLabel('Username').fill('grace')
    await guest.page.getByLabel('Password').fill('correct horse battery')
    await guest.page.getByRole('button', { name: 'Join' }).click()
    await guest.page.getByRole('heading', { name: 'Add a first key to start.' }).waitFor()
    for (const [path, empty] of [
      ['/keys', 'No provider key yet'],
      ['/tokens', 'No token yet'],
      ['/logs', 'No request yet'],
      ['/usage', 'Nothing was used in this time'],
    ] as const) {
      await guest.page.goto(`${hub.url}${path}`)
      await guest.page.getByRole('heading', { name: empty }).waitFor()
      expect(await guest.page.content()).not.toContain('ada’s own')
    }
    expect(await guest.page.getByRole('link', { name: 'Users' }).count()).toBe(0)
    await guest.page.goto(`${hub.url}/users`)
    await guest.page.getByRole('heading', { name: 'For administrators' }).waitFor()
    await guest.end()
    await admin.end()
  })

  it('are made, disabled and removed by an administrator, but for the last one', async () => {
    const options = { session: ada.session, foreseen: /status of 409/ }
    const { page, check, end } = await visit(browser, `${hub.url}/users?add`, options)
    await page.getByLabel('Username').fill('linus')
    await page.getByLabel('First password').fill('correct horse battery')
    await check('users-making')
    await page.getByRole('button', { name: 'Make the account' }).click()
    const row = page.getByRole('row').filter({ hasText: 'linus' })
    await row.getByRole('button', { name: 'Disable: linus' }).click()
    await row.getByText('disabled').waitFor()
    await row.getByRole('button', { name: 'Remove: linus' }).click()
    await page.getByRole('button', { name: 'Remove for good' }).click()
    await row.waitFor({ state: 'detached' })

    await page.getByRole('button', { name: 'Make user: ada' }).click()
    await page.getByText('This is the last administrator of the hub.').waitFor()
    await check('users-last-admin')
    await page.goto(`${hub.url}/users`)
    await page.getByRole('row').filter({ hasText: 'ada' }).getByText('administrator').waitFor()
    await end()
  })
})

describe('the audit log', () => {
  it('is filtered in its address, shows an entry, and proves that it is whole', async () => {
    const { page, check, end } = await visit(browser, `${hub.url}/audit`, { session: ada.session })
    await page.getByRole('button', { name: 'Verify the chain' }).click()
    await page.getByText('The log is whole:').waitFor()
    await page.getByLabel('Action').fill('key.added')
    await page.waitForURL('**/audit?action=key.added')
    await page.reload()
    await page.getByRole('rowheader').first().waitFor()
    expect(await page.getByRole('rowheader').count()).toBe(1)
    await page.getByRole('button', { name: /^Details of entry/ }).click()
    await page.getByRole('dialog').getByText('key.added').waitFor()
    await check('audit-entry')
    await end()
  })
})

describe('settings', () => {
  it('end a session elsewhere, and change the hub', async () => {
    await hub.call('POST', '/api/auth/login', { body: { login: 'ada', password: 'correct horse battery' } })
    const { page, check, end } = await visit(browser, `${hub.url}/settings`, { session: ada.session })
    await page.getByRole('button', { name: 'End all others' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'End all others' }).click()
    await page.getByText('All other sessions were ended.').waitFor()
    await page.getByRole('button', { name: 'End all others' }).waitFor({ state: 'detached' })

    await page.getByLabel('Days that the log is kept').fill('14')
    await page.getByLabel('Web pages that may call the hub').fill('https://app.example.com')
    await page
      .locator('form')
      .filter({ hasText: 'Registration' })
      .getByRole('button', { name: 'Save' })
      .click()
    await page.getByText('The hub’s settings were saved.').waitFor()
    await page.reload()
    expect(await page.getByLabel('Days that the log is kept').inputValue()).toBe('14')

    await page.getByRole('button', { name: 'Check, and seal anew what is older' }).click()
    await page.getByText('Everything is sealed with the newest key').waitFor()
    await check('settings-checked')
    await end()
  })
})
