/**
 * What a person does with provider keys: adds, tests, edits, restores, groups, imports and deletes
 * them.
 */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addFake, type Hub, type Person, settleIn, startHub } from '../end-to-end/hub.ts'
import { completion, type FakeProvider, sendJson, startProvider } from '../end-to-end/provider.ts'
import { type Page, startBrowser, tabTo, visit } from './browser.ts'

let browser: Browser
let hub: Hub
let provider: FakeProvider
let ada: Person

interface Key {
  id: string
  provider: string
  name: string | null
  note: string | null
  priority: number
  account: string
  shared: boolean
  free: boolean
  allowedModels: string[] | null
  limits:
    | { unit: string; per: string; limit: number; model?: string; resets?: string; scope?: string }[]
    | null
}

beforeAll(async () => {
  browser = await startBrowser()
  provider = await startProvider()
  hub = await startHub()
  ada = await settleIn(hub)
  await addFake(hub, ada.session, provider)
})
afterAll(async () => {
  await browser?.close()
  await hub?.stop()
  await provider?.stop()
})

const addKey = (apiKey: string, settings: object = {}): Promise<Key> =>
  hub.call('POST', '/api/keys', { as: ada.session, body: { provider: 'fake', apiKey, ...settings } })
const readKey = (id: string): Promise<Key> => hub.call('GET', `/api/keys/${id}`, { as: ada.session })
/** Lists come in pages. */
async function listKeys(cursor = ''): Promise<Key[]> {
  const { data, nextCursor } = await hub.call<{ data: Key[]; nextCursor: string | null }>(
    'GET',
    `/api/keys?cursor=${cursor}`,
    { as: ada.session },
  )
  return nextCursor === null ? data : [...data, ...(await listKeys(nextCursor))]
}
const isStored = async (id: string): Promise<boolean> => (await listKeys()).some((key) => key.id === id)
/** The requests with which a page deletes something, from now on. */
function watchDeletions(page: Page): string[] {
  const deletions: string[] = []
  page.on('request', (request) => {
    if (request.method() === 'DELETE') deletions.push(request.url())
  })
  return deletions
}
const answer = () => provider.behave((response) => sendJson(response, 200, completion('Hello.')))
const refuse = () =>
  provider.behave((response) =>
    sendJson(response, 401, {
      error: {
        message: 'This key was revoked.',
        type: 'invalid_request_error',
        code: 'invalid_api_key',
      },
    }),
  )

describe('a key', () => {
  it('is recognised as it is pasted, and is offered the limits of a free tier without being given them', async () => {
    const { page, check, end } = await visit(browser, `${hub.url}/keys?add`, { session: ada.session })
    await page.getByLabel('API key').fill(`gsk_${'a'.repeat(52)}`)
    await expect.poll(() => page.getByLabel('Provider').inputValue()).toBe('groq')
    await page.getByText('Provider recognised: the key begins with "gsk_".').waitFor()
    const offer = page.getByLabel(/Apply free tier limits/)
    expect(await offer.isChecked()).toBe(false)
    await check('keys-recognised')
    // By hand it goes to somebody who answers.
    await page.getByLabel('Provider').selectOption('fake')
    await page.getByLabel('API key').fill('sk-fake-0001')
    expect(await page.getByLabel('Provider').inputValue()).toBe('fake')
    answer()
    await page.getByRole('dialog').getByRole('button', { name: 'Add key' }).click()
    // It is tested at once.
    await page.getByText(/Test passed: fake-1 answered in/).waitFor()
    expect((await listKeys()).map(({ limits }) => limits)).toEqual([null])
    await end()
  })

  it('is edited: its settings, its limits and nothing else', async () => {
    const { id } = await addKey('sk-fake-0002', { name: 'before' })
    const { page, check, end } = await visit(browser, `${hub.url}/keys`, { session: ada.session })
    await page.getByRole('button', { name: 'Edit sk-****0002' }).click()
    await page.getByLabel('Name').fill('after')
    await page.getByLabel('Priority').fill('3')
    await page.getByLabel('Allowed models').fill('fake-1\nfake-2*')
    await page.getByRole('button', { name: 'Add limit' }).click()
    await page.getByLabel('Limit 1: amount').fill('40')
    await page.getByLabel('Limit 1: period').selectOption('hour')
    await page.getByLabel('Free tier').check()
    await check('keys-editing')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('sk-****0002 updated').waitFor()
    expect(await readKey(id)).toMatchObject({
      name: 'after',
      note: null,
      priority: 3,
      allowedModels: ['fake-1', 'fake-2*'],
      limits: [{ unit: 'requests', per: 'hour', limit: 40 }],
      account: id,
      free: true,
    })
    await page.getByText('after · Free').waitFor()
    await page.getByRole('meter', { name: 'Requests per hour' }).waitFor()
    await end()
  })

  it('stays in its account when something else is edited, and is not sent where nothing is', async () => {
    const { id: account } = await hub.call<{ id: string }>('POST', '/api/accounts', {
      as: ada.session,
      body: { provider: 'fake', name: 'team' },
    })
    const { id } = await addKey('sk-fake-0011', { account })
    const { page, end } = await visit(browser, `${hub.url}/keys?edit=${id}`, {
      session: ada.session,
      foreseen: /status of 400/,
    })
    const changes: string[] = []
    page.on('request', (request) => {
      if (request.method() === 'PATCH') changes.push(request.postData() ?? '')
    })
    await expect.poll(() => page.getByLabel('Account', { exact: true }).inputValue()).toBe(account)
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(changes).toEqual([])
    await page.goto(`${hub.url}/keys?edit=${id}`)
    await page.getByLabel('Note').fill('a note')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('sk-****0011 updated').waitFor()
    expect(changes).toEqual(['{"note":"a note"}'])
    expect((await readKey(id)).account).toBe(account)

    // A key of a custom provider is shared together with the provider, once all else is accepted.
    await hub.call('POST', '/api/providers', {
      as: ada.session,
      body: {
        id: 'lent',
        name: 'Lent',
        baseUrl: provider.baseUrl,
        dialect: 'openai-chat',
        models: ['fake-1'],
      },
    })
    const lent = await addKey('sk-lent-0012', { provider: 'lent' })
    await page.goto(`${hub.url}/keys?edit=${lent.id}`)
    const withProvider = page.getByLabel('Share the provider Lent, too')
    expect(await withProvider.isChecked()).toBe(false)
    await page.getByLabel('Shared with the team').check()
    expect(await withProvider.isChecked()).toBe(true)
    const reserve = page.getByLabel('Reserved for you')
    await reserve.fill('much')
    changes.length = 0
    await page.getByRole('button', { name: 'Save' }).click()
    await page.locator('[aria-invalid=true]').waitFor()
    expect(changes).toEqual(['{"reserve":"much"}'])
    await reserve.fill('')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('sk-****0012 updated').waitFor()
    expect(changes.slice(1)).toEqual(['{"scope":"hub"}', '{"shared":true}'])
    expect((await readKey(lent.id)).shared).toBe(true)
    await end()
  })

  it('is limited by keyboard, down to how a limit refills and for whom it counts, also on a phone', async () => {
    const { id } = await addKey('sk-fake-0007', {
      limits: [{ unit: 'tokens', per: 'day', limit: 9_000, resets: 'rolling' }],
    })
    const options = { session: ada.session, device: 'phone' } as const
    const { page, check, end } = await visit(browser, `${hub.url}/keys?edit=${id}`, options)
    const more = page.getByText('Resets: Rolling (1 day), Applies to: Account')
    await more.waitFor()
    await tabTo(page, more)
    await page.keyboard.press('Enter')
    const refills = page.getByLabel('Resets')
    expect(await refills.inputValue()).toBe('rolling')
    await tabTo(page, refills)
    await page.keyboard.type('Midnight P')
    const counts = page.getByLabel('Applies to')
    await tabTo(page, counts)
    await page.keyboard.press('ArrowDown')
    await page.getByText('Resets: Midnight Pacific, Applies to: This key').waitFor()
    await check('keys-limits')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('sk-****0007 updated').waitFor()
    expect((await readKey(id)).limits).toEqual([
      { unit: 'tokens', per: 'day', limit: 9_000, resets: 'pacific', scope: 'key' },
    ])
    await end()
  })

  it('is tested and quarantined with its provider’s words, explained, and restored', async () => {
    await addKey('sk-fake-0003')
    const { page, check, end } = await visit(browser, `${hub.url}/keys`, { session: ada.session })
    const row = page.getByRole('listitem').filter({ hasText: '0003' })
    refuse()
    await row.getByRole('button', { name: 'Test sk-****0003' }).click()
    await row.getByText(/^Test failed/).waitFor()
    await row.locator('.chip').getByText('quarantined').waitFor()
    expect(await row.textContent()).toContain('This key was revoked.')
    await check('keys-quarantined')
    await row.getByRole('button', { name: 'Explain sk-****0003' }).click()
    await page.getByText('Quarantined: rejected by the provider.').waitFor()
    await check('keys-why')
    await page.getByRole('button', { name: 'Close' }).click()
    await row.getByRole('button', { name: 'Restore sk-****0003' }).click()
    await row.locator('.chip').getByText('ready').waitFor()
    await end()
  })

  it('comes back when its deletion is undone, and the hub hears nothing of it', async () => {
    const { id } = await addKey('sk-fake-0004')
    const { page, end } = await visit(browser, `${hub.url}/keys`, { session: ada.session, ownTab: true })
    const deletions = watchDeletions(page)
    const row = page.getByRole('listitem').filter({ hasText: '0004' })
    await row.waitFor()
    await page.clock.install()
    await page.getByRole('button', { name: 'Delete sk-****0004' }).click()
    await row.waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Undo' }).click()
    await row.waitFor()
    await page.clock.fastForward('01:00')
    await page.reload()
    await row.waitFor()
    expect((await readKey(id)).id).toBe(id)
    expect(deletions).toEqual([])
    await end()
  })

  it('is deleted once nobody can take that back any more', async () => {
    const { id } = await addKey('sk-fake-0008')
    const { page, end } = await visit(browser, `${hub.url}/keys`, { session: ada.session, ownTab: true })
    const deletions = watchDeletions(page)
    const remove = page.getByRole('button', { name: 'Delete sk-****0008' })
    await remove.waitFor()
    await page.clock.install()
    await remove.click()
    await page.getByText('sk-****0008 deleted').waitFor()
    expect(deletions).toEqual([])
    await page.clock.fastForward('00:11')
    await expect.poll(() => isStored(id)).toBe(false)
    await page.getByRole('button', { name: 'Undo' }).waitFor({ state: 'detached' })
    expect(deletions.length).toBe(1)
    await end()
  })

  it.each<[way: string, leave: (page: Page) => Promise<unknown>]>([
    ['goes to another page', (page) => page.getByRole('link', { name: 'Routes' }).click()],
    ['deletes another one', (page) => page.getByRole('button', { name: 'Delete sk-****0001' }).click()],
    ['leaves the dashboard', (page) => page.goto('about:blank')],
    ['closes the window', (page) => page.close({ runBeforeUnload: true })],
  ])('is deleted at once when the person %s', async (_way, leave) => {
    const { id } = await addKey('sk-fake-0009')
    const { page, end } = await visit(browser, `${hub.url}/keys`, { session: ada.session, ownTab: true })
    const remove = page.getByRole('button', { name: 'Delete sk-****0009' })
    await remove.waitFor()
    await remove.click()
    await page.getByText('sk-****0009 deleted').waitFor()
    expect(await isStored(id)).toBe(true)
    await leave(page)
    await expect.poll(() => isStored(id), { timeout: 5_000 }).toBe(false)
    // What another one stands for is taken back.
    if (!page.isClosed() && (await page.getByRole('button', { name: 'Undo' }).count()) > 0)
      await page.getByRole('button', { name: 'Undo' }).click()
    await end()
  })

  it('is deleted in the name of the person who logs out right after', async () => {
    const { id } = await addKey('sk-fake-0010')
    const { token: session } = await hub.call<{ token: string }>('POST', '/api/auth/login', {
      body: { login: 'ada', password: 'correct horse battery' },
    })
    const { page, end } = await visit(browser, `${hub.url}/keys`, { session })
    await page.getByRole('button', { name: 'Delete sk-****0010' }).click()
    await page.getByText('sk-****0010 deleted').waitFor()
    await page.getByRole('button', { name: 'Log out' }).click()
    await page.getByRole('heading', { name: 'Welcome back' }).waitFor()
    await expect.poll(() => isStored(id)).toBe(false)
    await end()
  })

  it('is grouped with others into an account, and shown under its name', async () => {
    const one = await addKey('sk-fake-0005')
    const two = await addKey('sk-fake-0006')
    const { page, check, end } = await visit(browser, `${hub.url}/keys?edit=${one.id}`, {
      session: ada.session,
    })
    await page.getByRole('button', { name: 'New account…' }).click()
    await page.getByLabel('Account name').fill('ada@example.com')
    await page.getByRole('checkbox', { name: 'sk-****0006' }).check()
    await page.getByRole('dialog').getByRole('button', { name: 'Group keys' }).click()
    const account = page.getByRole('region', { name: 'ada@example.com' })
    await account.getByText('sk-****0006').waitFor()
    await account.getByText('sk-****0005').waitFor()
    await check('keys-grouped')
    expect((await readKey(one.id)).account).toBe((await readKey(two.id)).account)
    await end()
  })
})

describe('many keys', () => {
  it('are pasted, looked at and added: 500 at once, duplicates and problems named', async () => {
    const before = (await listKeys()).length
    const lines = Array.from({ length: 500 }, (_, index) => `sk-many-${String(index).padStart(5, '0')}`)
    const groqs = `gsk_${'m'.repeat(52)}`
    const { page, check, end } = await visit(browser, `${hub.url}/keys`, { session: ada.session })
    await page.getByRole('button', { name: 'Import' }).click()
    await page
      .getByLabel('Keys', { exact: true })
      .fill([groqs, ...lines, 'sk-many-00007', 'sk-ant-admin01-x'].join('\n'))
    await page.getByLabel('Default provider').selectOption('fake')
    await page.getByRole('button', { name: 'Review' }).click()
    await page.getByText('501 new, 1 duplicate, 1 needs attention').waitFor()
    await page.getByText('Duplicate: Same as line 9').waitFor()
    // The provider of a single key can be chosen, and a row stays in its place.
    const choice = page.getByLabel('Provider for line 1', { exact: true })
    expect(await choice.inputValue()).toBe('fake')
    await choice.focus()
    await choice.selectOption('openai')
    await page.getByText(/begins with "gsk_", like Groq keys/).waitFor()
    await page.getByText('500 new, 1 duplicate, 2 ').waitFor()
    // A choice that is made during a review counts, too.
    const { promise: isReviewable, resolve: review } = Promise.withResolvers<void>()
    await page.route('**/api/keys/import', async (route) => {
      await isReviewable
      await route.continue()
    })
    await choice.selectOption('fake')
    await choice.selectOption('groq')
    review()
    await page.getByText('501 new, 1 duplicate, 1 needs attention').waitFor()
    expect(await choice.inputValue()).toBe('groq')
    await check('keys-import')
    // A long list is drawn in steps.
    const rows = page.getByRole('dialog').getByRole('rowheader')
    await expect.poll(() => rows.count()).toBe(50)
    await page.getByText('Showing 50 of 503').waitFor()
    await page.getByRole('button', { name: 'Show 50 more' }).click()
    await page.getByText('Showing 100 of 503').waitFor()
    await expect.poll(() => rows.count()).toBe(100)
    const more = page.getByRole('button', { name: /^Show \d+ more$/ })
    while ((await more.count()) > 0) await more.click()
    // Focus stays where the button was.
    await page.locator('.table-more:focus').getByText('Showing 503 of 503').waitFor()
    expect((await listKeys()).length).toBe(before)
    await page.getByRole('button', { name: 'Add 501 keys' }).click()
    await page.getByText('501 keys added').waitFor()
    const stored = await listKeys()
    expect(stored.length).toBe(before + 501)
    expect(stored.filter((key) => key.provider === 'groq').length).toBe(1)
    // The list is drawn in steps, and the filter finds every key.
    await expect.poll(() => page.getByRole('button', { name: /^Test / }).count()).toBe(50)
    await page.getByRole('searchbox', { name: 'Filter keys' }).fill('0499')
    await expect.poll(() => page.getByRole('button', { name: /^Test / }).count()).toBe(1)
    await check('keys-many')
    await end()
  })
})
