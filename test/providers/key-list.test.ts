import { describe, expect, it } from 'vitest'
import { HubError } from '../../src/errors.ts'
import { readKeyList } from '../../src/providers/key-list.ts'
import { findProvider } from '../../src/providers/registry.ts'
import { providerOfVariable } from '../../src/providers/key-variables.ts'

const isProvider = (word: string): boolean => findProvider(word) !== undefined
const read = (text: string, format: 'auto' | 'lines' | 'csv' | 'env' = 'auto') =>
  readKeyList(text, format, isProvider)

describe('readKeyList', () => {
  it('reads one key a line, with the provider before it, comments and empty lines left out', () => {
    const text = '\uFEFF# mine\r\ngsk_1\r\n\n  openai sk-2  # old\nhf: hf_3\nmistral,"four"\ncohere=five\n'
    expect(read(text)).toEqual({
      format: 'lines',
      keys: [
        { line: 2, secret: 'gsk_1' },
        { line: 4, provider: 'openai', secret: 'sk-2' },
        { line: 5, provider: 'hf', secret: 'hf_3' },
        { line: 6, provider: 'mistral', secret: 'four' },
        { line: 7, provider: 'cohere', secret: 'five' },
      ],
    })
  })

  it('takes no quotation mark for a part of a key, though only one half was copied', () => {
    expect(read('OPENAI_API_KEY="sk-open-1').keys).toMatchObject([{ secret: 'sk-open-1' }])
    expect(read("gsk_closed_2'").keys).toMatchObject([{ secret: 'gsk_closed_2' }])
  })

  it('reads notes line by line: assignments, JSON, lists and bare keys in any mixture', () => {
    const text = [
      'groq_api_key=gsk_lower_1 # free',
      'gsk_bare_22',
      "export OPENAI_API_KEY='sk-quoted-3'",
      '{"groq": "gsk_json_4", "mistralApiKey": "json-mistral-5"}',
      'GROQ_API_KEYS=gsk_list_6,gsk_list_7',
      'gsk_comma_8, gsk_comma_9',
      'cohere-api-key: yaml-cohere-10',
      'EMPTY_KEY=',
      '{',
      '  "openai": {"apiKey": "sk-nested-11"}, "coApiKey": "after-nested-11",',
      '  "groq": [',
      '    "gsk_array_12",',
      '    "gsk_array_13"',
      '  ]',
      '}',
      'groq gsk_remark_14, free',
      'c2VjcmV0LWJhc2U2NA==',
    ].join('\n')
    expect(read(text).keys).toEqual([
      { line: 1, variable: 'GROQ_API_KEY', secret: 'gsk_lower_1' },
      { line: 2, secret: 'gsk_bare_22' },
      { line: 3, variable: 'OPENAI_API_KEY', secret: 'sk-quoted-3' },
      { line: 4, provider: 'groq', secret: 'gsk_json_4' },
      { line: 4, variable: 'MISTRAL_API_KEY', secret: 'json-mistral-5' },
      { line: 5, variable: 'GROQ_API_KEYS', secret: 'gsk_list_6' },
      { line: 5, variable: 'GROQ_API_KEYS', secret: 'gsk_list_7' },
      { line: 6, secret: 'gsk_comma_8' },
      { line: 6, secret: 'gsk_comma_9' },
      { line: 7, variable: 'COHERE_API_KEY', secret: 'yaml-cohere-10' },
      { line: 10, provider: 'openai', secret: 'sk-nested-11' },
      { line: 10, variable: 'CO_API_KEY', secret: 'after-nested-11' },
      { line: 12, provider: 'groq', secret: 'gsk_array_12' },
      { line: 13, provider: 'groq', secret: 'gsk_array_13' },
      { line: 16, provider: 'groq', secret: 'gsk_remark_14' },
      { line: 16, provider: 'groq', secret: '' },
      { line: 17, secret: 'c2VjcmV0LWJhc2U2NA==' },
    ])
  })

  it('splits the list in a variable of a .env', () => {
    expect(read('GROQ_API_KEYS="gsk_list_1,gsk_list_2"').keys).toEqual([
      { line: 1, variable: 'GROQ_API_KEYS', secret: 'gsk_list_1' },
      { line: 1, variable: 'GROQ_API_KEYS', secret: 'gsk_list_2' },
    ])
  })

  it('does not take the first half of a key for a provider', () => {
    const account = '0123456789abcdef0123456789abcdef:token'
    expect(read(account).keys).toEqual([{ line: 1, secret: account }])
    expect(read('nobody secret').keys).toEqual([{ line: 1, secret: 'nobody secret' }])
  })

  it('reads a table whatever the order of its columns, and leaves empty fields out', () => {
    const text = 'Key,Provider,name,models,priority\ngsk_1,groq,"a, b",m-1 m-2;m-3*,2\nsk-2,,,,\n'
    expect(read(text)).toEqual({
      format: 'csv',
      keys: [
        {
          line: 2,
          secret: 'gsk_1',
          provider: 'groq',
          name: 'a, b',
          models: ['m-1', 'm-2', 'm-3*'],
          priority: '2',
        },
        { line: 3, secret: 'sk-2' },
      ],
    })
  })

  it('reads the assignments of a .env, quoted, exported and commented', () => {
    const text = [
      '# secrets',
      'export OPENAI_API_KEY="sk-1"',
      "GROQ_API_KEY='gsk_2' # free",
      'HF_TOKEN=hf_3 # mine',
      'EMPTY=',
      'ALSO_EMPTY= # nothing',
      'HASH=a#b',
    ].join('\n')
    expect(read(text)).toEqual({
      format: 'env',
      keys: [
        { line: 2, variable: 'OPENAI_API_KEY', secret: 'sk-1' },
        { line: 3, variable: 'GROQ_API_KEY', secret: 'gsk_2' },
        { line: 4, variable: 'HF_TOKEN', secret: 'hf_3' },
        { line: 7, variable: 'HASH', secret: 'a#b' },
      ],
    })
  })

  it('keeps a line that is no assignment, so that somebody is told of it', () => {
    expect(read('GROQ_API_KEY=gsk_1\nhello', 'env').keys).toContainEqual({ line: 2, secret: '' })
  })

  it.each([
    ['', 'auto', 'contains no keys'],
    ['# nothing\n\n', 'auto', 'contains no keys'],
    [
      'openai,sk-secret-secret\n',
      'csv',
      '"text" must start with a header row: "key" and any of provider, name, note, account, priority, weight, models, each once.',
    ],
    ['key,key\na,b', 'csv', 'each once'],
    ['key,colour\na,b', 'csv', 'must start with a header row'],
    ['provider,name\na,b', 'csv', 'must start with a header row'],
    ['key,name\na,b,sk-secret-secret', 'csv', 'more fields in line 2'],
    ['key\n"sk-secret-secret', 'csv', 'Line 2'],
    ['gsk_1\n'.repeat(1_001), 'auto', 'more than 1000 keys'],
  ] as const)('refuses %j as %s: it %s', (text, format, problem) => {
    const refused = () => read(text, format)
    expect(refused).toThrow(HubError)
    expect(refused).toThrow(problem)
    expect(refused).not.toThrow('secret-secret')
  })

  it('takes a thousand keys', () => {
    expect(read(Array.from({ length: 1_000 }, (_, i) => `gsk_${i}`).join('\n')).keys).toHaveLength(1_000)
  })

  it.each([
    `a${' '.repeat(500_000)}b`,
    `A=${' '.repeat(500_000)}b`,
    `A="${'" '.repeat(200_000)}`,
    `key,name\n"${'""'.repeat(200_000)}`,
    ','.repeat(500_000),
    '"'.repeat(500_001),
  ])('comes to an end on hostile text', (text) => {
    for (const format of ['auto', 'lines', 'csv', 'env'] as const) {
      try {
        read(text, format)
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(HubError)
      }
    }
  })
})

describe('providerOfVariable', () => {
  it.each([
    ['OPENAI_API_KEY', 'openai'],
    ['OPENAI_API_KEY_2', 'openai'],
    ['OPENAI_KEYS', 'openai'],
    ['GROQ_API_KEY_WORK', 'groq'],
    ['MY_GROQ_KEY', 'groq'],
    ['HF_TOKEN', 'huggingface'],
    ['GITHUB_TOKEN', 'github'],
    ['GOOGLE_API_KEY', 'gemini'],
    ['GOOGLE_GENERATIVE_AI_API_KEY', 'gemini'],
    ['TOGETHER_AI_API_KEY', 'together'],
    ['WORKERS_AI_API_KEY', 'workers-ai'],
    ['CLOUDFLARE_API_TOKEN', 'workers-ai'],
    ['CO_API_KEY', 'cohere'],
    ['XAI_API_KEY', 'xai'],
    ['STRIPE_API_KEY', undefined],
    ['OPENAI_BASE_URL', undefined],
    ['API_KEY', undefined],
    ['TOKEN', undefined],
  ])('%s is for %s', (variable, provider) => {
    expect(providerOfVariable(variable, findProvider)?.id).toBe(provider)
  })
})

describe('a text that is made to take long', () => {
  it.each([
    ['empty lines', '\n'.repeat(900_000), '20000 lines'],
    ['comments', '#\r\n'.repeat(300_000), '20000 lines'],
    ['notes', 'q w e\n'.repeat(160_000), '20000 lines'],
    ['assignments', 'A=\n'.repeat(300_000), '20000 lines'],
    ['parts of a line', 'abcdefgh,'.repeat(100_000), '1000 keys'],
    ['parts of an array', `{"groq": [${'"gsk_abcdefg",'.repeat(70_000)}]}`, '1000 keys'],
    ['keys of a variable', `GROQ_API_KEY=${'abcdefgh,'.repeat(100_000)}x`, '1000 keys'],
  ])('is refused after a bounded part of it: %s', (_what, text, bound) => {
    let asked = 0
    const count = (): boolean => ++asked < 0
    expect(() => readKeyList(text, 'auto', count)).toThrow(`more than ${bound}`)
    expect(asked).toBeLessThan(10_000)
  })

  it('in labels is read as far as a line goes', () => {
    let asked = 0
    readKeyList('groq=,'.repeat(150_000), 'auto', () => ++asked > 0)
    expect(asked).toBeLessThan(10_000)
  })

  it('of a thousand keys with remarks between them is read', () => {
    const text = Array.from({ length: 1_000 }, (_, n) => `# key ${n}\n\ngsk_${n}_abcdefgh`).join('\n')
    expect(read(text).keys).toHaveLength(1_000)
  })
})
