/** The words of a client change neither who is blamed for a provider's error, nor for how long. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/chat/json.ts'
import { outbound } from '../../src/dialects/index.ts'
import type { Fault } from '../../src/errors.ts'
import { catalog } from '../../src/providers/catalog.ts'
import { readFailure } from '../../src/providers/classify.ts'
import type { Provider } from '../../src/providers/provider.ts'
import type { Sent } from '../../src/providers/client-words.ts'
import { statedLimits } from '../../src/providers/stated-limits.ts'
import { attacks } from '../fixtures/errors/attacks.ts'
import { type EchoedError, echoes } from '../fixtures/errors/echoes.ts'
import { moreHarm } from './harm.ts'

const now = Date.UTC(2026, 10, 21, 9, 40)
const custom: Provider = { name: 'Custom', dialects: {}, defaultModel: 'm', models: {} }

/** A request with the words in one place. */
function sentWith(slot: EchoedError['slot'], words: string): Sent {
  const body: JsonObject = {
    model: slot === 'model' ? words : 'some-model',
    messages: [{ role: slot === 'role' ? words : 'user', content: slot === 'text' ? words : 'Hello there' }],
    stream: false,
  }
  if (slot === 'name') body[words] = 1
  if (slot === 'value') body.service_tier = words
  if (slot === 'tool') body.tools = [{ type: 'function', function: { name: words, parameters: {} } }]
  return { body, texts: slot === 'beta' ? [words] : [] }
}

function judge(error: EchoedError, words: string) {
  const { provider: id, status, slot, headers = {} } = error
  const provider: Provider = id === 'custom' ? custom : catalog[id]
  const complaint = outbound['openai-chat']?.parseError(error.body(words))
  if (!complaint) throw new Error('The dialect openai-chat is missing.')
  const sent = sentWith(slot, words)
  const { fault, own } = readFailure({ provider, status, headers, complaint, now, sent })
  return { fault, limits: statedLimits(provider, headers, own, now) }
}

/** What an attack may look like on its way through a client. */
const disguises: readonly ((words: string) => string)[] = [
  (words) => words,
  (words) => words.toUpperCase(),
  (words) => words.replaceAll(' ', '  '),
  (words) => words.replaceAll(' ', '\t'),
  (words) => words.replaceAll(' ', '_'),
  (words) => words.replaceAll(' ', '\u00A0'),
  (words) => words.replaceAll('a', 'a\u00AD'),
  (words) => words.replaceAll('e', '\u200Be'),
  (words) => words.replaceAll('i', 'í'),
  (words) => words.replaceAll(/[a-z]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfe_e0)),
  (words) => `a' ${words} 'b`,
  (words) => `a" ${words} "b`,
  (words) => `a\` ${words} \`b`,
  (words) => `x: ${words}. And`,
  (words) => `${words}\n${words}`,
  (words) => `'${words}`,
  (words) => `${words}\\`,
  (words) => `\\u0041 ${words}`,
  (words) => `vendor/${words}`,
]

const harmless = 'qwxyz'

describe('an error that quotes a client', () => {
  it.each(echoes.map((error) => ({ title: error.title, error })))('is read rightly: $title', ({ error }) => {
    expect(judge(error, harmless).fault.blame).toBe(error.blame)
  })

  it.each(echoes.map((error) => ({ title: error.title, error })))(
    'blames the same for the same time, whatever it quotes: $title',
    ({ error }) => {
      const expected = judge(error, harmless)
      const harm = attacks.flatMap((attack) =>
        disguises.flatMap((disguise) => {
          const words = disguise(attack)
          return moreHarm(words, judge(error, words), expected) ?? []
        }),
      )
      expect(harm).toEqual([])
    },
  )

  it('blames the same for phrases that are put together at random', () => {
    const piece = fc.oneof(
      fc.constantFrom(...attacks),
      fc.constantFrom(...attacks.flatMap((attack) => attack.split(' '))),
      fc.string({ unit: 'grapheme', maxLength: 12 }),
    )
    const separator = fc.constantFrom(' ', "'", '"', '`', ': ', '. ', '\n', '/', '', '…')
    const phrase = fc
      .array(fc.tuple(piece, separator), { minLength: 1, maxLength: 6 })
      .map((pieces) => pieces.flat().join('').trim())
      .filter((words) => words !== '')
    fc.assert(
      fc.property(fc.constantFrom(...echoes), phrase, (error, words) => {
        expect(moreHarm(words, judge(error, words), judge(error, harmless))).toBeUndefined()
      }),
      { numRuns: 2_000 },
    )
  }, 30_000)
})

describe('a vendor’s own words', () => {
  const prompt = `Explain these errors: ${attacks.join('; ')}.`
  const read = (
    provider: Provider,
    status: number,
    body: JsonObject | string,
    text = prompt,
    headers: Record<string, string> = {},
  ): Fault => {
    const complaint = outbound['openai-chat']?.parseError(body)
    if (!complaint) throw new Error('The dialect openai-chat is missing.')
    return readFailure({ provider, status, headers, complaint, now, sent: sentWith('text', text) }).fault
  }

  it('need not be readable where status or code decide, whatever the prompt holds', () => {
    expect(read(custom, 401, { error: { message: 'invalid api key' } })).toMatchObject({ blame: 'key' })
    expect(
      read(custom, 403, { error: { message: 'invalid api key', code: 'invalid_api_key' } }),
    ).toMatchObject({ blame: 'key' })
    const limited = read(custom, 429, { error: { message: 'rate limit' } }, prompt, { 'retry-after': '7' })
    expect(limited).toMatchObject({ blame: 'account', retryAt: now + 7_000 })
    expect(read(custom, 402, { error: { message: 'payment required' } })).toMatchObject({ blame: 'account' })
    expect(
      read(catalog.xai, 400, { code: 'invalid-argument', error: 'Incorrect API key provided.' }),
    ).toMatchObject({ blame: 'key' })
    const empty = 'Your credit balance is too low to access the Anthropic API.'
    expect(
      read(catalog.anthropic, 400, { error: { type: 'invalid_request_error', message: empty } }),
    ).toMatchObject({ blame: 'account', verdict: 'no-credit' })
  })

  it('are read beside an ordinary prompt', () => {
    const ordinary = 'You are a helpful assistant. Write a poem about the sea, please, and keep it short.'
    const closed = { error: { message: 'Your account has been suspended.' } }
    expect(read(custom, 403, closed, ordinary)).toMatchObject({ blame: 'account', verdict: 'suspended' })
    const empty = { error: { message: 'Insufficient credits. Add more to continue.' } }
    expect(read(custom, 400, empty, ordinary)).toMatchObject({ blame: 'account', verdict: 'no-credit' })
    const wait = { error: { message: 'Rate limit reached on requests per day. Please try again in 9m38s.' } }
    expect(read(custom, 429, wait, ordinary)).toMatchObject({ period: 'day', retryAt: now + 578_000 })
  })

  it('count as the request’s where they are in a prompt too, and nothing else says so', () => {
    const empty = { error: { message: 'Insufficient credits.' } }
    expect(read(custom, 400, empty, 'Insufficient credits.')).toMatchObject({ blame: 'request' })
  })
})
