import { describe, expect, it } from 'vitest'
import type { Message } from '../../src/chat/request.ts'
import { ConversationName, nameConversation } from '../../src/gateway/cache-affinity.ts'
import { anyRequest } from '../any-request.ts'

const says = (role: 'system' | 'user' | 'assistant', text: string): Message => ({
  role,
  content: [{ type: 'text', text }],
})
const opening = [says('system', 'You are a careful reader.'), says('user', 'Read this: …')]

function name(messages: Message[], user = 'usr_a', inputTokens = 5_000): string | undefined {
  return nameConversation(user, { ...anyRequest, messages }, inputTokens)
}

describe('the name of a conversation', () => {
  it('stays the same as it goes on', () => {
    const later = [...opening, says('assistant', 'I have.'), says('user', 'And?')]
    expect(name(later, 'usr_a', 9_000)).toBe(name(opening))
  })

  it('differs by user, by what was said first, and by the instructions', () => {
    const names = [
      name(opening),
      name(opening, 'usr_b'),
      name([says('system', 'You are a careful reader.'), says('user', 'Read that: …')]),
      name([says('system', 'You are a poet.'), says('user', 'Read this: …')]),
      name([says('user', 'Read this: …')]),
    ]
    expect(new Set(names).size).toBe(names.length)
  })

  it('is not given where no provider would cache so short a prompt', () => {
    expect(name(opening, 'usr_a', 1_023)).toBeUndefined()
    expect(name(opening, 'usr_a', 1_024)).toBeDefined()
  })

  it('is given where answers seal reasoning, however short', () => {
    const conversation = (request: object) =>
      new ConversationName('usr_a', { ...anyRequest, messages: opening, ...request }, 10).for({})
    expect(conversation({})).toBeUndefined()
    expect(conversation({ reasoning: { effort: 'low' } })).toBeDefined()
    const include = ['reasoning.encrypted_content']
    expect(conversation({ origin: { dialect: 'openai-responses', body: { include } } })).toBeDefined()
  })

  it('is made once, and only when a provider is asked that caches prompts', () => {
    let readings = 0
    const request = {
      ...anyRequest,
      get messages(): Message[] {
        readings++
        return opening
      },
    }
    const conversation = new ConversationName('usr_a', request, 5_000)
    expect(conversation.for({})).toBeUndefined()
    expect(conversation.for({ cachesPrompts: false })).toBeUndefined()
    expect(readings).toBe(0)
    expect(conversation.for({ cachesPrompts: true })).toBe(name(opening))
    const once = readings
    expect(once).toBeGreaterThan(0)
    expect(conversation.for({ cachesPrompts: true })).toBe(name(opening))
    expect(conversation.for({})).toBeUndefined()
    expect(readings).toBe(once)
  })
})
