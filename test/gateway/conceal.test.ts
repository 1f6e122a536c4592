/** What a failure says where the hub conceals who was asked. */
import { describe, expect, it } from 'vitest'
import type { Caller } from '../../src/auth/caller.ts'
import { defaultSettings } from '../../src/db/settings.ts'
import { inbound } from '../../src/dialects/index.ts'
import { errorMeanings, type ErrorCode, HubError, type TrailEntry } from '../../src/errors.ts'
import { conceal, concealAnswer, concealsFrom } from '../../src/gateway/conceal.ts'

const names = ['team-provider', 'secret-model-9', 'key_0123456789', 'VendorWord']
const trail: TrailEntry[] = [
  {
    provider: 'team-provider',
    model: 'secret-model-9',
    keyId: 'key_0123456789',
    status: 500,
    verdict: 'server-error',
    blame: 'provider',
    startedAt: 0,
    durationMs: 1,
    message: 'VendorWord',
  },
]
const words = `team-provider has no secret-model-9 for key_0123456789, says VendorWord`
const sent = { model: 'fast', messages: [], temperature: 3 }
const errors: [string, HubError][] = [
  ...(Object.keys(errorMeanings) as ErrorCode[])
    .filter((code) =>
      [
        'VALIDATION_ERROR',
        'NO_ELIGIBLE_KEY',
        'NOT_FOUND',
        'REQUEST_TIMEOUT',
        'QUOTA_EXHAUSTED',
        'PROVIDER_ERROR',
        'PROVIDER_TIMEOUT',
      ].includes(code),
    )
    .map((code): [string, HubError] => [code, new HubError(code, words, { trail, retryAt: 1_000 })]),
  ...['invalid-request', 'context-too-long', 'content-policy'].map((verdict): [string, HubError] => [
    verdict,
    new HubError('VALIDATION_ERROR', words, {
      param: 'VendorWord',
      trail,
      upstream: {
        blame: 'request',
        verdict,
        message: words,
        status: 400,
        code: 'VendorWord',
        type: 'VendorWord',
        param: 'VendorWord',
      },
    }),
  ]),
]

describe.each(Object.entries(inbound))('in %s', (dialect, listener) => {
  it.each(errors)('%s names no provider, model or key', (_code, error) => {
    const concealed = conceal(error, sent)
    const texts = [
      JSON.stringify(listener?.renderError(concealed, 'req_1', Date.now())),
      JSON.stringify(listener?.renderStreamError(concealed, 'req_1', Date.now())),
      JSON.stringify(concealed.upstream ?? null),
    ]
    for (const text of texts) for (const name of names) expect(text).not.toContain(name)
    // What happened is still there.
    expect(concealed).toMatchObject({ code: error.code, status: error.status, retryAt: error.retryAt })
    // Attempts are not told of a request that is at fault, but by our own endpoints.
    const tells = dialect.startsWith('hub-') || error.status >= 500 || [408, 409, 429].includes(error.status)
    expect(texts[0]?.includes('server-error')).toBe(tells)
    // A caller who may know is shown it.
    expect(JSON.stringify(listener?.renderError(error, 'req_1', Date.now()))).toContain(
      tells ? 'team-provider' : error.message,
    )
  })
})

it('names a field that the provider complains of where the client sent it', () => {
  const refused = (param: string) =>
    conceal(
      new HubError('VALIDATION_ERROR', words, {
        upstream: { blame: 'request', verdict: 'invalid-request', message: words, status: 400, param },
      }),
      sent,
    ).upstream?.param
  expect(refused('temperature')).toBe('temperature')
  expect(refused('messages[0].role')).toBe('messages')
  expect(refused('secret-model-9')).toBeUndefined()
  expect(refused('constructor')).toBeUndefined()
})

it('holds for tokens and open access, and not for the sessions of people', () => {
  const caller = (session: object | null, exposeServedBy: boolean) =>
    ({ session, configuration: { settings: { ...defaultSettings, exposeServedBy } } }) as unknown as Caller
  expect(concealsFrom(caller(null, false))).toBe(true)
  expect(concealsFrom(caller({}, false))).toBe(false)
  expect(concealsFrom(caller(null, true))).toBe(false)
})

describe('an answer that names nobody', () => {
  const shown = { model: 'fast', id: 'hub_1' }

  it.each([
    [
      { id: 'gen-1', object: 'chat.completion.chunk', model: 'm' },
      { id: 'hub_1', object: 'chat.completion.chunk', model: 'fast' },
    ],
    [
      { type: 'message_start', message: { id: 'msg_vrtx_1', type: 'message', model: 'm' } },
      { type: 'message_start', message: { id: 'hub_1', type: 'message', model: 'fast' } },
    ],
    [
      { responseId: 'x', modelVersion: 'm' },
      { responseId: 'hub_1', modelVersion: 'fast' },
    ],
    [{ usage: { cost: 1, prompt_tokens: 2 } }, { usage: { prompt_tokens: 2 } }],
    [{ choices: [{ index: 0, native_finish_reason: 'STOP' }] }, { choices: [{ index: 0 }] }],
  ])('bears an id of the hub’s and no member of one provider: %j', (body, concealed) => {
    expect(concealAnswer(body, shown)).toEqual(concealed)
  })

  it.each([
    [{ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'provider' } }],
    [{ type: 'response.output_text.delta', item_id: 'msg_1', delta: 'cost' }],
  ])('is left as it is where it names nobody: %j', (body) => {
    expect(concealAnswer(body, shown)).toBe(body)
  })

  it('keeps the id of a response that a client goes on from', () => {
    const body = { type: 'response.created', response: { id: 'resp_1', object: 'response', model: 'm' } }
    expect(concealAnswer(body, shown)).toMatchObject({ response: { id: 'resp_1', model: 'fast' } })
  })
})
