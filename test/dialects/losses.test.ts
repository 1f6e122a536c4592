/**
 * What a translation leaves out is named by the client's own paths; what can be read under another
 * name is read.
 */
import type { DialectId } from '../../src/domain/dialects.ts'
import { describe, expect, it } from 'vitest'
import type { Json, JsonObject } from '../../src/chat/json.ts'
import type { ChatRequest } from '../../src/chat/request.ts'
import type { Quirks } from '../../src/dialects/dialect.ts'
import { inbound, outbound } from '../../src/dialects/index.ts'

function parse(dialect: DialectId, body: JsonObject): ChatRequest {
  const listener = inbound[dialect]
  if (!listener) throw new Error(`No client speaks ${dialect}.`)
  const address = dialect === 'gemini' ? { model: 'm', stream: false } : undefined
  return listener.parseRequest(body, address)
}

function call(from: DialectId, to: DialectId, body: JsonObject, quirks: Quirks = {}) {
  const speaker = outbound[to]
  if (!speaker) throw new Error(`No provider speaks ${to}.`)
  return speaker.buildCall(parse(from, body), { baseUrl: 'u', model: 'gemini-3.5-flash', quirks })
}

const chat = (content: Json, fields: JsonObject = {}): JsonObject => ({
  model: 'm',
  messages: [{ role: 'user', content }],
  ...fields,
})
const messages = (content: Json, fields: JsonObject = {}): JsonObject => ({
  ...chat(content, fields),
  max_tokens: 100,
})
const text = { type: 'text', text: 'see' }
const hello: JsonObject = { contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] }

describe('parts under another name', () => {
  const png = 'data:image/png;base64,iVBO'
  const image = {
    type: 'file',
    kind: 'image',
    mediaType: 'image/png',
    source: { type: 'base64', data: 'iVBO' },
  }
  const url = (kind: string, address: string) => ({
    type: 'file',
    kind,
    source: { type: 'url', url: address },
  })

  it.each<[string, JsonObject, unknown]>([
    ['input_text', { type: 'input_text', text: 'SECRET' }, { type: 'text', text: 'SECRET' }],
    ['output_text', { type: 'output_text', text: 'SECRET' }, { type: 'text', text: 'SECRET' }],
    ['input_image', { type: 'input_image', image_url: png, detail: 'low' }, { ...image, detail: 'low' }],
    [
      'image of a source',
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBO' } },
      image,
    ],
    ['image of an SDK', { type: 'image', image: 'iVBO', mediaType: 'image/png' }, image],
    [
      'image of an address',
      { type: 'image', source: { type: 'url', url: 'https://e.example/a' } },
      url('image', 'https://e.example/a'),
    ],
    [
      'document of an address',
      { type: 'document', source: { type: 'url', url: 'https://e.example/a.pdf' } },
      url('document', 'https://e.example/a.pdf'),
    ],
    [
      'document of a text',
      { type: 'document', title: 'T', source: { type: 'text', data: 'words' } },
      { type: 'file', kind: 'document', name: 'T', source: { type: 'text', text: 'words' } },
    ],
    [
      'input_file',
      { type: 'input_file', file_url: 'https://e.example/a.pdf' },
      url('document', 'https://e.example/a.pdf'),
    ],
    [
      'video_url',
      { type: 'video_url', video_url: { url: 'https://e.example/a.mp4' } },
      url('video', 'https://e.example/a.mp4'),
    ],
    [
      'audio_url',
      { type: 'audio_url', audio_url: { url: 'https://e.example/a.mp3' } },
      url('audio', 'https://e.example/a.mp3'),
    ],
  ])('are read by a Chat client: %s', (_name, part, expected) => {
    const request = parse('openai-chat', chat([text, part]))
    expect(request.messages[0]?.content).toEqual([text, expected])
    expect(request.losses).toBeUndefined()
  })

  it.each<DialectId>(['anthropic', 'openai-responses'])('are read by a client of %s', (dialect) => {
    const part = { type: 'image_url', image_url: { url: png } }
    const body =
      dialect === 'anthropic' ? messages([part]) : { model: 'm', input: [{ role: 'user', content: [part] }] }
    expect(parse(dialect, body).messages[0]?.content).toEqual([image])
  })

  it.each<DialectId>(['gemini', 'openai-chat'])('go on as a video to %s', (dialect) => {
    const part = { type: 'video_url', video_url: { url: 'https://e.example/a.mp4' } }
    const from = dialect === 'gemini' ? 'openai-chat' : 'openai-responses'
    const body =
      from === 'openai-chat' ? chat([part]) : { model: 'm', input: [{ role: 'user', content: [part] }] }
    expect(JSON.stringify(call(from, dialect, body).body)).toContain('https://e.example/a.mp4')
  })

  it.each<DialectId>(['anthropic', 'openai-responses', 'cohere'])(
    'are refused as a video by %s',
    (dialect) => {
      const part = { type: 'video_url', video_url: { url: 'https://e.example/a.mp4' } }
      expect(() => call('openai-chat', dialect, chat([part]))).toThrow('video')
    },
  )
})

describe('what has no canonical form', () => {
  const cases: [string, DialectId, JsonObject, string[]][] = [
    ['a part', 'openai-chat', chat([text, { type: 'hologram', data: 1 }]), ['messages[0].content[1]']],
    [
      'an item',
      'openai-responses',
      {
        model: 'm',
        input: [
          { role: 'user', content: 'Hi' },
          { type: 'compaction', encrypted_content: 'x' },
        ],
      },
      ['input[1]'],
    ],
    [
      'a block',
      'anthropic',
      messages([text, { type: 'container_upload', file: 'x' }]),
      ['messages[0].content[1]'],
    ],
    [
      'a part of Gemini',
      'gemini',
      { contents: [{ role: 'user', parts: [{ text: 'a' }, { hologram: {}, other: 'x' }] }] },
      ['contents[0].parts[1]'],
    ],
    [
      'a tool',
      'openai-responses',
      { model: 'm', input: 'Hi', tools: [{ type: 'code_interpreter', container: {} }] },
      ['tools[0]'],
    ],
    [
      'a tool of Anthropic',
      'anthropic',
      messages('Hi', { tools: [{ type: 'bash_20250124', name: 'bash' }] }),
      ['tools[0]'],
    ],
    [
      'a tool of Gemini',
      'gemini',
      { ...hello, tools: [{ codeExecution: { on: true } }] },
      ['tools[0].codeExecution'],
    ],
    [
      'a choice',
      'anthropic',
      messages('Hi', {
        tools: [{ type: 'code_execution_20250825', name: 'code' }],
        tool_choice: { type: 'tool', name: 'code' },
      }),
      ['tools[0]', 'tool_choice'],
    ],
    [
      'a format',
      'openai-chat',
      chat('Hi', { response_format: { type: 'grammar', grammar: 'x' } }),
      ['response_format'],
    ],
    ['a field', 'openai-chat', chat('Hi', { prediction: { type: 'content', content: 'x' } }), ['prediction']],
    [
      'a field of Gemini',
      'gemini',
      { ...hello, safety_settings: [{}], generation_config: { media_resolution: 'LOW' } },
      ['generationConfig.mediaResolution', 'safetySettings'],
    ],
    [
      'a verbosity',
      'openai-responses',
      { model: 'm', input: 'Hi', text: { verbosity: 'low' } },
      ['text.verbosity'],
    ],
  ]
  const targets: DialectId[] = ['openai-chat', 'openai-responses', 'anthropic', 'gemini', 'cohere']

  describe.each(targets)('at a provider of %s', (to) => {
    it.each(cases.filter(([, from]) => from !== to))('is named: %s', (_name, from, body, paths) => {
      const { dropped } = call(from, to, body)
      expect(dropped).toEqual(expect.arrayContaining(paths))
    })

    it.each(cases.filter(([, from]) => from === to))('goes on as it came: %s', (_name, from, body) => {
      const sent = call(from, to, structuredClone(body))
      expect(sent.dropped).toEqual([])
      expect(sent.body).toMatchObject(from === 'gemini' ? body : { ...body, model: 'gemini-3.5-flash' })
    })
  })

  it('is named of history that a model wrote, and does not make a request unfit', () => {
    const content = [text, { type: 'server_tool_use', id: 's', name: 'web_search', input: {} }]
    const body = {
      ...messages('Hi'),
      messages: [
        { role: 'assistant', content },
        { role: 'user', content: 'Hi' },
      ],
    }
    expect(parse('anthropic', body).losses).toEqual([{ path: 'messages[0].content[1]' }])
  })

  it('says nothing of names in schemas, arguments and metadata', () => {
    const parameters = { type: 'object', properties: { cache_control: { type: 'object' } } }
    const body = chat('Hi', { tools: [{ type: 'function', function: { name: 'f', parameters } }] })
    expect(call('openai-chat', 'gemini', body).dropped).toEqual([])
  })
})

describe('a search of the web', () => {
  const anthropic = messages('Hi', {
    tools: [{ type: 'web_search_20250305', name: 'web_search', max_uses: 3, allowed_domains: ['a.example'] }],
    tool_choice: { type: 'tool', name: 'web_search' },
  })
  const clients: [DialectId, JsonObject, string[]][] = [
    ['anthropic', anthropic, ['tools[0]', 'tool_choice']],
    [
      'openai-responses',
      {
        model: 'm',
        input: 'Hi',
        tools: [{ type: 'web_search_preview' }],
        tool_choice: { type: 'web_search_preview' },
      },
      ['tools[0]', 'tool_choice'],
    ],
    ['openai-chat', chat('Hi', { web_search_options: {} }), ['web_search_options']],
    ['openai-chat', chat('Hi', { plugins: [{ id: 'web' }] }), ['plugins']],
    ['gemini', { ...hello, tools: [{ google_search: {} }] }, ['tools[0].googleSearch']],
  ]
  const searches: [DialectId, NonNullable<Quirks['search']>, JsonObject][] = [
    ['anthropic', 'web_search_20250305', { tools: [{ type: 'web_search_20250305', name: 'web_search' }] }],
    ['openai-responses', 'web_search', { tools: [{ type: 'web_search' }] }],
    ['gemini', 'googleSearch', { tools: [{ googleSearch: {} }] }],
    ['openai-chat', 'web_search_options', { web_search_options: {} }],
    ['openai-chat', 'plugins', { plugins: [{ id: 'web' }] }],
  ]

  describe.each(searches)('at a provider of %s with %s', (to, search, expected) => {
    it.each(clients.filter(([from]) => from !== to))('is its own for a client of %s', (from, body) => {
      const sent = call(from, to, body, { search })
      expect(sent.body).toMatchObject(expected)
      // What it is not told of the search is named, and not the search itself.
      const settings = ['tools[0].max_uses', 'tools[0].allowed_domains', 'tool_choice']
      expect(sent.dropped.filter((name) => !settings.includes(name))).toEqual([])
    })

    it.each(clients.filter(([from]) => from !== to))(
      'is named where it has none: %s',
      (from, body, paths) => {
        const sent = call(from, to, body)
        expect(sent.dropped).toEqual(paths)
        expect(JSON.stringify(sent.body)).not.toMatch(/search|plugins/i)
      },
    )
  })

  it('keeps what the client set of it', () => {
    expect(call('anthropic', 'openai-responses', anthropic, { search: 'web_search' }).body).toMatchObject({
      tools: [{ type: 'web_search', filters: { allowed_domains: ['a.example'] } }],
      tool_choice: { type: 'web_search' },
    })
  })

  const bounded = {
    max_uses: 3,
    allowed_domains: ['a.example'],
    blocked_domains: ['b.example'],
    user_location: { type: 'approximate', city: 'Oslo' },
  }
  it.each<[DialectId, NonNullable<Quirks['search']>, string[]]>([
    ['openai-responses', 'web_search', ['max_uses', 'blocked_domains']],
    ['openai-chat', 'web_search_options', ['max_uses', 'allowed_domains', 'blocked_domains']],
    ['openai-chat', 'plugins', ['max_uses', 'allowed_domains', 'blocked_domains', 'user_location']],
    ['gemini', 'googleSearch', ['max_uses', 'allowed_domains', 'blocked_domains', 'user_location']],
  ])('names what a provider of %s with %s cannot be told of it', (to, search, lost) => {
    const tools = [{ type: 'web_search_20250305', name: 'web_search', ...bounded }]
    const { dropped } = call('anthropic', to, messages('Hi', { tools }), { search })
    expect(dropped).toEqual(lost.map((name) => `tools[0].${name}`))
  })

  it('names the filters of a Responses client, and a choice that cannot be made', () => {
    const tools = [{ type: 'web_search', filters: { allowed_domains: ['a'] }, search_context_size: 'high' }]
    const body = { model: 'm', input: 'Hi', tools, tool_choice: { type: 'web_search' } }
    expect(call('openai-responses', 'gemini', body, { search: 'googleSearch' }).dropped).toEqual([
      'tools[0].filters.allowed_domains',
      'tools[0].search_context_size',
      'tool_choice',
    ])
    expect(call('openai-responses', 'anthropic', body, { search: 'web_search_20250305' }).dropped).toEqual([
      'tools[0].search_context_size',
    ])
  })

  it('is not made of one that must not leave what OpenAI has kept', () => {
    const tools = [{ type: 'web_search', external_web_access: false }]
    const sent = call(
      'openai-responses',
      'anthropic',
      { model: 'm', input: 'Hi', tools },
      { search: 'web_search_20250305' },
    )
    expect(sent.body.tools).toBeUndefined()
    expect(sent.dropped).toEqual(['tools[0]'])
  })
})
