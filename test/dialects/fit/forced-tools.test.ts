/**
 * Tools that are forced on a model that thinks, and a prescribed form of the answer beside tools.
 */
import { describe, expect, it } from 'vitest'
import { catalog } from '../../../src/providers/catalog.ts'
import type { Provider } from '../../../src/providers/provider.ts'
import { clientDialects, send, sendAsk } from './clients.ts'

describe('a tool that a client forces', () => {
  const deepseek: [string, Provider] = ['deepseek', catalog.deepseek]
  const tool = { name: 'f', schema: { type: 'object', properties: {} } }

  it.each(clientDialects)('is forced on DeepSeek without thinking, by a %s client', (client) => {
    const { dialect, body, dropped } = sendAsk(client, { tool, forced: 'f', effort: 'high' }, deepseek)
    if (dialect === 'openai-responses') expect(body.reasoning).toMatchObject({ effort: 'none' })
    else expect(body.thinking).toEqual({ type: 'disabled' })
    expect(JSON.stringify(body)).not.toContain('"high"')
    expect(dropped).not.toEqual([])
    expect(sendAsk(client, { tool, forced: 'f' }, deepseek).dropped).toEqual([])
  })

  it.each(clientDialects)('is nothing to think less for where none is forced, by a %s client', (client) => {
    const { body } = sendAsk(client, { tool }, deepseek)
    expect(body).not.toHaveProperty('thinking')
    expect(body).not.toHaveProperty('reasoning')
  })

  it('keeps the form of an answer that stands beside the effort', () => {
    const format = {
      type: 'json_schema',
      schema: { type: 'object', properties: {}, additionalProperties: false },
    }
    const body = {
      max_tokens: 9,
      messages: [{ role: 'user', content: 'hi' }],
      tools: [{ name: 'f', input_schema: { type: 'object', properties: {} } }],
      tool_choice: { type: 'any' },
      output_config: { effort: 'high', format },
    }
    expect(send('anthropic', body, deepseek).body.output_config).toEqual({ format })
  })
})

describe('a prescribed form beside tools', () => {
  const groq: [string, Provider] = ['groq', catalog.groq]
  const json_schema = { name: 'x', schema: { type: 'object', properties: { city: { type: 'string' } } } }
  const tools = [
    { type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } },
  ]
  const asked = { messages: [{ role: 'user', content: 'hi' }] }

  it.each([{ type: 'json_schema', json_schema }, { type: 'json_object' }])(
    'is told to Groq in words: %o',
    (response_format) => {
      const { body, dropped } = send('openai-chat', { ...asked, tools, response_format }, groq)
      expect(body).not.toHaveProperty('response_format')
      const [told] = body.messages as { role: string; content: string }[]
      expect(told).toMatchObject({
        role: 'system',
        content: expect.stringContaining('answer with a JSON object'),
      })
      if ('json_schema' in response_format) expect(told?.content).toContain('"city"')
      expect(dropped).toHaveLength(1)
    },
  )

  it('is a field for Groq without tools', () => {
    const response_format = { type: 'json_schema', json_schema }
    expect(send('openai-chat', { ...asked, response_format }, groq).body).toMatchObject({ response_format })
  })
})
