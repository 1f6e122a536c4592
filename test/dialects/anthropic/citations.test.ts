import { describe, expect, it } from 'vitest'
import type { ChatEvent } from '../../../src/chat/events.ts'
import type { JsonObject } from '../../../src/chat/json.ts'
import { objectIn, parseJson, textIn } from '../../../src/dialects/json-read.ts'
import { streamFor } from '../cited.ts'

describe('an answer that Anthropic clients get in a stream', () => {
  const start: ChatEvent = { type: 'response-start', id: 'r', model: 'm', createdAt: 0 }
  const end: ChatEvent[] = [
    { type: 'choice-finish', choice: 0, finish: { reason: 'stop', raw: 'stop' } },
    { type: 'response-end' },
  ]
  const add: ChatEvent = { type: 'citation-add', choice: 0, citation: { url: 'https://a.example' } }

  function blocks(events: ChatEvent[]): JsonObject[] {
    const all: JsonObject[] = []
    for (const { data = '' } of streamFor('anthropic', [start, ...events, ...end])) {
      const { type, index, content_block: block, delta } = objectIn(parseJson(data)) ?? {}
      if (type === 'content_block_start') {
        expect(index).toBe(all.length)
        all.push({ ...objectIn(block), open: true })
      }
      const open = all[Number(index)]
      if (type === 'content_block_delta') {
        expect(open?.open, 'a block that has ended takes nothing more').toBe(true)
        const { type: kind, text, citation } = objectIn(delta) ?? {}
        if (open && kind === 'text_delta') open.text = (textIn(open.text) ?? '') + (textIn(text) ?? '')
        if (open && kind === 'citations_delta') open.cited = objectIn(citation)?.url ?? null
      }
      if (open && type === 'content_block_stop') delete open.open
    }
    return all
  }

  it('has its sources on the text, though a seal came between', () => {
    const opaque = { dialect: 'gemini' as const, data: 's' }
    const events: ChatEvent[] = [
      { type: 'text-delta', choice: 0, text: 'Hi' },
      { type: 'reasoning-seal', choice: 0, opaque },
      add,
    ]
    expect(blocks(events)).toEqual([{ type: 'text', text: 'Hi', cited: 'https://a.example' }])
  })

  it('has them on a text of their own where there is no other', () => {
    const file = {
      type: 'file' as const,
      kind: 'image' as const,
      source: { type: 'url' as const, url: 'https://i.example' },
    }
    expect(blocks([{ type: 'file-attach', choice: 0, file }, add])).toEqual([
      { type: 'text', text: '![Image made by the model](https://i.example)' },
      { type: 'text', text: 'Sources:\n- [https://a.example](https://a.example)' },
    ])
  })

  it('ends a block with the words that are cited', () => {
    const said = (text: string): ChatEvent => ({ type: 'text-delta', choice: 0, text })
    expect(blocks([said('One.'), add, said(' Two.')])).toEqual([
      { type: 'text', text: 'One.', cited: 'https://a.example' },
      { type: 'text', text: ' Two.' },
    ])
  })
})
