import type { DialectId } from '../../src/domain/dialects.ts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseExactly } from '../../src/chat/exact-json.ts'
import type { JsonObject } from '../../src/chat/json.ts'
import { inbound, outbound } from '../../src/dialects/index.ts'
import { mostChoices, withOneLimit, withoutOtherLimits } from '../../src/dialects/output-limits.ts'

const bodies: Partial<Record<DialectId, JsonObject>> = {
  'openai-chat': { model: 'm', messages: [{ role: 'user', content: 'Hi' }] },
  'openai-responses': { model: 'm', input: 'Hi' },
  anthropic: { model: 'm', max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }] },
  gemini: { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] },
}

function read(dialect: DialectId, fields: JsonObject) {
  const request = inbound[dialect]?.parseRequest({ ...bodies[dialect], ...fields })
  if (!request) throw new Error(`Nobody speaks ${dialect}.`)
  return withOneLimit(request)
}

function send(dialect: DialectId, fields: JsonObject, quirks = {}): JsonObject {
  const upstream = { baseUrl: 'https://p/v1', model: 'm', quirks }
  return outbound[dialect]?.buildCall(read(dialect, fields), upstream).body ?? {}
}

/** Every number in a body that stands under a name of an output limit, however it is spelled. */
function limitsIn(body: JsonObject): number[] {
  const text = JSON.stringify(body)
  const pattern =
    /"(?:max_?(?:completion_?|output_?|new_?)?tokens|max_tokens_to_sample|num_predict)":(-?\d+)/gi
  return [...text.matchAll(pattern)].map(([, limit]) => Number(limit))
}

describe('a request with several output limits', () => {
  it.each<[DialectId, JsonObject, number]>([
    ['openai-chat', { max_completion_tokens: 1, max_tokens: 100_000 }, 1],
    ['openai-chat', { max_completion_tokens: 50, max_tokens: 7 }, 50],
    ['openai-chat', { max_tokens: 7, max_output_tokens: 100_000 }, 7],
    ['openai-chat', { max_tokens: 7, extra_body: { max_tokens: 100_000 } }, 7],
    ['openai-chat', { max_tokens: 7, options: { num_predict: 100_000 } }, 7],
    ['openai-responses', { max_output_tokens: 20, max_tokens: 100_000 }, 20],
    ['anthropic', { max_tokens: 7, max_tokens_to_sample: 100_000 }, 7],
    ['gemini', { generationConfig: { maxOutputTokens: 7 }, maxOutputTokens: 100_000 }, 7],
  ])('in %s goes out with the one that is reserved: %j', (dialect, fields, limit) => {
    expect(read(dialect, fields).maxOutputTokens).toBe(limit)
    expect(limitsIn(send(dialect, fields))).toEqual([limit])
  })

  it('in Gemini’s two spellings goes out with one', () => {
    const fields = {
      generationConfig: { maxOutputTokens: 9, temperature: 1 },
      generation_config: { max_output_tokens: 100_000 },
    }
    const request = read('gemini', fields)
    expect(limitsIn(send('gemini', fields))).toEqual([request.maxOutputTokens])
  })

  it.each([
    ['max_tokens', 'max_tokens'],
    ['max_completion_tokens', 'max_completion_tokens'],
  ])('goes out under the name that the provider knows: %s', (outputLimit, name) => {
    const body = send('openai-chat', { max_completion_tokens: 1, max_tokens: 100_000 }, { outputLimit })
    expect(body).toMatchObject({ [name]: 1 })
    expect(limitsIn(body)).toEqual([1])
  })
})

it('a limit that is not positive limits nothing, and is never reserved', () => {
  for (const limit of [-1, 0, -1_000_000]) {
    expect(read('openai-chat', { max_tokens: limit }).maxOutputTokens).toBeUndefined()
    expect(read('gemini', { generationConfig: { maxOutputTokens: limit } }).maxOutputTokens).toBeUndefined()
    expect(mostChoices(read('openai-chat', { n: limit }))).toBe(1)
  }
})

it('of all numbers of answers the largest is reserved for, in whatever place and spelling', () => {
  expect(mostChoices(read('openai-chat', { n: 2, best_of: 20 }))).toBe(20)
  expect(mostChoices(read('openai-chat', { bestOf: '30' }))).toBe(30)
  expect(mostChoices(read('openai-chat', { extra_body: { num_generations: 4 } }))).toBe(4)
  expect(mostChoices(read('gemini', { generationConfig: { candidateCount: 3 } }))).toBe(3)
  expect(mostChoices(read('openai-chat', { metadata: { n: '50' } }))).toBe(1)
})

it('for any places and values of limits, no more than the reserved one goes out where money is bounded', () => {
  const name = fc.constantFrom(
    'max_tokens',
    'maxTokens',
    'max_output_tokens',
    'num_predict',
    'max_new_tokens',
  )
  const place = fc.array(fc.constantFrom('extra_body', 'options', 'config', 'generation', 'x'), {
    maxLength: 4,
  })
  fc.assert(
    fc.property(
      fc.array(fc.tuple(place, name, fc.integer())),
      fc.integer({ min: 1, max: 5_000 }),
      (members, limit) => {
        let body: JsonObject = { ...bodies['openai-chat'], max_completion_tokens: limit }
        for (const [path, member, value] of members) {
          const nested = path.reduceRight<JsonObject>((inner, step) => ({ [step]: inner }), {
            [member]: value,
          })
          body = { ...nested, ...body }
        }
        const request = inbound['openai-chat']?.parseRequest(body)
        if (!request) throw new Error('Nobody speaks Chat.')
        const cleaned = withoutOtherLimits(request.origin.body, 'openai-chat', limit)
        const upstream = { baseUrl: 'https://p/v1', model: 'm', quirks: {} }
        const origin = { ...request.origin, body: cleaned.body }
        const sent = outbound['openai-chat']?.buildCall(
          withOneLimit({ ...request, origin, maxOutputTokens: limit }),
          upstream,
        )
        expect(limitsIn(sent?.body ?? {})).toEqual([limit])
      },
    ),
    { numRuns: 300 },
  )
})

describe('a number beyond what JavaScript counts exactly', () => {
  const names = [
    'max_new_tokens',
    'num_predict',
    'max_length',
    'min_tokens',
    'best_of',
    'num_return_sequences',
  ]

  it.each(names)('is no limit of a bounded request as %s', (name) => {
    for (const number of ['99999999999999999999', '1e400', '-99999999999999999999']) {
      const body = parseExactly(
        `{"model":"m","max_tokens":1,"${name}":${number},"extra_body":{"${name}":${number}}}`,
      )
      const { body: bounded, dropped } = withoutOtherLimits(body as JsonObject, 'openai-chat', 1)
      expect(JSON.stringify(bounded)).not.toContain(name)
      expect(dropped).toContain(name)
    }
  })

  it.each([
    '{"thinking_budget":99999999999999999999}',
    '{"reasoning":{"max_tokens":1e400}}',
    '{"thinking":{"type":"enabled","budget_tokens":99999999999999999999}}',
  ])('is lowered to the limit: %s', (text) => {
    const { body } = withoutOtherLimits(parseExactly(text) as JsonObject, 'openai-chat', 7)
    expect(JSON.stringify(body)).toMatch(/(?:max_tokens|budget|budget_tokens)":7/)
  })
})
