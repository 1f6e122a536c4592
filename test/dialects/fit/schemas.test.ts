import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/chat/json.ts'
import { plainSchema } from '../../../src/dialects/fit/schemas.ts'
import { clientDialects, everyMember, receivers, sendAsk } from './clients.ts'

const roots: [string, JsonObject, JsonObject][] = [
  [
    'anyOf of what is required',
    {
      type: 'object',
      properties: { a: { type: 'string' }, b: { type: 'string' } },
      anyOf: [{ required: ['a'] }, { required: ['b'] }],
    },
    { type: 'object', properties: { a: { type: 'string' }, b: { type: 'string' } } },
  ],
  [
    'oneOf of objects',
    {
      oneOf: [
        {
          type: 'object',
          properties: { kind: { const: 'x' }, x: { type: 'number' } },
          required: ['kind', 'x'],
        },
        { type: 'object', properties: { kind: { const: 'x' }, y: { type: 'number' } }, required: ['kind'] },
      ],
    },
    {
      type: 'object',
      properties: { kind: { const: 'x' }, x: { type: 'number' }, y: { type: 'number' } },
      required: ['kind'],
    },
  ],
  [
    'allOf with references',
    {
      $defs: { Base: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] } },
      allOf: [{ $ref: '#/$defs/Base' }, { properties: { n: { type: 'integer' } }, required: ['n'] }],
    },
    {
      $defs: { Base: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] } },
      type: 'object',
      properties: { id: { type: 'string' }, n: { type: 'integer' } },
      required: ['id', 'n'],
    },
  ],
  [
    'a reference',
    { $ref: '#/$defs/A', $defs: { A: { type: 'object', properties: { a: {} }, required: ['a'] } } },
    {
      $defs: { A: { type: 'object', properties: { a: {} }, required: ['a'] } },
      type: 'object',
      properties: { a: {} },
      required: ['a'],
    },
  ],
  ['no type', { properties: { a: {} } }, { type: 'object', properties: { a: {} } }],
  ['no properties', { type: 'object' }, { type: 'object', properties: {} }],
]

describe('a schema', () => {
  it.each(roots)('with %s at its root becomes a plain object', (_, schema, expected) => {
    const before = structuredClone(schema)
    expect(plainSchema(schema)).toEqual(expected)
    expect(schema).toEqual(before)
  })

  it('says the items of each array, and the properties of each object', () => {
    const schema = {
      type: 'object',
      properties: {
        list: { type: 'array' },
        maybe: { type: ['array', 'null'] },
        open: { type: 'object' },
        deep: { anyOf: [{ type: 'array' }, { type: 'string' }] },
        rows: { type: 'array', items: { type: 'array' } },
      },
    }
    expect(plainSchema(schema).properties).toEqual({
      list: { type: 'array', items: {} },
      maybe: { type: ['array', 'null'], items: {} },
      open: { type: 'object', properties: {} },
      deep: { anyOf: [{ type: 'array', items: {} }, { type: 'string' }] },
      rows: { type: 'array', items: { type: 'array', items: {} } },
    })
  })

  it('that is plain stays the object it is', () => {
    const schema = { type: 'object', properties: { a: { type: 'array', items: { type: 'string' } } } }
    expect(plainSchema(schema)).toBe(schema)
  })

  it('that refers to itself comes to an end', () => {
    const schema = { anyOf: [{ $ref: '#' }, { properties: { a: {} } }] }
    expect(plainSchema(schema)).toEqual({ type: 'object', properties: { a: {} } })
  })

  it('of which each branch refers to many others comes to an end', () => {
    const branches = Array.from({ length: 20 }, () => ({ $ref: '#/$defs/many' }))
    const many: JsonObject = { properties: { a: {} }, anyOf: branches }
    expect(plainSchema({ $defs: { many }, anyOf: branches }).properties).toEqual({ a: {} })
  })

  it('is bounded together with those of the other tools of a request', () => {
    const budget = { left: 30 }
    const branches = Array.from({ length: 20 }, () => ({ properties: { a: {} }, required: ['a'] }))
    expect(plainSchema({ anyOf: branches }, budget)).toMatchObject({ properties: { a: {} } })
    expect(budget.left).toBeLessThanOrEqual(0)
    expect(plainSchema({ anyOf: branches }, budget)).toEqual({ type: 'object', properties: {} })
  })

  it('requires nothing of which not all branches were merged', () => {
    const schema = { anyOf: [{ properties: { a: {} }, required: ['a'] }, { properties: { b: {} } }] }
    expect(plainSchema(schema, { left: 2 }).required).toBeUndefined()
  })

  it('may have a property of any name', () => {
    const schema: JsonObject = JSON.parse('{"anyOf":[{"properties":{"__proto__":{"type":"string"}}}]}')
    expect(JSON.stringify(plainSchema(schema).properties)).toBe('{"__proto__":{"type":"string"}}')
  })
})

describe.each(receivers)('%s', (id, provider) => {
  it.each(clientDialects)('gets no tool with another root than a plain object, from %s clients', (client) => {
    for (const [name, schema] of roots) {
      const { dialect, body } = sendAsk(client, { tool: { name: 'f', schema } }, [id, provider])
      if (dialect === client || dialect === 'gemini') continue
      const [sent] = [...everyMember(body, 'parameters'), ...everyMember(body, 'input_schema')]
      expect(sent, name).toMatchObject({ type: 'object' })
      for (const combinator of ['anyOf', 'oneOf', 'allOf', '$ref'])
        expect(sent, name).not.toHaveProperty(combinator)
      expect(sent, name).toHaveProperty('properties')
    }
  })

  it.each(clientDialects)(
    'gets no null for the parameters of a tool without any, from %s clients',
    (client) => {
      // Clients of the Responses dialect must say theirs.
      if (client === 'openai-responses') return
      const { dialect, body } = sendAsk(client, { tool: { name: 'f' } }, [id, provider])
      if (dialect === client) return
      expect(everyMember(body, 'parameters')).not.toContain(null)
    },
  )

  it.each(clientDialects)('gets tools that are not strict unless a %s client says so', (client) => {
    const { dialect, body } = sendAsk(client, { tool: { name: 'f', strict: null } }, [id, provider])
    if (dialect !== 'openai-responses' || client === dialect) return
    expect(everyMember(body, 'strict')).toEqual([false])
  })
})
