import { describe, expect, it } from 'vitest'
import { StateMakers } from '../../src/gateway/state-makers.ts'
import { writtenStateTexts } from '../../src/dialects/state-texts.ts'

const dialect = 'openai-responses'

describe('the makers of state', () => {
  it('are remembered by what an answer seals', () => {
    const makers = new StateMakers()
    makers.noteAnswer(
      '{"type":"response.output_item.done","item":{"id":"rs_1","encrypted_content":"gAAA"}}',
      'p.a',
    )
    for (const text of ['gAAA', 'rs_1']) {
      expect(makers.foreignTo('p.a', dialect)([text])).toBe(false)
      expect(makers.foreignTo('p.b', dialect)([text])).toBe(true)
    }
    expect(makers.foreignTo('p.b', dialect)(['other'])).toBe(false)
    expect(makers.foreignTo('p.b', dialect)([])).toBe(false)
  })

  it('of one provider read one another’s where its seals open for all of its accounts', () => {
    const makers = new StateMakers()
    makers.noteAnswer('{"type":"signature_delta","signature":"EqoB"}', 'p.a')
    expect(makers.foreignTo('p.b', 'anthropic')(['EqoB'])).toBe(false)
    expect(makers.foreignTo('q.a', 'anthropic')(['EqoB'])).toBe(true)
  })

  it('sealed with the state count before those remembered', () => {
    const makers = new StateMakers()
    makers.noteAnswer('{"encrypted_content":"gAAA"}', 'p.a')
    expect(makers.foreignTo('p.b', dialect)(['gAAA'], 'p.b')).toBe(false)
    expect(makers.foreignTo('p.b', dialect)(['new'], 'p.a')).toBe(true)
  })

  it('that refused state of an unknown maker are not sent it again', () => {
    const makers = new StateMakers()
    makers.noteAnswer('{"encrypted_content":"own"}', 'p.b')
    makers.noteRefused(['old', 'own'], 'p.b')
    expect(makers.foreignTo('p.b', dialect)(['old'])).toBe(true)
    expect(makers.foreignTo('p.a', dialect)(['old'])).toBe(false)
    expect(makers.foreignTo('p.b', dialect)(['own'])).toBe(false)
  })

  it('are a bounded number', () => {
    const makers = new StateMakers()
    makers.noteAnswer('{"encrypted_content":"first"}', 'p.a')
    for (let count = 0; count < 20_000; count++) makers.noteAnswer(`{"encrypted_content":"${count}"}`, 'p.a')
    expect(makers.foreignTo('p.b', dialect)(['first'])).toBe(false)
    expect(makers.foreignTo('p.b', dialect)(['19999'])).toBe(true)
  })
})

describe('the texts of state in an answer', () => {
  it.each([
    ['{"type":"content_block_delta","delta":{"type":"signature_delta","signature":"Eq=="}}', ['Eq==']],
    ['{"type":"content_block_start","content_block":{"type":"redacted_thinking","data":"Em"}}', ['Em']],
    ['{"parts":[{"functionCall":{},"thoughtSignature":"CiQ\\u003d"}]}', ['CiQ=']],
    ['{"extra_content":{"google":{"thought_signature": "CiR"}}}', ['CiR']],
    ['{"reasoning_details":[{"type":"reasoning.encrypted","data":"ZGF0"}]}', ['ZGF0']],
    ['{"type":"response.output_text.delta","item_id":"msg_1","delta":"x"}', []],
    [String.raw`{"delta":"\"encrypted_content\":\"made up\" signature"}`, []],
    ['{"id":"chatcmpl-1","choices":[]}', []],
  ])('%s', (json, texts) => {
    expect(writtenStateTexts(json)).toEqual(texts)
  })
})
