import { describe, expect, it } from 'vitest'
import type { AssistantPart, Message, ReasoningOptions } from '../../../src/chat/request.ts'
import { hello, translate } from './translated.ts'

/** What a model is told about thinking. */
function told(reasoning: ReasoningOptions, model: string, maxOutputTokens = 100_000): unknown {
  const { body } = translate({ reasoning, maxOutputTokens }, { model })
  return { thinking: body.thinking, config: body.output_config }
}

function budget(budget_tokens: number) {
  return { type: 'enabled', budget_tokens }
}

const adaptive = { type: 'adaptive' }

describe('thinking', () => {
  it.each<[ReasoningOptions, unknown]>([
    [{ effort: 'minimal' }, budget(1024)],
    [{ effort: 'low' }, budget(1024)],
    [{ effort: 'medium' }, budget(4096)],
    [{ effort: 'high' }, budget(16_384)],
    [{ effort: 'xhigh' }, budget(32_768)],
    [{ effort: 'max' }, budget(65_536)],
    [{ effort: 'a word of some vendor' }, budget(4096)],
    [{ budgetTokens: 3000 }, budget(3000)],
    [{ budgetTokens: 500 }, budget(1024)],
    [{ budgetTokens: -1 }, budget(4096)],
    [{ effort: 'high', budgetTokens: 3000 }, budget(3000)],
    [{ effort: 'none' }, { type: 'disabled' }],
    [{ effort: 'none', budgetTokens: 3000 }, { type: 'disabled' }],
    [{ budgetTokens: 0 }, { type: 'disabled' }],
  ])('of %j is the budget %j for models before 4.6', (reasoning, thinking) => {
    for (const model of [
      'claude-sonnet-4-5',
      'claude-3-7-sonnet-20250219',
      'claude-opus-4-20250514',
      'glm-5',
    ])
      expect(told(reasoning, model)).toEqual({ thinking })
  })

  it.each<[ReasoningOptions, string, unknown]>([
    [{ effort: 'minimal' }, 'claude-opus-4-6', 'low'],
    [{ effort: 'medium' }, 'anthropic/claude-sonnet-4.6', 'medium'],
    [{ effort: 'xhigh' }, 'claude-opus-4-6', 'high'],
    [{ effort: 'max' }, 'claude-opus-4-6', 'max'],
    [{ effort: 'xhigh' }, 'us.anthropic.claude-opus-4-8-v1:0', 'xhigh'],
    [{ effort: 'high' }, 'claude-mythos-preview', 'high'],
    [{ effort: 'ultra' }, 'claude-sonnet-5', 'ultra'],
    [{ budgetTokens: 500 }, 'claude-sonnet-5', 'low'],
    [{ budgetTokens: 5000 }, 'claude-sonnet-5', 'medium'],
    [{ budgetTokens: 40_000 }, 'claude-opus-4-6', 'high'],
    [{ effort: 'none' }, 'claude-fable-5', 'low'],
  ])('of %j is for %s to decide, with effort %s', (reasoning, model, effort) => {
    expect(told(reasoning, model)).toEqual({ thinking: adaptive, config: { effort } })
  })

  it('is for the model to decide where the client leaves it to it', () => {
    expect(told({ budgetTokens: -1 }, 'claude-sonnet-5')).toEqual({ thinking: adaptive })
    expect(told({ effort: 'none' }, 'claude-sonnet-5')).toEqual({ thinking: { type: 'disabled' } })
  })

  it('cannot be switched off at some models, which is said', () => {
    const asked = { reasoning: { effort: 'none' } }
    expect(translate(asked, { model: 'claude-fable-5' }).dropped).toEqual(['reasoning_effort'])
    expect(translate(asked, { model: 'claude-sonnet-5' }).dropped).toEqual([])
  })

  it('has a budget and an effort at the one model that takes both', () => {
    expect(told({ effort: 'max' }, 'claude-opus-4-5')).toEqual({
      thinking: budget(65_536),
      config: { effort: 'high' },
    })
  })

  it('is not spoken of where nobody asked, or the model cannot', () => {
    expect(translate({}).body).not.toHaveProperty('thinking')
    const { body, dropped } = translate({ reasoning: { effort: 'low' } }, { facts: { reasoning: false } })
    expect(body).not.toHaveProperty('thinking')
    expect(dropped).toEqual(['reasoning_effort'])
    const silent = translate({ reasoning: { effort: 'none' } }, { facts: { reasoning: false } })
    expect(silent).toMatchObject({ dropped: [] })
    expect(silent.body).not.toHaveProperty('thinking')
  })

  it('leaves room for the answer inside of the output limit', () => {
    expect(told({ effort: 'high' }, 'claude-sonnet-4-5', 10_000)).toEqual({ thinking: budget(8000) })
    expect(told({ effort: 'high' }, 'claude-sonnet-4-5', 1025)).toEqual({ thinking: budget(1024) })
    expect(translate({ reasoning: { effort: 'high' } }).body).toMatchObject({
      max_tokens: 16_384 + 4096,
      thinking: budget(16_384),
    })
  })

  it('is off, and named, where the output limit has no room for it', () => {
    const { body, dropped } = translate({ reasoning: { effort: 'high' }, maxOutputTokens: 1024 })
    expect(body.thinking).toEqual({ type: 'disabled' })
    expect(dropped).toEqual(['reasoning_effort'])
  })
})

describe('thinking amid calls of tools', () => {
  const native: AssistantPart = {
    type: 'reasoning',
    text: 'Hm.',
    opaque: { dialect: 'anthropic', data: { signature: 's' } },
  }
  const foreign: AssistantPart = {
    type: 'reasoning',
    text: 'Hm.',
    opaque: { dialect: 'gemini', data: 's' },
  }
  let calls = 0

  /** A call and its result. */
  function round(...before: AssistantPart[]): Message[] {
    const id = `toolu_${calls++}`
    return [
      { role: 'assistant', content: [...before, { type: 'tool-call', id, name: 'f', arguments: '{}' }] },
      { role: 'tool', content: [{ type: 'tool-result', callId: id, content: [] }] },
    ]
  }

  function thinks(...messages: Message[]): boolean {
    const { body, dropped } = translate({ messages: [hello, ...messages], reasoning: { effort: 'low' } })
    const off = JSON.stringify(body.thinking) === '{"type":"disabled"}'
    expect(dropped).toEqual(off ? ['reasoning_effort'] : [])
    return !off
  }

  it('goes on where the thinking that led to them is there', () => {
    expect(thinks(...round(native))).toBe(true)
    expect(thinks(...round(native), ...round())).toBe(true)
    expect(thinks(...round(), ...round(native))).toBe(true)
  })

  it('is off where it is not, or is that of another model', () => {
    expect(thinks(...round())).toBe(false)
    expect(thinks(...round(foreign))).toBe(false)
    expect(thinks(...round(native), hello, ...round(foreign))).toBe(false)
  })

  it('is on again once the model has answered and the user speaks', () => {
    const answer: Message = { role: 'assistant', content: [{ type: 'text', text: 'Hi' }] }
    expect(thinks(...round(foreign), answer, hello)).toBe(true)
    // Words beside results may be those of a client that adds reminders to them.
    expect(thinks(...round(foreign), hello)).toBe(false)
  })

  it('is off where the model is to go on with its own words', () => {
    expect(thinks({ role: 'assistant', content: [{ type: 'text', text: 'So' }] })).toBe(false)
  })

  it('goes on in any case where the model decides for itself', () => {
    const request = { messages: [hello, ...round(foreign)], reasoning: { effort: 'low' } }
    const { body, dropped } = translate(request, { model: 'claude-opus-4-6' })
    expect(body.thinking).toEqual(adaptive)
    expect(dropped).toEqual([])
  })
})
