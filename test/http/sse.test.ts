import * as fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import {
  encodeSse,
  EventTooLongError,
  parseSseBlock,
  SseDecoder,
  SseSplitter,
  type SseMessage,
} from '../../src/http/sse.ts'

function decode(...chunks: (string | Uint8Array)[]): SseMessage[] {
  const decoder = new SseDecoder()
  return [...chunks.flatMap((chunk) => decoder.push(chunk)), ...decoder.end()]
}

const utf8 = new TextEncoder()

describe('SseDecoder', () => {
  it.each([
    ['\n', 'data: a\n\ndata: b\n\n'],
    ['\r\n', 'data: a\r\n\r\ndata: b\r\n\r\n'],
    ['\r', 'data: a\r\rdata: b\r\r'],
    ['a mixture', 'data: a\r\n\ndata: b\n\r'],
  ])('ends lines at %j', (_, text) => {
    expect(decode(text)).toEqual([{ data: 'a' }, { data: 'b' }])
  })

  it('takes "\\r\\n" for one line end where a chunk ends between the two', () => {
    expect(decode('data: a\r', '\ndata: b\r', '\n\r', '\ndata: c\n\n')).toEqual([
      { data: 'a\nb' },
      { data: 'c' },
    ])
  })

  it('gives an event out as soon as its blank line is there, even if a "\\n" may follow', () => {
    const decoder = new SseDecoder()
    expect(decoder.push('data: a\r\n\r')).toEqual([{ data: 'a' }])
    expect(decoder.push('\ndata: b\r\n\r\n')).toEqual([{ data: 'b' }])
  })

  it('removes one space after the colon, and no more', () => {
    expect(decode('data:a\n\ndata: a\n\ndata:  a\n\n')).toEqual([
      { data: 'a' },
      { data: 'a' },
      { data: ' a' },
    ])
  })

  it('joins several data lines by newlines', () => {
    expect(decode('data: a\ndata:\ndata: b\n\n')).toEqual([{ data: 'a\n\nb' }])
  })

  it('takes a field without a colon for one with an empty value', () => {
    expect(decode('data\n\n')).toEqual([{ data: '' }])
  })

  it('reads the name of an event, and the last of several', () => {
    expect(decode('event: a\nevent: b\ndata: 1\n\n')).toEqual([{ event: 'b', data: '1' }])
  })

  it('forgets the name of an event once it was given out', () => {
    expect(decode('event: a\ndata: 1\n\ndata: 2\n\n')).toEqual([{ event: 'a', data: '1' }, { data: '2' }])
  })

  it('gives out no event without data', () => {
    expect(decode('event: a\n\nid: 7\n\n\n\ndata: 1\n\n')).toEqual([{ data: '1' }])
  })

  it('reads over id, retry and fields unknown to the standard', () => {
    expect(decode('id: 7\nretry: 10\nDATA: x\ndata : x\ndata: 1\n\n')).toEqual([{ data: '1' }])
  })

  it('surfaces comments, alone or beside data', () => {
    expect(decode(': ping\n\n:\n\n: a\n: b\ndata: 1\n\n')).toEqual([
      { comment: 'ping' },
      { comment: '' },
      { comment: 'a\nb', data: '1' },
    ])
  })

  it('removes a byte order mark from the start alone', () => {
    expect(decode('\uFEFFdata: a\n\n\uFEFFdata: b\n\n')).toEqual([{ data: 'a' }])
    expect(decode(utf8.encode('\uFEFFdata: \uFEFFa\n\n'))).toEqual([{ data: '\uFEFFa' }])
    const [one, two, three, ...rest] = utf8.encode('\uFEFFdata: a\n\n')
    expect(
      decode(Uint8Array.of(one ?? 0), Uint8Array.of(two ?? 0, three ?? 0), Uint8Array.from(rest)),
    ).toEqual([{ data: 'a' }])
  })

  it('puts characters together whose bytes lie in two chunks', () => {
    const bytes = utf8.encode('data: ü東🗼\n\n')
    for (let at = 0; at <= bytes.length; at++) {
      expect(decode(bytes.subarray(0, at), bytes.subarray(at))).toEqual([{ data: 'ü東🗼' }])
    }
  })

  it('gives out a last event whose lines are complete and whose blank line is missing', () => {
    expect(decode('data: a\n\ndata: [DONE]\n')).toEqual([{ data: 'a' }, { data: '[DONE]' }])
    expect(decode('data: a\r')).toEqual([{ data: 'a' }])
  })

  it('discards a last event that breaks off within a line', () => {
    expect(decode('data: a\n\ndata: {"half":')).toEqual([{ data: 'a' }])
    expect(decode('data: a\ndata: b')).toEqual([])
  })

  it('reads the same whatever the chunks are', () => {
    const line = fc.constantFrom('data: a', 'data:ü', 'event: e', ': c', 'id: 1', '', 'data')
    const lines = fc.array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\r')), { maxLength: 20 })
    fc.assert(
      fc.property(lines, fc.array(fc.nat(40), { maxLength: 8 }), (written, sizes) => {
        const bytes = utf8.encode(written.flat().join(''))
        const chunks: Uint8Array[] = []
        let start = 0
        for (const size of sizes) chunks.push(bytes.subarray(start, (start += size)))
        expect(decode(...chunks, bytes.subarray(start))).toEqual(decode(bytes))
      }),
      { numRuns: 1000 },
    )
  })

  it('reads a text as the algorithm of the standard does, word for word', () => {
    const piece = fc.constantFrom('data', 'event', ':', ' ', 'a', '\n', '\r\n', '\r', 'data: x\n\n', ': c\n')
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const text = `${pieces.join('')}\n\n`
        expect(
          decode(text).flatMap(({ event, data }) => (data === undefined ? [] : [{ event, data }])),
        ).toEqual(byTheBook(text))
      }),
      { numRuns: 2000 },
    )
  })
})

/** The standard's interpretation, written as it stands there and as slowly as it may be. */
function byTheBook(text: string): { event: string | undefined; data: string }[] {
  const dispatched: { event: string | undefined; data: string }[] = []
  let dataBuffer = ''
  let eventType = ''
  for (const line of text.split(/\r\n|\n|\r/)) {
    if (line === '') {
      if (dataBuffer !== '') dispatched.push({ event: eventType || undefined, data: dataBuffer.slice(0, -1) })
      dataBuffer = ''
      eventType = ''
      continue
    }
    const [, field, value = ''] = /^([^:]*)(?:: ?([^]*))?$/.exec(line) ?? []
    if (field === 'data') dataBuffer += `${value}\n`
    if (field === 'event') eventType = value
  }
  return dispatched
}

describe('SseSplitter', () => {
  it('cuts a text after each blank line and changes nothing in it', () => {
    const splitter = new SseSplitter()
    expect(splitter.push(': hi\n\nevent: a\ndata: 1\n\ndata: 2')).toEqual([
      ': hi\n\n',
      'event: a\ndata: 1\n\n',
    ])
    expect(splitter.rest).toBe('data: 2')
    expect(splitter.push('\n')).toEqual([])
    expect(splitter.push('\n')).toEqual(['data: 2\n\n'])
    expect(splitter.rest).toBe('')
  })

  it('gives back, joined, every byte it was given', () => {
    const piece = fc.constantFrom('data: a', ': c', '\n', '\r', '\r\n', '\n\n', '\r\n\r\n', '\r\r')
    fc.assert(
      fc.property(fc.array(fc.array(piece, { maxLength: 6 }), { maxLength: 10 }), (chunks) => {
        const splitter = new SseSplitter()
        const texts = chunks.map((pieces) => pieces.join(''))
        const blocks = texts.flatMap((text) => splitter.push(text))
        expect(blocks.join('') + splitter.rest).toBe(texts.join(''))
      }),
    )
  })

  it('ends the last event where the stream did not', () => {
    const splitter = new SseSplitter()
    splitter.push('data: 1\n')
    expect(splitter.end()).toEqual(['data: 1\n\n'])
    expect(splitter.end()).toEqual([])
  })

  it('keeps half an event from getting out at the end', () => {
    const splitter = new SseSplitter()
    splitter.push('data: {"a')
    expect(splitter.end()).toEqual([])
  })
})

describe('parseSseBlock', () => {
  it('reads a block of one data line', () => {
    expect(parseSseBlock('data: {"a":1}\n\n')).toEqual({ data: '{"a":1}' })
    expect(parseSseBlock('data:{"a":1}\n\n')).toEqual({ data: '{"a":1}' })
  })

  it('reads what has no data too', () => {
    expect(parseSseBlock('event: ping\r\n\r\n')).toEqual({ event: 'ping' })
    expect(parseSseBlock('\n')).toEqual({})
  })
})

describe('encodeSse', () => {
  it('writes what decodes to the same message', () => {
    const text = fc.string({ unit: fc.constantFrom('a', ' ', ':', 'ü', '\n', '🗼') })
    const word = fc.string({ unit: fc.constantFrom('a', 'b', '-'), minLength: 1 })
    const message = fc.record({ event: word, data: text, comment: text }, { requiredKeys: ['data'] })
    fc.assert(
      fc.property(message, (written) => {
        expect(decode(encodeSse(written))).toEqual([written])
      }),
    )
  })

  it('writes a comment alone', () => {
    expect(encodeSse({ comment: 'keep-alive' })).toBe(': keep-alive\n\n')
  })
})

describe('an event without an end', () => {
  it('is given up at the bound, in one piece or in many', () => {
    for (const size of [1, 7, 1_000, 20_000]) {
      const splitter = new SseSplitter(10_000)
      const feed = (): void => {
        for (let sent = 0; sent < 20_000; sent += size) splitter.push('x'.repeat(size))
      }
      expect(feed).toThrow(EventTooLongError)
    }
    expect(() => new SseDecoder(100).push(`data: ${'x'.repeat(200)}\n\n`)).toThrow(EventTooLongError)
  })

  it('is looked at once: each chunk is searched alone, and joined at the end', () => {
    const searched: number[] = []
    const indexOf = vi.spyOn(String.prototype, 'indexOf').mockImplementation(function (
      this: string,
      text: string,
      from = 0,
    ) {
      searched.push(this.length)
      return this.slice(from).search(text) < 0 ? -1 : this.slice(from).search(text) + from
    })
    const splitter = new SseSplitter()
    for (let index = 0; index < 1_000; index++) splitter.push('x'.repeat(1_000))
    const blocks = splitter.push('\n\n')
    indexOf.mockRestore()
    expect(blocks.map((block) => block.length)).toEqual([1_000_002])
    expect(searched.reduce((sum, length) => sum + length, 0)).toBeLessThan(1_100_000)
  })

  it('of many small ones is none', () => {
    const splitter = new SseSplitter(100)
    for (let index = 0; index < 1_000; index++) expect(splitter.push('data: x\n\n')).toEqual(['data: x\n\n'])
    expect(splitter.rest).toBe('')
  })
})
