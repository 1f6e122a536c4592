/**
 * What a person does with providers: adds one of their own, changes it, orders its keys, and asks
 * it for its models.
 */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Hub, type Person, settleIn, startHub } from '../end-to-end/hub.ts'
import { type FakeProvider, sendJson, startProvider } from '../end-to-end/provider.ts'
import { startBrowser, visit } from './browser.ts'

let browser: Browser
let hub: Hub
let provider: FakeProvider
let ada: Person

beforeAll(async () => {
  browser = await startBrowser()
  provider = await startProvider()
  hub = await startHub()
  ada = await settleIn(hub)
})
afterAll(async () => {
  await browser?.close()
  await hub?.stop()
  await provider?.stop()
})

interface Provider {
  id: string
  name: string
  models: string[]
  prices: Record<string, object> | null
  dialects: Record<string, string>
  modelDetails: Record<string, object> | null
  strategy: string | null
  headerNames: string[]
}
const readProvider = async (id: string): Promise<Provider | undefined> => {
  const { data } = await hub.call<{ data: Provider[] }>('GET', '/api/providers', { as: ada.session })
  return data.find((one) => one.id === id)
}

describe('a provider of one’s own', () => {
  it('is added with models and prices, changed, asked for its models, ordered and removed', async () => {
    const { page, check, end } = await visit(browser, `${hub.url}/providers`, { session: ada.session })
    await page.getByRole('button', { name: 'Add provider' }).click()
    await page.getByRole('textbox', { name: 'ID' }).fill('my-box')
    await page.getByRole('textbox', { name: 'Name' }).fill('My box')
    await page.getByRole('textbox', { name: 'Base URL' }).fill(provider.baseUrl)
    provider.behave((response) => sendJson(response, 200, { object: 'list', data: [{ id: 'tiny' }] }))
    await page.getByRole('button', { name: 'Fetch models' }).click()
    await page.getByText('Connected. 1 model: tiny').waitFor()
    const models = page.getByRole('textbox', { name: 'Models and prices' })
    await models.fill('tiny cheap')
    await page.getByRole('button', { name: 'Save' }).click()
    // What makes no sense is said at its field, and nothing is lost.
    await page.getByText('Invalid line “tiny cheap”.').waitFor()
    await models.fill('tiny 0.5 1.5\nhuge')
    await page.getByText('More settings').click()
    const details = page.getByRole('textbox', { name: 'Model capabilities' })
    await details.fill('huge context=big')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Invalid line “huge context=big”').waitFor()
    await details.fill('huge context=4096 image no-tools')
    await page.getByRole('textbox', { name: 'More API formats' }).fill(`anthropic ${provider.baseUrl}`)
    await check('providers-adding')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('My box saved').waitFor()
    expect(await readProvider('my-box')).toMatchObject({
      models: ['tiny', 'huge'],
      prices: { tiny: { input: 0.5, output: 1.5 } },
      dialects: { 'openai-chat': provider.baseUrl, anthropic: provider.baseUrl },
      modelDetails: { huge: { contextTokens: 4096, input: ['image'], tools: false } },
    })

    await page.getByRole('button', { name: 'Edit My box' }).click()
    await page.getByRole('textbox', { name: 'Name' }).fill('Our box')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Our box saved').waitFor()

    await hub.call('POST', '/api/keys', {
      as: ada.session,
      body: { provider: 'my-box', apiKey: 'sk-our-box-1234' },
    })
    await page.reload()
    await page.getByLabel('Key rotation for Our box').selectOption('most-remaining')
    await page.getByText('Key rotation for Our box updated').waitFor()
    expect((await readProvider('my-box'))?.strategy).toBe('most-remaining')

    provider.behave((response) =>
      sendJson(response, 200, { object: 'list', data: [{ id: 'tiny' }, { id: 'brand-new' }] }),
    )
    await page.getByRole('button', { name: 'Models Our box' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('huge', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Fetch models' }).click()
    await dialog.getByText('brand-new', { exact: true }).waitFor()
    await check('providers-models')
    await page.getByRole('button', { name: 'Close' }).click()

    await page.getByRole('button', { name: 'Delete Our box' }).click()
    await page.getByRole('button', { name: 'Delete provider' }).click()
    await page.getByText('Our box deleted').waitFor()
    expect(await readProvider('my-box')).toBeUndefined()
    await end()
  })

  it('has headers that are entered, replaced and taken away, and never shown', async () => {
    await hub.call('POST', '/api/providers', {
      as: ada.session,
      body: {
        id: 'gated',
        name: 'Gated',
        baseUrl: provider.baseUrl,
        dialect: 'openai-chat',
        models: ['tiny'],
      },
    })
    const foreseen = /status of 400/
    const { page, check, end } = await visit(browser, `${hub.url}/providers?edit=gated`, {
      session: ada.session,
      foreseen,
    })
    const headers = page.getByRole('textbox', { name: 'Headers' })
    const save = page.getByRole('button', { name: 'Save' })
    await headers.fill('x-gate')
    await save.click()
    await page.getByText('Invalid header “x-gate”.').waitFor()
    await headers.fill('authorization: Bearer mine')
    await save.click()
    // The hub’s own rule is told at the field, too.
    await page.getByText('must not set credentials').waitFor()
    await headers.fill('x-gate: open sesame\nx-title: My hub')
    await save.click()
    await page.getByText('Gated saved').waitFor()
    expect((await readProvider('gated'))?.headerNames).toEqual(['x-gate', 'x-title'])

    await hub.call('POST', '/api/keys', {
      as: ada.session,
      body: { provider: 'gated', apiKey: 'sk-gated-1' },
    })
    provider.behave((response) => sendJson(response, 200, { object: 'list', data: [{ id: 'tiny' }] }))
    await hub.call('GET', '/api/providers/gated/models?refresh=true', { as: ada.session })
    expect(provider.received.at(-1)?.headers['x-gate']).toBe('open sesame')

    await page.getByRole('button', { name: 'Edit Gated' }).click()
    await page.getByText('Current headers: x-gate, x-title').waitFor()
    expect(await page.content()).not.toContain('sesame')
    await check('providers-headers')
    // What is left alone stays.
    await page.getByRole('textbox', { name: 'Name' }).fill('Ungated')
    await save.click()
    await page.getByText('Ungated saved').waitFor()
    expect((await readProvider('gated'))?.headerNames).toEqual(['x-gate', 'x-title'])
    await page.getByRole('button', { name: 'Edit Ungated' }).click()
    await page.getByLabel('Remove all headers').check()
    await save.click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect((await readProvider('gated'))?.headerNames).toEqual([])
    await end()
  })
})
