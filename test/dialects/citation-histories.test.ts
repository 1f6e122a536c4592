import type { DialectId } from '../../src/domain/dialects.ts'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/chat/json.ts'
import { inbound, outbound } from '../../src/dialects/index.ts'
import { membersIn, providers } from './cited.ts'

describe('citations and files that come back in a history', () => {
  const image = '![Image made by the model](data:image/png;base64,iVBO)'
  const written = {
    type: 'web_search_result_location',
    cited_text: '',
    url: 'https://a.example',
    title: 'A',
    encrypted_index: '',
  }
  const own = { ...written, encrypted_index: 'RW5j' }
  const body = {
    model: 'claude',
    max_tokens: 10,
    messages: [
      { role: 'user', content: 'Hi' },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'A.', citations: [written] },
          { type: 'text', text: 'B.', citations: [own] },
          { type: 'text', text: image },
        ],
      },
      { role: 'user', content: 'Go on' },
    ],
  }
  const call = (provider: DialectId, from: DialectId, request: JsonObject, quirks = {}) => {
    const parsed = inbound[from]?.parseRequest(request, { model: 'm' })
    if (!parsed) throw new Error(`No client speaks ${from}.`)
    return (
      outbound[provider]?.buildCall(parsed, { baseUrl: 'https://p.example', model: 'm', quirks }).body ?? {}
    )
  }

  it('reach Anthropic without what only a hub writes', () => {
    expect(membersIn(call('anthropic', 'anthropic', body), ['content'])[1]).toEqual([
      { type: 'text', text: 'A.' },
      { type: 'text', text: 'B.', citations: [own] },
      { type: 'text', text: '[The model made an image here.]' },
    ])
  })

  it.each(providers.filter((provider) => provider !== 'anthropic'))(
    'reach %s as text and images',
    (provider) => {
      const sent = JSON.stringify(call(provider, 'anthropic', body))
      expect(sent).not.toContain('Image made by the model')
      expect(sent).toContain('iVBO')
      expect(sent).not.toContain('https://a.example')
    },
  )

  const annotation = {
    type: 'url_citation',
    url_citation: { start_index: 0, end_index: 2, url: 'https://a.example', title: 'A' },
  }
  const chat = {
    model: 'm',
    messages: [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'A.', annotations: [annotation] },
      { role: 'user', content: 'Go on' },
    ],
  }

  it('are kept for a provider of the same dialect, and left out where it refuses them', () => {
    expect(call('openai-chat', 'openai-chat', chat).messages).toEqual(chat.messages)
    const bare = call('openai-chat', 'openai-chat', chat, { noAnnotations: true })
    expect(membersIn(bare, ['annotations'])).toEqual([])
  })

  it.each(['anthropic', 'gemini', 'cohere', 'openai-responses'] as const)(
    'are not sent to %s',
    (provider) => {
      expect(JSON.stringify(call(provider, 'openai-chat', chat))).not.toContain('https://a.example')
    },
  )
})
