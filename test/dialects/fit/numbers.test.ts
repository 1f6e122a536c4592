/** Numbers that one dialect takes and another refuses. */
import type { DialectId } from '../../../src/domain/dialects.ts'
import { describe, expect, it } from 'vitest'
import type { Json, JsonObject } from '../../../src/chat/json.ts'
import { dialectLimits } from '../../../src/dialects/fit/limits.ts'
import { catalog } from '../../../src/providers/catalog.ts'
import { customProvider, everyMember, receivers, send } from './clients.ts'

const far = { temperature: 7, top_p: 3, presence_penalty: -9, frequency_penalty: 9 }
const hi = [{ role: 'user', content: 'hi' }]

/** The names of a number on any wire. */
const wire = {
  temperature: ['temperature'],
  topP: ['top_p', 'topP', 'p'],
  presencePenalty: ['presence_penalty', 'presencePenalty'],
  frequencyPenalty: ['frequency_penalty', 'frequencyPenalty'],
} as const

const sentAs = (body: JsonObject, number: keyof typeof wire): Json[] =>
  wire[number].flatMap((name) => everyMember(body, name))

describe.each(receivers)('%s', (id, provider) => {
  it('is sent no number that it refuses, and each that was changed is named', () => {
    const { body, dropped, dialect } = send('openai-chat', { messages: hi, ...far }, [id, provider], {
      asked: 'elsewhere',
    })
    const ranges = { ...dialectLimits(dialect).ranges, ...provider.quirks?.[dialect]?.ranges }
    for (const [number, range] of Object.entries(ranges) as [keyof typeof wire, [number, number]][]) {
      const [least, most] = range
      for (const value of sentAs(body, number)) {
        expect(value).toBeGreaterThanOrEqual(least)
        expect(value).toBeLessThanOrEqual(most)
      }
    }
    expect(dropped).toEqual(expect.arrayContaining(['temperature', 'top_p']))
  })

  it('is sent numbers that it takes as they are', () => {
    const { body, dropped } = send('openai-chat', { messages: hi, temperature: 0.5 }, [id, provider])
    for (const value of sentAs(body, 'temperature')) expect(value).toBe(0.5)
    if (sentAs(body, 'temperature').length > 0) expect(dropped).not.toContain('temperature')
  })
})

describe('a number out of bounds', () => {
  it.each<[DialectId, JsonObject, string, DialectId, number]>([
    ['openai-chat', { messages: hi, temperature: 1.6 }, 'temperature', 'anthropic', 1],
    ['openai-responses', { input: 'hi', temperature: 1.6 }, 'temperature', 'anthropic', 1],
    [
      'gemini',
      { contents: [{ parts: [{ text: 'hi' }] }], generationConfig: { temperature: 1.6 } },
      'generationConfig.temperature',
      'anthropic',
      1,
    ],
  ])('of a client of %s goes as the nearest, under its own name', (client, body, name, dialect, expected) => {
    const sent = send(client, body, ['c', customProvider(dialect)])
    expect(sentAs(sent.body, 'temperature')).toEqual([expected])
    expect(sent.dropped).toEqual([name])
  })

  it('in a relay is changed for a row that refuses it, and for another model', () => {
    const body = { messages: hi, temperature: 1.9 }
    const mistral = send('openai-chat', body, ['mistral', catalog.mistral])
    expect([mistral.body.temperature, mistral.dropped]).toEqual([1.5, ['temperature']])
    const custom: Parameters<typeof send>[2] = ['c', customProvider('openai-chat')]
    const exact = send('openai-chat', { messages: hi, temperature: 7 }, custom)
    expect([exact.body.temperature, exact.dropped]).toEqual([7, []])
    const routed = send('openai-chat', { messages: hi, temperature: 7 }, custom, { asked: 'route' })
    expect([routed.body.temperature, routed.dropped]).toEqual([2, ['temperature']])
  })
})
