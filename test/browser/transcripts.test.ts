/** A person has kept what they ask and are answered, reads it, and has it deleted. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addFake, type Hub, type Person, readLog, settleIn, startHub } from '../end-to-end/hub.ts'
import { completion, type FakeProvider, sendJson, startProvider } from '../end-to-end/provider.ts'
import { everyDevice, hasFocus, startBrowser, visit } from './browser.ts'

let browser: Browser
let hub: Hub
let provider: FakeProvider
let ada: Person
/** The id of a request that was made before anything was kept. */
let before: string

beforeAll(async () => {
  browser = await startBrowser()
  provider = await startProvider()
  hub = await startHub()
  ada = await settleIn(hub)
  provider.behave((response) => sendJson(response, 200, completion('It is <b>raining</b>.')))
  await addFake(hub, ada.session, provider)
  await hub.call('POST', '/api/keys', { as: ada.session, body: { provider: 'fake', apiKey: 'sk-fake-5678' } })
  before = await ask('Hello')
})
afterAll(async () => {
  await browser?.close()
  await hub?.stop()
  await provider?.stop()
})

/** Sends a request of a long conversation, and waits until it is in the log. */
async function ask(content: string): Promise<string> {
  const earlier = Array.from({ length: 20 }, (_, index) => ({
    role: index % 2 === 0 ? 'user' : 'assistant',
    content: `Turn ${index}`,
  }))
  const response = await fetch(`${hub.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ada.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'fake/fake-1', messages: [...earlier, { role: 'user', content }] }),
  })
  await response.text()
  const id = response.headers.get('x-hub-request-id') ?? ''
  await readLog(hub, ada.session, id)
  return id
}

describe('prompts and answers', () => {
  it('are not stored, as the log and the settings say, until a person turns that on', async () => {
    const { page, check, end } = await visit(browser, `${hub.url}/logs/${before}`, { session: ada.session })
    const card = page.getByRole('region', { name: 'Messages' })
    await card.getByText('Messages aren’t stored.').waitFor()
    await check('log-nothing-kept')
    await card.getByRole('link', { name: 'Store my messages' }).click()
    const settings = page.getByRole('region', { name: 'Messages' })
    await settings.getByText('Message storage is off.').waitFor()
    await settings.getByRole('button', { name: 'Turn on' }).press('Enter')
    await settings.getByText('Message storage is on.').waitFor()
    await check('settings-transcripts')
    await page.goto(`${hub.url}/logs/${before}`)
    await card.getByText('Not stored.').waitFor()
    await end()
  })

  it.each(everyDevice)('are read from then on, on a %s', async (device) => {
    const id = await ask('Is it raining?')
    const { page, check, end } = await visit(browser, `${hub.url}/logs/${id}`, {
      device,
      session: ada.session,
    })
    const card = page.getByRole('region', { name: 'Messages' })
    const sent = card.getByRole('region', { name: 'Request', exact: true })
    const got = card.getByRole('region', { name: 'Response', exact: true })
    await sent.getByText('Is it raining?').waitFor()
    await got.getByText('It is <b>raining</b>.').waitFor()
    await check('log-transcript')

    expect(await sent.getByRole('listitem').count()).toBe(6)
    await card.getByRole('button', { name: 'Show 15 earlier messages' }).press('Enter')
    await sent.getByText('Turn 0').waitFor()
    expect(await hasFocus(page, sent)).toBe(true)
    expect(await sent.getByRole('listitem').count()).toBe(21)

    await card.getByRole('radio', { name: 'Raw' }).last().check()
    await got.getByText('"finish_reason": "stop"').waitFor()
    await check('log-transcript-raw')
    await card.getByRole('button', { name: 'Copy raw: Response' }).click()
    const copied = await page.evaluate<string>('navigator.clipboard.readText()')
    expect(JSON.parse(copied)).toMatchObject({ choices: [{ message: { content: 'It is <b>raining</b>.' } }] })
    await end()
  })

  it('are deleted at once when they turn it off', async () => {
    const id = await ask('Is it raining?')
    const { page, check, end } = await visit(browser, `${hub.url}/settings`, { session: ada.session })
    const settings = page.getByRole('region', { name: 'Messages' })
    await settings.getByRole('button', { name: 'Turn off and delete' }).click()
    await check('settings-transcripts-stopping')
    await page.getByRole('dialog').getByRole('button', { name: 'Turn off and delete' }).click()
    await settings.getByText('Message storage is off.').waitFor()
    await page.goto(`${hub.url}/logs/${id}`)
    await page.getByText('Messages aren’t stored.').waitFor()
    const path = `/api/logs/${id}/transcript`
    expect(await hub.call('GET', path, { as: ada.session })).toEqual({ transcript: null })
    await end()
  })
})
