import type { DialectId } from '../../../src/domain/dialects.ts'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/chat/json.ts'
import { outbound } from '../../../src/dialects/index.ts'
import { dialectLimits } from '../../../src/dialects/fit/limits.ts'
import { writeToolName } from '../../../src/dialects/fit/tool-names.ts'
import { sides } from '../../gateway/matrix/providers.ts'
import { clientDialects, customProvider, everyMember, receivers, sendAsk } from './clients.ts'

/** The names that receivers of each dialect take. */
const taken: Partial<Record<DialectId, RegExp>> = {
  'openai-chat': /^[a-zA-Z0-9_-]{1,64}$/,
  'openai-responses': /^[a-zA-Z0-9_-]{1,64}$/,
  anthropic: /^[a-zA-Z0-9_-]{1,128}$/,
  gemini: /^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$/,
  cohere: /^[a-zA-Z_][a-zA-Z0-9_]{0,63}$/,
}

const connector = 'mcp__8b383b1d-b46a-4b70-994c-c7c26b866287__check_domain_availability_and_price'
const hardNames = [
  connector,
  `${connector}_${connector}`,
  'mcp_x_get.item-by_id',
  'server:tool',
  '1st',
  'wetter_für',
  '検索',
  'a_0x2e_b',
]

describe.each(receivers)('%s', (id, provider) => {
  describe.each(clientDialects)('for %s clients', (client) => {
    it.each(hardNames)('is given a name it takes for %s, in tools, history and choice', (name) => {
      const ask = { tool: { name }, forced: name, call: { id: 'call_1', name } }
      const { dialect, body, speaker } = sendAsk(client, ask, [id, provider])
      if (dialect === client) {
        expect(speaker).toBe(outbound[dialect])
        return
      }
      const limits = dialectLimits(dialect)
      const written = writeToolName(name, limits)
      expect(written).toMatch(taken[dialect] ?? /^$/)
      // The answer calls it by the name that was sent, and the client hears its own.
      const side = sides[dialect]
      const answer = side?.answer({ calls: [{ id: 'call_2', name: written, args: {} }] }) ?? {}
      const heard = side?.hear(body)
      expect(heard?.tools).toEqual([written])
      expect(heard?.calls.map((call) => call.name)).toEqual([written])
      expect(JSON.stringify(body.tool_choice ?? body.toolConfig ?? '')).toContain(
        dialect === 'cohere' ? 'REQUIRED' : written,
      )
      const [choice] = speaker.parseResponse(answer).choices
      expect(choice?.content).toMatchObject([{ type: 'tool-call', name }])
    })
  })
})

it('gives a stream its names back', () => {
  const { body, speaker } = sendAsk('anthropic', { tool: { name: connector } }, [
    'custom',
    customProvider('openai-chat'),
  ])
  const written = everyMember(body, 'name')[0] ?? ''
  const chunk: JsonObject = {
    choices: [
      {
        index: 0,
        delta: { tool_calls: [{ index: 0, id: 'c', function: { name: written, arguments: '{}' } }] },
      },
    ],
  }
  const parser = speaker.parseStream()
  const events = [...parser.push({ data: JSON.stringify(chunk) }), ...parser.end()]
  expect(events.find((event) => event.type === 'tool-call-start')).toMatchObject({ name: connector })
})

describe('a written name', () => {
  const dialects = Object.keys(taken) as DialectId[]
  it.each(dialects)('is taken at %s whatever it was, and no two become one', (dialect) => {
    const limits = dialectLimits(dialect)
    const nearMisses = fc.string({
      unit: fc.constantFrom('_', '0', 'x', '2', 'd', '-', '.', '😀'),
      minLength: 1,
    })
    const any = fc.oneof(fc.string({ unit: 'binary', minLength: 1, maxLength: 200 }), nearMisses)
    fc.assert(
      fc.property(any, any, (one, other) => {
        const written = writeToolName(one, limits)
        expect(written).toMatch(taken[dialect] ?? /^$/)
        if (one !== other) expect(writeToolName(other, limits)).not.toBe(written)
      }),
      { numRuns: 500 },
    )
  })

  it.each([
    ['weather', 'weather'],
    ['get-weather', 'get_0x2d_weather'],
    ['2fa', '_0x32_fa'],
    ['_0x2d_', '_0x5f_0x2d_'],
  ])('says what is unknown by its code point: %s', (name, expected) => {
    expect(writeToolName(name, dialectLimits('cohere'))).toBe(expected)
  })

  it('keeps the end of a long one, which says what the tool does', () => {
    const written = writeToolName(connector, dialectLimits('openai-chat'))
    expect(written).toHaveLength(64)
    expect(written).toMatch(/^mcp__8b383b1d-b4_.*check_domain_availability_and_price$/)
  })
})
