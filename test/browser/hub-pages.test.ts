/**
 * What a person does with tokens and their own account, and an administrator with the hub and its
 * people.
 */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Hub, type Person, readLog, settleIn, startHub } from '../end-to-end/hub.ts'
import { everyDevice, startBrowser, visit } from './browser.ts'

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

describe('usage', () => {
  it.each(everyDevice)('is summed and drawn, on a %s, light and dark', async (device) => {
    const options = { device, darkToo: true, session: ada.session }
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
    await page.getByRole('combobox', { name: 'Group by', exact: true }).selectOption('provider')
    await page.getByLabel('Metric').selectOption('inputTokens')
    await page.getByRole('radio', { name: '7 d', exact: true }).check()
    await page.waitForURL('**/usage?by=provider&of=inputTokens&span=7d')
    await page.reload()
    await page.getByRole('rowheader', { name: 'Sandbox' }).waitFor()
    expect(await page.getByRole('radio', { name: '7 d', exact: true }).isChecked()).toBe(true)
    await page.getByText('Input tokens by provider').waitFor()
    await end()
  })
})

describe('tokens', () => {
  it('are made with a budget and limits, changed, and revoked', async () => {
    const { page, check, end } = await visit(browser, `${hub.url}/tokens?add`, { session: ada.session })
    await page.getByLabel('Name').fill('editor')
    await page.getByText('Limits and permissions').click()
    await page.getByLabel('Budget (USD)').fill('5')
    await page.getByLabel('Budget period').selectOption('day')
    await page.getByRole('button', { name: 'Add limit' }).click()
    await page.getByLabel('Limit 1: amount').fill('100')
    await page.getByText('Resets: Midnight UTC').click()
    await page.getByLabel('Resets').selectOption('refill')
    await page.getByText('Resets: Continuously (token bucket)').waitFor()
    expect(await page.getByLabel('Applies to').count()).toBe(0)
    await page.getByLabel('Allowed models').fill('sandbox/*')
    await check('tokens-making')
    await page.getByRole('dialog').getByRole('button', { name: 'Create token' }).click()
    expect(await page.getByLabel('Your token').inputValue()).toMatch(/^llm_/)
    for (let pressed = 0; pressed < 3; pressed++) await page.keyboard.press('Escape')
    expect(await page.getByLabel('Your token').isVisible()).toBe(true)
    await page.getByRole('button', { name: 'Copy' }).click()
    await page.getByText('Copied').waitFor()
    await page.keyboard.press('Escape')
    await page.getByLabel('Your token').waitFor({ state: 'detached' })

    const row = page.getByRole('listitem').filter({ hasText: 'editor' })
    await row.getByRole('meter', { name: 'Budget per day' }).waitFor()
    await row.getByRole('meter', { name: 'Requests per day' }).waitFor()
    await row.getByText('Only sandbox/*').waitFor()
    await check('tokens')

    await row.getByRole('button', { name: 'Edit “editor”' }).click()
    expect(await page.getByLabel('Limit 1: amount').inputValue()).toBe('100')
    await page.getByText('Resets: Continuously (token bucket)').waitFor()
    await page.getByRole('button', { name: 'Remove limit 1' }).click()
    await page.getByLabel('Concurrency limit').fill('3')
    await page.getByLabel('Allowed models').fill('sandbox/*, smrat')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('No known route or model matches "smrat".').waitFor()
    await row.getByText('0 of 3 in flight').waitFor()
    await row.getByRole('meter', { name: 'Requests per day' }).waitFor({ state: 'detached' })

    await row.getByRole('button', { name: 'Revoke “editor”' }).click()
    await page.getByRole('button', { name: 'Revoke token' }).click()
    await row.waitFor({ state: 'detached' })
    await end()
  })
})

describe('people', () => {
  it('join by an invitation, and see nothing of the one who invited them', async () => {
    const admin = await visit(browser, `${hub.url}/settings?invite`, { session: ada.session })
    await admin.page.getByLabel('Recipient').fill('Grace')
    await admin.page.getByRole('button', { name: 'Create link' }).click()
    const link = await admin.page.getByLabel('Invite link', { exact: true }).inputValue()
    await admin.check('settings-invited')
    await admin.page.getByRole('button', { name: 'Done' }).click()
    await admin.page.getByRole('listitem').filter({ hasText: 'Grace' }).getByText('Open').waitFor()
    expect(await admin.page.content()).not.toContain(link)

    const guest = await visit(browser, link)
    await guest.page.getByLabel('Username').fill('grace')
    await guest.page.getByLabel('Password').fill('correct horse battery')
    await guest.check('join')
    await guest.page.getByRole('button', { name: 'Join' }).click()
    await guest.page.getByRole('heading', { name: 'Add your first key' }).waitFor()
    // The link is good once: nothing of it stays in the address.
    expect(new URL(guest.page.url()).hash).toBe('')
    for (const [path, empty] of [
      ['/keys', 'No keys yet'],
      ['/tokens', 'No tokens yet'],
      ['/logs', 'No requests yet'],
      ['/usage', 'No usage in this period'],
    ] as const) {
      await guest.page.goto(`${hub.url}${path}`)
      await guest.page.getByRole('heading', { name: empty }).waitFor()
      expect(await guest.page.content()).not.toContain('ada’s own')
    }
    expect(await guest.page.getByRole('link', { name: 'Users' }).count()).toBe(0)
    await guest.page.goto(`${hub.url}/users`)
    await guest.page.getByRole('heading', { name: 'Admins only' }).waitFor()
    await guest.end()
    await admin.end()
  })

  it('who come with an invitation that is used up, or have an account, can log in instead', async () => {
    const { link } = await hub.call<{ link: string }>('POST', '/api/invitations', {
      as: ada.session,
      body: { role: 'user' },
    })
    const invitation = new URLSearchParams(new URL(link).hash.slice(1)).get('invitation')
    await hub.call('POST', '/api/auth/register', {
      body: { username: 'katherine', password: 'correct horse battery', invitation },
    })
    const { page, check, end } = await visit(browser, link, { foreseen: /status of 4/ })
    await page.getByLabel('Username').fill('dorothy')
    await page.getByLabel('Password').fill('correct horse battery')
    await page.getByRole('button', { name: 'Join' }).click()
    await page
      .getByRole('alert')
      .getByText(/invite/)
      .waitFor()
    await check('join-used')
    await page.getByRole('button', { name: 'I already have an account' }).click()
    await page.getByRole('heading', { name: 'Welcome back' }).waitFor()
    expect(new URL(page.url()).hash).toBe('')
    await page.getByLabel('Username or email').fill('katherine')
    await page.getByLabel('Password').fill('correct horse battery')
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.getByRole('heading', { name: 'Add your first key' }).waitFor()
    await end()
  })

  it('are made, disabled and removed by an administrator, but for the last one', async () => {
    const options = { session: ada.session, foreseen: /status of 409/ }
    const { page, check, end } = await visit(browser, `${hub.url}/users?add`, options)
    await page.getByLabel('Username').fill('linus')
    await page.getByLabel('Initial password').fill('correct horse battery')
    await check('users-making')
    await page.getByRole('dialog').getByRole('button', { name: 'Create user' }).click()
    const row = page.getByRole('row').filter({ hasText: 'linus' })
    await row.getByRole('button', { name: 'Make administrator: linus' }).click()
    await page.getByRole('heading', { name: 'Make linus an administrator?' }).waitFor()
    await page.getByRole('button', { name: 'Cancel' }).click()
    expect(await row.getByRole('button', { name: 'Make administrator: linus' }).count()).toBe(1)
    await row.getByRole('button', { name: 'Disable: linus' }).click()
    await row.getByText('Disabled').waitFor()
    await row.getByRole('button', { name: 'Remove: linus' }).click()
    await page.getByRole('button', { name: 'Remove user' }).click()
    await row.waitFor({ state: 'detached' })

    await page.getByRole('button', { name: 'Make user: ada' }).click()
    await page.getByRole('button', { name: 'Make user', exact: true }).click()
    await page.getByText('This is the last admin of the hub.').waitFor()
    await check('users-last-admin')
    await page.goto(`${hub.url}/users`)
    await page.getByRole('row').filter({ hasText: 'ada' }).getByText('Administrator').waitFor()
    await end()
  })
})

describe('caps', () => {
  it('of a person, a team and new people are set by an administrator, and are shown to the person', async () => {
    await hub.call('POST', '/api/users', {
      as: ada.session,
      body: { username: 'hedy', password: 'correct horse battery' },
    })
    const { token: session } = await hub.call<{ token: string }>('POST', '/api/auth/login', {
      body: { login: 'hedy', password: 'correct horse battery' },
    })
    await hub.call('POST', '/api/tokens', { as: session, body: { name: 'radio' } })
    const { page, check, end } = await visit(browser, `${hub.url}/users`, { session: ada.session })
    await page.getByRole('button', { name: 'Create team' }).click()
    await page.getByLabel('Name').fill('Spread spectrum')
    await page.getByLabel('Budget (USD)').fill('20')
    await check('users-team-form')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('meter', { name: 'Budget per month' }).waitFor()

    const row = page.getByRole('row').filter({ hasText: 'hedy' })
    await row.getByRole('button', { name: 'Set caps: hedy' }).click()
    await page.getByRole('combobox', { name: 'Team' }).selectOption('Spread spectrum')
    await page.getByLabel('Concurrency limit').fill('3')
    await page.getByRole('button', { name: 'Add limit' }).click()
    await page.getByLabel('Limit 1: amount').fill('50')
    await check('users-person-caps')
    await page.getByRole('button', { name: 'Save' }).click()
    await row.getByText('Team: Spread spectrum').waitFor()
    await row.getByText('0 of 3 in flight').waitFor()
    await row.getByRole('meter', { name: 'Requests per day' }).waitFor()
    await page.getByText('1 member: hedy').waitFor()
    await check('users-capped')

    await row.getByRole('button', { name: 'Tokens: hedy' }).click()
    await page.getByRole('button', { name: 'Revoke “radio”' }).click()
    await check('users-revoking')
    await page.getByRole('button', { name: 'Revoke token' }).click()
    await page.getByText('No tokens yet', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Done' }).click()
    await end()

    const own = await visit(browser, `${hub.url}/tokens`, { session })
    const account = own.page.getByRole('region', { name: 'Your caps' })
    await account.getByRole('meter', { name: 'Requests per day' }).waitFor()
    await own.page.getByRole('region', { name: 'Team “Spread spectrum”' }).getByRole('meter').waitFor()
    await own.check('tokens-own-caps')
    await own.end()

    const settings = await visit(browser, `${hub.url}/settings`, { session: ada.session })
    await settings.page.getByText('New users', { exact: true }).click()
    await settings.page.getByLabel('Concurrency limit').first().fill('5')
    await settings.page.getByLabel('Share (%)').fill('25')
    await settings.page.getByRole('button', { name: 'Save: New users' }).click()
    await settings.page.getByText('Caps saved').waitFor()
    await settings.check('settings-caps')
    await settings.end()
    expect(await hub.call('GET', '/api/settings', { as: ada.session })).toMatchObject({
      personDefaults: { maxConcurrent: 5, maxShare: 0.25 },
    })
    await hub.call('PATCH', '/api/settings', {
      as: ada.session,
      body: { personDefaults: { maxConcurrent: null, maxShare: null } },
    })
  })
})

describe('the audit log', () => {
  it('is filtered in its address, shows an entry, and proves that it is whole', async () => {
    const { page, check, end } = await visit(browser, `${hub.url}/audit`, { session: ada.session })
    await page.getByRole('button', { name: 'Verify log' }).click()
    await page.getByText('Verified:').waitFor()
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

describe('a person whose keys serve everyone', () => {
  it('is removed only together with these keys, once that was said', async () => {
    await hub.call('POST', '/api/users', {
      as: ada.session,
      body: { username: 'margaret', password: 'correct horse battery', role: 'admin' },
    })
    const { token } = await hub.call<{ token: string }>('POST', '/api/auth/login', {
      body: { login: 'margaret', password: 'correct horse battery' },
    })
    await hub.call('POST', '/api/keys', {
      as: token,
      body: { provider: 'groq', apiKey: `gsk_${'m'.repeat(52)}`, shared: true },
    })
    const options = { session: ada.session, foreseen: /status of 409/ }
    const { page, check, end } = await visit(browser, `${hub.url}/users`, options)
    const row = page.getByRole('row').filter({ hasText: 'margaret' })
    await row.getByRole('button', { name: 'Remove: margaret' }).click()
    const confirm = page.getByRole('button', { name: 'Remove user' })
    await confirm.click()
    await page.getByText('This user owns shared keys.').waitFor()
    expect(await confirm.getAttribute('aria-disabled')).toBe('true')
    await confirm.click({ force: true })
    await check('users-removing-shared')
    await page.getByLabel('Delete these shared keys too').check()
    await confirm.click()
    await row.waitFor({ state: 'detached' })
    await page.getByText('margaret removed').waitFor()
    await end()
  })
})

describe('settings', () => {
  it('show a changed name at once, everywhere, and say at the field what is wrong with one', async () => {
    const options = { session: ada.session, foreseen: /status of 4/ }
    const { page, end } = await visit(browser, `${hub.url}/settings`, options)
    const profile = page.getByRole('region', { name: 'Profile' })
    const username = profile.getByLabel('Username')
    const save = profile.getByRole('button', { name: 'Save' })
    await username.fill('no spaces please')
    await save.click()
    await profile.locator('.field-error').waitFor()
    await username.fill('lovelace')
    await save.click()
    await page.locator('.person-name').getByText('lovelace').waitFor()
    await page.reload()
    await page.locator('.person-name').getByText('lovelace').waitFor()
    expect(await username.inputValue()).toBe('lovelace')
    await username.fill('ada')
    await save.click()
    await page.locator('.person-name').getByText('ada', { exact: true }).waitFor()
    await end()
  })

  it('change the password with the old one only, and keep this session', async () => {
    await hub.call('POST', '/api/users', {
      as: ada.session,
      body: { username: 'barbara', password: 'a first password', role: 'user' },
    })
    const logIn = (password: string, status?: number) =>
      hub.call<{ token: string }>('POST', '/api/auth/login', {
        body: { login: 'barbara', password },
        ...(status !== undefined && { expect: status }),
      })
    const { token: session } = await logIn('a first password')
    const options = { session, foreseen: /status of 4/ }
    const { page, check, end } = await visit(browser, `${hub.url}/settings`, options)
    const form = page.getByRole('region', { name: 'Password' })
    const present = form.getByLabel('Current password')
    const change = form.getByRole('button', { name: 'Change password' })
    await present.fill('not the password')
    await form.getByLabel('New password').fill('a second password')
    await change.click()
    await form.locator('.field-error').waitFor()
    // A wrong password is no end of the session, and focus goes to where it is mended.
    await present.and(page.locator(':focus')).waitFor()
    await check('settings-wrong-password')
    await present.fill('a first password')
    await form.getByLabel('New password').fill('short')
    await change.click()
    await form.getByLabel('New password').and(page.locator(':focus')).waitFor()
    await form.getByLabel('New password').fill('a second password')
    await change.click()
    await page.getByText('Password changed').waitFor()
    expect(await present.inputValue()).toBe('')
    await page.reload()
    await page.getByRole('heading', { name: 'Settings' }).waitFor()
    await logIn('a first password', 401)
    await logIn('a second password')
    await end()
  })

  it('end a session elsewhere, and change the hub', async () => {
    await hub.call('POST', '/api/auth/login', { body: { login: 'ada', password: 'correct horse battery' } })
    const { page, check, end } = await visit(browser, `${hub.url}/settings`, { session: ada.session })
    await page.getByRole('button', { name: 'Revoke other sessions' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke other sessions' }).click()
    await page.getByText('Other sessions revoked').waitFor()
    await page.getByRole('button', { name: 'Revoke other sessions' }).waitFor({ state: 'detached' })

    await page.getByLabel('Log retention (days)').fill('14')
    await page.getByLabel('Allowed origins (CORS)').fill('https://app.example.com')
    await page
      .locator('form')
      .filter({ hasText: 'Registration' })
      .getByRole('button', { name: 'Save' })
      .click()
    await page.getByText('Hub settings saved.').waitFor()
    await page.reload()
    expect(await page.getByLabel('Log retention (days)').inputValue()).toBe('14')

    await page.getByRole('button', { name: 'Re-encrypt' }).click()
    await page.getByText('Everything is encrypted with the newest master key').waitFor()
    await check('settings-checked')
    await end()
  })
})
