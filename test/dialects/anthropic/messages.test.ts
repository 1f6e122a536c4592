import { describe, expect, it } from 'vitest'
import type { AssistantPart, FilePart, Message } from '../../../src/chat/request.ts'
import {
  assistant,
  call,
  hello,
  image,
  imageBlock,
  last,
  result,
  said,
  sent,
  text,
  translate,
  use,
  user,
} from './translated.ts'

function system(words: string): Message {
  return { role: 'system', content: [text(words)] }
}

describe('instructions for a provider', () => {
  it('stand at the top where they begin the conversation', () => {
    expect(sent([system('One.'), system('Two.'), hello])).toEqual({
      system: [text('One.'), text('Two.')],
      turns: [said],
    })
  })

  it('are marked in the nearest turn of the user where they come later', () => {
    expect(sent([hello, system('Be brief.'), assistant(text('Hi')), system('Be kind.')]).turns).toEqual([
      { role: 'user', content: [text('Hello'), text('<system>Be brief.</system>')] },
      { role: 'assistant', content: [text('Hi')] },
      { role: 'user', content: [text('<system>Be kind.</system>')] },
    ])
  })

  it('never come between calls and their results', () => {
    expect(last(hello, assistant(call('a')), system('Be brief.'), result('a', text('1')))).toEqual([
      { type: 'tool_result', tool_use_id: 'a', content: '1' },
      text('<system>Be brief.</system>'),
    ])
  })
})

describe('turns for a provider', () => {
  it('are joined where one role speaks twice', () => {
    const messages = [hello, user(text('Again')), assistant(text('Hi')), assistant(text('there')), hello]
    expect(sent(messages).turns).toEqual([
      { role: 'user', content: [text('Hello'), text('Again')] },
      { role: 'assistant', content: [text('Hi'), text('there')] },
      said,
    ])
  })

  it('hold no text of nothing but white space', () => {
    const messages = [
      user(text(' '), text('Hello')),
      assistant(text('\n'), call('a')),
      result('a', text(' ')),
    ]
    expect(sent(messages).turns).toEqual([
      said,
      { role: 'assistant', content: [use('a')] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a' }] },
    ])
  })

  it('have something in place of a user who says nothing', () => {
    const empty = { role: 'user', content: [text('(empty)')] }
    expect(sent([user()]).turns).toEqual([empty])
    expect(sent([]).turns).toEqual([empty])
    expect(sent([assistant(text('Hi')), hello]).turns).toEqual([
      empty,
      { role: 'assistant', content: [text('Hi')] },
      said,
    ])
  })

  it('do without an assistant who said nothing', () => {
    expect(sent([hello, assistant(text(' ')), user(text('Hello?'))]).turns).toEqual([
      { role: 'user', content: [text('Hello'), text('Hello?')] },
    ])
  })

  it('end without white space where the model is to go on with its own words', () => {
    expect(last(hello, assistant(text('So \n'), text('far \n')))).toEqual([text('So \n'), text('far')])
    expect(sent([hello, assistant(text('far ')), hello]).turns).toContainEqual({
      role: 'assistant',
      content: [text('far ')],
    })
  })

  it('say refusals as text', () => {
    expect(last(hello, assistant({ type: 'refusal', text: 'No.' }))).toEqual([text('No.')])
  })
})

describe('files for a provider', () => {
  function document(source: FilePart['source'], mediaType?: string): FilePart {
    return { type: 'file', kind: 'document', name: 'a', source, ...(mediaType && { mediaType }) }
  }

  it.each<[string, FilePart, object]>([
    ['an image', image, imageBlock],
    [
      'an image elsewhere',
      { type: 'file', kind: 'image', source: { type: 'url', url: 'https://e.x/a.png' }, detail: 'low' },
      { type: 'image', source: { type: 'url', url: 'https://e.x/a.png' } },
    ],
    [
      'a PDF of no stated type',
      document({ type: 'base64', data: 'JVBE' }),
      {
        type: 'document',
        title: 'a',
        source: { type: 'base64', media_type: 'application/pdf', data: 'JVBE' },
      },
    ],
    [
      'a text in base64',
      document({ type: 'base64', data: 'R3LDvMOfZQ==' }, 'text/markdown'),
      { type: 'document', title: 'a', source: { type: 'text', media_type: 'text/plain', data: 'Grüße' } },
    ],
    [
      'a text',
      document({ type: 'text', text: 'Lorem' }),
      { type: 'document', title: 'a', source: { type: 'text', media_type: 'text/plain', data: 'Lorem' } },
    ],
    [
      'a file kept there',
      document({ type: 'reference', id: 'file_1', dialect: 'anthropic' }),
      { type: 'document', title: 'a', source: { type: 'file', file_id: 'file_1' } },
    ],
  ])('show %s as a block', (_, file, block) => {
    expect(last(user(file))).toEqual([block])
  })

  it.each<[string, FilePart, RegExp]>([
    ['audio', { ...image, kind: 'audio' }, /`messages\[1\]\.content\[0\]` holds audio/],
    ['a file kept elsewhere', document({ type: 'reference', id: 'f-1', dialect: 'gemini' }), /"f-1"/],
    ['a text that is not base64', document({ type: 'base64', data: '%' }, 'text/plain'), /not valid base64/],
  ])('cannot hold %s, and say where it stands', (_, file, message) => {
    expect(() => sent([hello, user(file)])).toThrow(message)
    expect(() => sent([hello, user(file)])).toThrow(
      expect.objectContaining({ code: 'VALIDATION_ERROR', param: 'messages[1].content[0]' }),
    )
  })

  it('that the model made are shown by the user after it', () => {
    expect(sent([hello, assistant(text('Here:'), image)]).turns).toEqual([
      said,
      { role: 'assistant', content: [text('Here:')] },
      { role: 'user', content: [text('The assistant made this file:'), imageBlock] },
    ])
  })
})

describe('reasoning for a provider', () => {
  const signed: AssistantPart = {
    type: 'reasoning',
    text: 'Hm.',
    opaque: { dialect: 'anthropic', data: { signature: 'c2ln' } },
  }
  const redacted: AssistantPart = {
    type: 'reasoning',
    text: '',
    opaque: { dialect: 'anthropic', data: { redacted: 'cmVk' } },
  }

  it('goes back exactly where a model of this dialect made it', () => {
    expect(sent([hello, assistant(signed, redacted, text('Four.')), hello]).turns).toContainEqual({
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'Hm.', signature: 'c2ln' },
        { type: 'redacted_thinking', data: 'cmVk' },
        text('Four.'),
      ],
    })
  })

  it('is left out where another model made it, or nobody signed it', () => {
    const foreign: AssistantPart[] = [
      { type: 'reasoning', text: 'Hm.', opaque: { dialect: 'gemini', data: 's' } },
      { type: 'reasoning', text: 'Hm.' },
      { type: 'reasoning', text: '', opaque: { dialect: 'openai-responses', data: { encrypted: 's' } } },
    ]
    const sealedCall: AssistantPart = {
      type: 'tool-call',
      id: 'a',
      name: 'f',
      arguments: '{}',
      opaque: { dialect: 'gemini', data: 's' },
    }
    expect(
      sent([hello, assistant(...foreign, text('Four.'), sealedCall), result('a', text('1'))]).turns,
    ).toContainEqual({ role: 'assistant', content: [text('Four.'), use('a')] })
  })

  it('is left out of words that the model is to go on with while it does not think', () => {
    expect(last(hello, assistant(signed, text('Four')))).toEqual([text('Four')])
    const thinking = translate(
      { messages: [hello, assistant(signed, text('Four'))], reasoning: { effort: 'high' } },
      { model: 'claude-opus-4-6' },
    )
    expect(JSON.stringify(thinking.body.messages)).toContain('c2ln')
  })
})
