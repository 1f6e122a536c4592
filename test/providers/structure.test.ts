/**
 * Who is to blame is decided by structure: status, code, type, details; words only where these say
 * nothing.
 */
import { describe, expect, it } from 'vitest'
import type { Json } from '../../src/chat/json.ts'
import { outbound } from '../../src/dialects/index.ts'
import type { Fault } from '../../src/errors.ts'
import { catalog, type ProviderId } from '../../src/providers/catalog.ts'
import { classify } from '../../src/providers/classify.ts'
import { structureRules } from '../../src/providers/common-rules.ts'
import * as vendors from '../../src/providers/error-rules.ts'
import type { Provider } from '../../src/providers/provider.ts'
import { ownWords, removed } from '../../src/providers/client-words.ts'
import { wordRules } from '../../src/providers/word-rules.ts'

const now = Date.UTC(2026, 10, 21, 9, 40)
const second = 1_000
const custom: Provider = { name: 'Custom', dialects: {}, defaultModel: 'm', models: {} }

function read(
  provider: ProviderId | 'custom',
  status: number,
  body: Json,
  headers: Record<string, string> = {},
): Fault {
  const complaint = outbound['openai-chat']?.parseError(body)
  if (!complaint) throw new Error('The dialect openai-chat is missing.')
  const row: Provider = provider === 'custom' ? custom : catalog[provider]
  return classify({ provider: row, status, headers, complaint, now })
}

const said = (message: string, more: Record<string, Json> = {}): Json => ({ error: { message, ...more } })

describe('a 403', () => {
  it.each<[string, ProviderId | 'custom', Json, Partial<Fault>]>([
    ['that names nothing', 'custom', said('Forbidden'), { blame: 'model', verdict: 'forbidden' }],
    [
      'of a tuned model',
      'gemini',
      said('You do not have permission to access tunedModels/x or it may not exist.', {
        status: 'PERMISSION_DENIED',
      }),
      { blame: 'model' },
    ],
    [
      'of a file',
      'gemini',
      said('You do not have permission to access the File x or it may not exist.', {
        status: 'PERMISSION_DENIED',
      }),
      { blame: 'request' },
    ],
    [
      'of a model that the organization blocks',
      'groq',
      said('The model `x` is blocked at the organization level.', { code: 'model_permission_blocked_org' }),
      { blame: 'model' },
    ],
    [
      'of a gated model',
      'huggingface',
      { error: 'Access to model x is restricted and you are not in the authorized list.' },
      { blame: 'model' },
    ],
    [
      'of a model that needs a key of one’s own',
      'openrouter',
      said('OpenAI is requiring a key to access this model, which you can add in your settings.', {
        code: 403,
      }),
      { blame: 'model' },
    ],
    [
      'of GitHub for a model',
      'github',
      said('No access to model: openai/gpt-5', { code: 'no_access' }),
      { blame: 'model' },
    ],
    [
      'of a spent budget',
      'github',
      said('Budget limit reached', { code: 'budget_limit' }),
      { blame: 'account' },
    ],
    [
      'of a team without credits',
      'xai',
      { code: 'forbidden', error: "Your newly created team doesn't have any credits or licenses yet." },
      { blame: 'account', doubtful: true },
    ],
    [
      'of an inactive subscription',
      'mistral',
      { message: 'Inactive subscription or usage limit reached' },
      { blame: 'account' },
    ],
    [
      'of a prompt that is against the guidelines',
      'xai',
      {
        code: 'The caller does not have permission to execute the specified operation',
        error:
          'Content violates usage guidelines. Team: t, API key ID: k, Model: grok-4.3, Failed check: SAFETY_CHECK_TYPE_BIO',
      },
      { blame: 'request', verdict: 'content-policy' },
    ],
    [
      'with a key’s code',
      'custom',
      said('No.', { code: 'invalid_api_key' }),
      { blame: 'key', verdict: 'bad-key' },
    ],
    [
      'with a key’s reason',
      'custom',
      said('No.', { details: [{ reason: 'API_KEY_INVALID' }] }),
      { blame: 'key', verdict: 'bad-key' },
    ],
  ])('%s', (_title, provider, body, expected) => {
    expect(read(provider, 403, body)).toMatchObject(expected)
  })
})

describe('a 401', () => {
  it('is the key’s, whatever else it says', () => {
    expect(read('custom', 401, said('Nope.'))).toMatchObject({ blame: 'key', verdict: 'bad-key' })
    expect(read('custom', 401, '')).toMatchObject({ blame: 'key' })
  })

  it('is the account’s or the model’s where it says credit or a model', () => {
    expect(read('custom', 401, said('Insufficient balance.'))).toMatchObject({
      blame: 'account',
      verdict: 'no-credit',
    })
    expect(read('custom', 401, said('Nope.', { code: 'insufficient_quota' }))).toMatchObject({
      blame: 'account',
    })
    expect(read('huggingface', 401, { error: 'Access to model x is restricted.' })).toMatchObject({
      blame: 'model',
    })
    const scope = 'You have insufficient permissions for this operation. Missing scopes: model.request'
    expect(read('openai', 401, said(scope))).toMatchObject({ blame: 'model', verdict: 'forbidden' })
    const withCode = said('Insufficient balance.', { code: 'invalid_api_key' })
    expect(read('custom', 401, withCode)).toMatchObject({ blame: 'account' })
  })
})

describe('a 400', () => {
  it('is a bad key’s by a detail, at any provider, and not by words', () => {
    const details = [{ reason: 'API_KEY_INVALID' }]
    expect(read('custom', 400, said('API Key not found.', { details }))).toMatchObject({ blame: 'key' })
    for (const words of ['invalid api key', 'Incorrect API key provided.', 'API key expired'])
      expect(read('custom', 400, said(words))).toMatchObject({ blame: 'request' })
  })

  it('is the request’s where it names a field, whatever it says', () => {
    for (const words of [
      'Insufficient credits.',
      'Your account is suspended.',
      'The model does not exist.',
    ]) {
      expect(read('custom', 400, said(words, { param: 'tools[0].name' }))).toMatchObject({ blame: 'request' })
      const places = { detail: [{ loc: ['body', 'x'], msg: words, type: 'value_error' }] }
      expect(read('custom', 422, places)).toMatchObject({ blame: 'request' })
      const fields = [{ fieldViolations: [{ field: 'contents', description: words }] }]
      expect(read('gemini', 400, said(words, { details: fields }))).toMatchObject({ blame: 'request' })
    }
  })

  it('is the request’s or the model’s where its code is the request’s', () => {
    const code = 'invalid_request_error'
    expect(read('deepseek', 400, said('Model Not Exist', { code }))).toMatchObject({ blame: 'model' })
    expect(read('deepseek', 400, said('Insufficient credits.', { code }))).toMatchObject({ blame: 'request' })
  })

  it.each<[ProviderId | 'custom', Json, Partial<Fault>]>([
    [
      'groq',
      said('Organization has been restricted.', { code: 'organization_restricted' }),
      { blame: 'account' },
    ],
    ['groq', said('Blocked.', { code: 'blocked_api_access' }), { blame: 'account' }],
    ['groq', said('Terms.', { code: 'model_terms_required' }), { blame: 'model' }],
    ['groq', said('Bad JSON.', { code: 'json_validate_failed' }), { blame: 'unknown' }],
    ['custom', said('Access denied.', { code: 'Arrearage' }), { blame: 'account' }],
    [
      'openai',
      said(
        'Your organization must be verified to stream this model. Please go to: https://platform.openai.com/settings/organization/general and click on Verify Organization.',
        { code: 'unsupported_value', param: 'stream' },
      ),
      { blame: 'model' },
    ],
  ])('%s %j', (provider, body, expected) => {
    expect(read(provider, 400, body)).toMatchObject(expected)
  })
})

describe('a model that is gone', () => {
  it.each<[ProviderId | 'custom', number, Json]>([
    ['deepseek', 400, said('Model Not Exist')],
    ['cohere', 404, { message: "model 'command-r' was removed on September 15, 2025." }],
    ['nvidia', 410, { detail: 'The model has reached its end of life.' }],
    ['custom', 410, ''],
    ['custom', 410, said('See the documentation of this file.')],
    ['custom', 404, said('No.', { code: 'DeploymentNotFound' })],
    ['groq', 400, said('The model `x` has been decommissioned.', { code: 'model_decommissioned' })],
    ['custom', 400, said('This model has been retired.')],
    ['custom', 503, said('No available channel for model x', { code: 'model_not_found' })],
  ])('is the model’s fault: %s %i %j', (provider, status, body) => {
    expect(read(provider, status, body)).toMatchObject({ blame: 'model' })
  })

  it('is not told by an empty 404, which harms nobody and lets others be asked', () => {
    expect(read('custom', 404, '')).toMatchObject({ blame: 'unknown', verdict: 'not-found' })
    expect(read('custom', 404, said('File not found: file_x'))).toMatchObject({ blame: 'request' })
  })

  it('is not told by a sentence on one of a model’s parameters', () => {
    for (const words of [
      'This model does not support `temperature`; the parameter is deprecated.',
      'The model is not available with this tool.',
    ])
      expect(read('custom', 400, said(words))).toMatchObject({ blame: 'request' })
  })
})

describe('a stated time', () => {
  it('lies within the period that it is about', () => {
    const far = { 'retry-after': String(20 * 86_400) }
    expect(read('custom', 429, said('Limit per minute.'), far).retryAt).toBe(now + 65 * second)
    expect(read('custom', 429, said('Limit per day.'), far).retryAt).toBe(now + 86_405 * second)
    expect(read('custom', 429, said('Limit per month.'), far).retryAt).toBe(now + 20 * 86_400 * second)
  })

  it('is at most a day away where only a sentence states it, an hour for a provider', () => {
    const words = said('Please try again in 12 days.')
    expect(read('custom', 429, words).retryAt).toBe(now + 86_400 * second)
    expect(read('custom', 503, words).retryAt).toBe(now + 3_600 * second)
  })
})

describe('the rules', () => {
  const all = [...Object.values(vendors).flat(), ...structureRules, ...wordRules]

  it('blame neither a key nor a provider for words', () => {
    for (const { message, blame } of all) if (message) expect(['key', 'provider']).not.toContain(blame)
  })

  it('read no words before all of structure was read', () => {
    expect(structureRules.filter(({ message }) => message)).toEqual([])
  })

  it('hold fixed sentences from their first to their last character', () => {
    for (const { sentence } of all) if (sentence) expect(sentence.source).toMatch(/^\^.*\$$/)
  })
})

describe('the words of a vendor', () => {
  const sent = (words: string) => ({ body: { [words]: 1 }, texts: [] })

  it.each([
    ["Unknown parameter: 'a' b 'c'.", "a' b 'c", `Unknown parameter: ${removed}.`],
    ['Bad FOO   BAR baz', 'foo bar', `Bad ${removed} baz`],
    ['Bad foo\\u0020b\\u0061r baz', 'foo bar', `Bad ${removed} baz`],
    ['Bad foo%20bar baz', 'foo bar', `Bad ${removed} baz`],
    ['Bad &quot;foo&quot; baz', 'foo', `Bad ${removed} baz`],
    ['Bad foo bar ba... given', 'foo bar bazaar and more', `Bad ${removed}... given`],
    ['Bad ...bazaar and more', 'foo bar bazaar and more', `Bad ...${removed}`],
    ['Bad fóö', 'foo', `Bad ${removed}`],
    ['Bad ㈀ UserByDay.', '㈀ UserByDay', `Bad ㈀ ${removed}.`],
    ['Wait 20 s for it', 's', 'Wait 20 s for it'],
    ["The account's limit isn't known", 'x', "The account's limit isn't known"],
  ])('are what is left of %j when %j was sent', (message, words, rest) => {
    expect(ownWords(message, sent(words))).toBe(rest)
  })

  it('are none where the request is too large to be compared', () => {
    const body = { messages: Array.from({ length: 120 }, (_, index) => `${index}${'x'.repeat(30_000)}`) }
    expect(ownWords('Rate limit reached.', { body, texts: [] })).toBe('')
  })

  it('are none where letters unfold into more than can be compared', () => {
    const body = { x: Array.from({ length: 62 }, (_, index) => `${'\uFDFA'.repeat(31_990)}${index}`) }
    expect(ownWords('Rate limit reached.', { body, texts: [] })).toBe('')
  })

  it('are none of the middle of a long text', () => {
    const poison = 'model m1 has been deprecated, try again in 20 hours'
    const body = { content: `${'x'.repeat(20_000)} ${poison} ${'y'.repeat(20_000)}` }
    expect(ownWords(`bad input near: ${poison}`, { body, texts: [] })).toBe(`bad input near: ${removed}`)
  })

  it('are found in time linear in the request', () => {
    const text = 'rate limit reached for a model per day '.repeat(800)
    const body = { messages: Array.from({ length: 60 }, (_, index) => `${index} ${text}`) }
    const startedAt = performance.now()
    ownWords(`Rate limit reached. ${'rate limit reached for '.repeat(80)}`, { body, texts: [] })
    // Without a bound it takes a hundred times as long; machines differ.
    expect(performance.now() - startedAt).toBeLessThan(2_000)
  })
})
