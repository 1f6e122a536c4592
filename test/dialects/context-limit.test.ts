/** A request that is too long, from the words of every vendor to the words on which clients act. */
import { describe, expect, it } from 'vitest'
import { readContextLimit } from '../../src/dialects/context-limit.ts'
import { inbound } from '../../src/dialects/index.ts'
import { HubError } from '../../src/errors.ts'

/** What vendors say, and the numbers in it. */
const sentences: [vendor: string, sentence: string, numbers: object][] = [
  [
    'OpenAI and DeepSeek',
    "This model's maximum context length is 131072 tokens. However, you requested 140000 tokens (108000 in the messages, 32000 in the completion). Please reduce the length.",
    { limit: 131072, input: 108000, output: 32000 },
  ],
  [
    'OpenAI, of messages alone',
    "This model's maximum context length is 128000 tokens. However, your messages resulted in 140012 tokens. Please reduce the length of the messages.",
    { limit: 128000, input: 140012 },
  ],
  ['Anthropic', 'prompt is too long: 208310 tokens > 200000 maximum', { limit: 200000, input: 208310 }],
  [
    'Anthropic, of the sum',
    'input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000, decrease input length or `max_tokens` and try again',
    { limit: 200000, input: 190000, output: 20000 },
  ],
  [
    'Gemini',
    'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
    { limit: 1048576, input: 1200000 },
  ],
  [
    'xAI',
    "This model's maximum prompt length is 131072 but the request contains 537812 tokens.",
    { limit: 131072, input: 537812 },
  ],
  [
    'Mistral',
    'Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length',
    { limit: 32768, input: 40000 },
  ],
  [
    'OpenRouter',
    "This endpoint's maximum context length is 128000 tokens. However, you requested about 200000 tokens (180000 of text input, 20000 in the output). Please reduce the length of either one.",
    { limit: 128000, input: 180000, output: 20000 },
  ],
  [
    'GitHub Copilot',
    'prompt token count of 130000 exceeds the limit of 128000',
    { limit: 128000, input: 130000 },
  ],
  [
    'Cohere',
    'too many tokens: total number of tokens in the prompt cannot exceed 128000 - received 130000. Try using a shorter prompt.',
    { limit: 128000, input: 130000 },
  ],
  [
    'llama.cpp',
    'request (5000 tokens) exceeds the available context size (4096 tokens), try increasing it',
    { limit: 4096, input: 5000 },
  ],
  [
    'Together',
    '`inputs` tokens + `max_new_tokens` must be <= 131073. Given: 150000 `inputs` tokens and 100 `max_new_tokens`',
    { limit: 131073, input: 150000, output: 100 },
  ],
  [
    'Moonshot',
    'Your request exceeded model token limit: 262144 (requested: 270000)',
    { limit: 262144, input: 270000 },
  ],
  ['Groq', 'Please reduce the length of the messages or completion.', {}],
  ['Amazon', 'Input is too long for requested model.', {}],
]

/** What each client looks for. */
const clients: Record<
  string,
  (body: { error: { message: string; type?: string; code?: unknown; status?: string } }) => void
> = {
  anthropic: ({ error }) => {
    expect(error.type).toBe('invalid_request_error')
    expect(error.message).toMatch(
      /^prompt is too long: |^input length and `max_tokens` exceed context limit: \d+ \+ \d+ > \d+/,
    )
  },
  'openai-chat': ({ error }) =>
    expect(error).toMatchObject({ code: 'context_length_exceeded', type: 'invalid_request_error' }),
  'openai-responses': ({ error }) => expect(error.code).toBe('context_length_exceeded'),
  gemini: ({ error }) => {
    expect(error).toMatchObject({ code: 400, status: 'INVALID_ARGUMENT' })
    expect(error.message).toMatch(/input token count.*exceeds the maximum/)
  },
}

function tooLong(message: string, status: number): HubError {
  const upstream = {
    blame: 'request' as const,
    verdict: 'context-too-long',
    message,
    status,
    type: 'x',
    code: 'y',
  }
  return new HubError('VALIDATION_ERROR', message, { upstream })
}

describe.each(sentences)('a request that is too long, in the words of %s', (_, sentence, numbers) => {
  it('has its numbers read', () => {
    expect(readContextLimit(sentence)).toEqual(numbers)
  })

  it.each(Object.keys(clients))('is told to a client of %s in the words that it acts on', (dialect) => {
    const listener = Object.values(inbound).find(({ id }) => id === dialect)
    for (const status of [400, 403, 413, 422]) {
      const error = tooLong(sentence, status)
      const body = JSON.parse(JSON.stringify(listener?.renderError(error, 'req_1', Date.now())))
      clients[dialect]?.(body)
      expect(listener?.errorStatus?.(error)).toBe(400)
    }
  })
})

describe('the numbers of a request that is too long', () => {
  const said = (message: string) =>
    JSON.parse(JSON.stringify(inbound.anthropic?.renderError(tooLong(message, 400), 'r', Date.now()))).error
      .message

  it('ask Claude Code for a smaller output where the prompt fits, and for a shorter prompt where it does not', () => {
    expect(said(sentences[0]?.[1] ?? '')).toBe(
      'input length and `max_tokens` exceed context limit: 108000 + 32000 > 131072, decrease input length or `max_tokens` and try again',
    )
    expect(said(sentences[1]?.[1] ?? '')).toBe('prompt is too long: 140012 tokens > 128000 maximum')
  })

  it("leave Anthropic's own words as they are", () => {
    for (const [vendor, sentence] of sentences)
      if (vendor.startsWith('Anthropic')) expect(said(sentence)).toBe(sentence)
  })
})
