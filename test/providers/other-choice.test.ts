/** What a request chooses beside its model harms nobody who sends no such thing. */
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/chat/json.ts'
import { outbound } from '../../src/dialects/index.ts'
import type { Fault } from '../../src/errors.ts'
import { catalog, type ProviderId } from '../../src/providers/catalog.ts'
import { classify } from '../../src/providers/classify.ts'
import type { Provider } from '../../src/providers/provider.ts'

const now = Date.UTC(2026, 10, 21, 9, 40)
const custom: Provider = { name: 'Custom', dialects: {}, defaultModel: 'm', models: {} }
const good = 'vendor/good-model'

function read(
  provider: ProviderId | 'custom',
  status: number,
  error: JsonObject,
  sent: JsonObject = {},
): Fault {
  const complaint = outbound['openai-chat']?.parseError({ error })
  if (!complaint) throw new Error('The dialect openai-chat is missing.')
  const row: Provider = provider === 'custom' ? custom : catalog[provider]
  const body = { model: good, messages: [{ role: 'user', content: 'Hello' }], ...sent }
  return classify({
    provider: row,
    status,
    headers: {},
    complaint,
    now,
    sent: { body, model: good, texts: [good] },
  })
}

const choices: [string, JsonObject][] = [
  ['models', { models: ['bogus'] }],
  ['provider.only', { provider: { only: ['nobody'] } }],
  ['provider.zdr', { provider: { zdr: true } }],
  ['provider.require_parameters', { provider: { require_parameters: true } }],
  ['route', { route: 'fallback' }],
  ['plugins', { plugins: [{ id: 'web' }] }],
  ['transforms', { transforms: ['bogus'] }],
  ['preset', { preset: 'bogus' }],
  ['fallbacks', { fallbacks: [{ model: 'bogus' }] }],
  ['a spelling of it', { extra_body: { Models: ['bogus'] } }],
]
const refusals: [number, JsonObject][] = [
  [400, { code: 400, message: 'bogus is not a valid model ID' }],
  [404, { code: 404, message: 'No endpoints found for vendor/good-model.' }],
  [404, { code: 404, message: 'No allowed providers are available for the selected model.' }],
  [404, { code: 404, message: 'No endpoints found matching your data policy.' }],
  [404, { code: 'model_not_found', message: 'The model does not exist.' }],
  [410, { message: 'Gone' }],
  [403, { message: 'Forbidden' }],
]

describe('a request that picks another model or provider', () => {
  it.each(choices)('is to blame for what it cannot have: %s', (_name, sent) => {
    for (const provider of ['openrouter', 'huggingface', 'custom'] as const) {
      for (const [status, error] of refusals) {
        const { blame, retryAt } = read(provider, status, error, sent)
        expect({ provider, error, blame }).toEqual({
          provider,
          error,
          blame: expect.stringMatching(/^(?:request|unknown)$/),
        })
        expect(retryAt).toBeUndefined()
      }
    }
  })

  it.each(choices)('opens no circuit, and rests no model: %s', (_name, sent) => {
    for (const status of [408, 429, 500, 502, 503]) {
      const error = { code: status, message: 'vendor/x is temporarily rate-limited upstream.' }
      expect(read('openrouter', status, error, sent).blame).toBe('unknown')
    }
  })

  it('lets the next candidate be asked', () => {
    const [[, models] = []] = choices
    expect(
      read('openrouter', 400, { code: 400, message: 'bogus is not a valid model ID' }, models),
    ).toMatchObject({
      blame: 'request',
      doubtful: true,
    })
  })

  it('is to blame for nothing where it picks nothing', () => {
    const named = { message: 'No endpoints found for vendor/good-model.', code: 404 }
    expect(read('openrouter', 404, named).blame).toBe('model')
    expect(read('openrouter', 404, named, { models: null }).blame).toBe('model')
    expect(read('openrouter', 502, { code: 502, message: 'Bad gateway' }).blame).toBe('provider')
    // Names in words and schemas are no settings.
    const schema = {
      tools: [{ type: 'function', function: { name: 'f', parameters: { properties: { models: {} } } } }],
    }
    expect(read('openrouter', 404, named, schema).blame).toBe('model')
  })

  it('does not hide an empty account or a bad key', () => {
    const sent = { provider: { sort: 'price' } }
    expect(read('openrouter', 402, { code: 402, message: 'Insufficient credits' }, sent).blame).toBe(
      'account',
    )
    expect(read('openrouter', 401, { code: 401, message: 'User not found.' }, sent).blame).toBe('key')
  })
})

describe('an error that names a model', () => {
  const missing = (name: string) => ({
    code: 'model_not_found',
    message: `The model \`${name}\` does not exist or you do not have access to it.`,
  })

  it.each<[string, JsonObject]>([
    ['a tool', { tools: [{ type: 'image_generation', model: 'bogus' }] }],
    ['a field that nobody knows', { moderation_model: 'bogus' }],
    ['the name of a field', { bogus: 1 }],
  ])('which the request names elsewhere is the request’s: %s', (_where, sent) => {
    expect(read('openai', 404, missing('bogus'), sent)).toMatchObject({ blame: 'request' })
    expect(read('custom', 400, { message: 'Invalid model: bogus', code: 'x' }, sent).blame).toBe('request')
    expect(read('custom', 503, { message: 'No available channel for model bogus' }, sent).blame).toBe(
      'request',
    )
  })

  it('which nobody asked for is doubtful: it may be another name of the same', () => {
    expect(read('openai', 404, missing('dated-name'))).toMatchObject({ blame: 'model', doubtful: true })
  })

  it('that was asked for is the model’s', () => {
    for (const name of [good, 'good-model']) {
      const fault = read('openai', 404, missing(name))
      expect(fault).toMatchObject({ blame: 'model', verdict: 'no-such-model' })
      expect(fault.doubtful).toBeUndefined()
    }
    // A prompt that speaks of it changes nothing.
    const messages = [{ role: 'user', content: `What is ${good}?` }]
    expect(read('openai', 404, missing(good), { messages })).toMatchObject({ blame: 'model' })
  })
})

describe('a request that asks for another tier', () => {
  it.each(['flex', 'priority', 'performance'])('opens no circuit: %s', (tier) => {
    const error = { message: 'Flex tier capacity exceeded', code: 'capacity_exceeded' }
    expect(read('groq', 498, error, { service_tier: tier }).blame).toBe('unknown')
  })

  it('is asked for with a second key where it is limited', () => {
    const error = { message: 'Slow.', code: 'rate_limit_exceeded' }
    expect(read('openai', 429, error, { service_tier: 'flex' })).toMatchObject({ doubtful: true })
    expect(read('openai', 429, error, { service_tier: 'auto' }).doubtful).toBeUndefined()
  })

  it.each(['auto', 'default', 'on_demand'])('asks for none with %s', (tier) => {
    const error = { message: 'Capacity exceeded', code: 'capacity_exceeded' }
    expect(read('groq', 498, error, { service_tier: tier }).blame).toBe('provider')
  })
})

describe('a gateway that takes credentials and addresses from a body', () => {
  it.each<JsonObject>([
    { api_key: 'bad' },
    { api_base: 'https://x.example' },
    { litellm_params: { api_key: 'bad' } },
  ])('refuses those, and not the key: %j', (sent) => {
    expect(
      read('custom', 401, { message: 'Incorrect API key provided.', code: 'invalid_api_key' }, sent).blame,
    ).toBe('unknown')
  })

  it('refuses the key where the body brings none, whatever its tools have for parameters', () => {
    const tools = [{ type: 'function', function: { name: 'f', parameters: { properties: { api_key: {} } } } }]
    expect(read('custom', 401, { message: 'Nope.' }, { tools }).blame).toBe('key')
  })
})

describe('a request that is too dear for what is left', () => {
  it.each([
    'This request requires more credits, or fewer max_tokens. You requested up to 65536 tokens, but can only afford 6666. To increase, visit https://openrouter.ai/settings/credits and upgrade to a paid account',
    'Prompt tokens limit exceeded: 20000 > 6666. To increase, visit https://openrouter.ai/settings/credits',
  ])('rests no account: %s', (message) => {
    expect(read('openrouter', 402, { code: 402, message })).toMatchObject({ verdict: 'larger-than-window' })
  })
})
