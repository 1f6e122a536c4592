import { describe, expect, it } from 'vitest'
import type { Json } from '../../../src/chat/json.ts'
import { valueFor } from '../../../src/providers/sandbox/schema-value.ts'

describe('valueFor', () => {
  it.each<[Json, Json]>([
    [{ type: 'string' }, 'value'],
    [{ type: 'string', minLength: 8 }, 'valuexxx'],
    [{ type: 'string', maxLength: 2 }, 'va'],
    [{ type: 'string', format: 'date' }, '2026-01-01'],
    [{ type: 'integer' }, 1],
    [{ type: 'integer', minimum: 7 }, 7],
    [{ type: 'integer', exclusiveMinimum: 7 }, 8],
    [{ type: 'integer', maximum: 0 }, 0],
    [{ type: 'integer', minimum: -9, maximum: -5 }, -5],
    [{ type: 'number', multipleOf: 0.5 }, 0.5],
    [{ type: 'boolean' }, true],
    [{ type: 'null' }, null],
    [{ type: ['null', 'integer'] }, 1],
    [{ const: 'fixed' }, 'fixed'],
    [{ enum: ['a', 'b'] }, 'a'],
    [{ type: 'string', default: 'x' }, 'x'],
    [{ anyOf: [{ type: 'null' }, { type: 'integer' }] }, 1],
    [{ oneOf: [{ type: 'boolean' }] }, true],
    [{ type: 'array', items: { type: 'integer' } }, [1]],
    [{ type: 'array', items: { type: 'integer' }, minItems: 2 }, [1, 1]],
    [{ type: 'array', items: { type: 'integer' }, maxItems: 0 }, []],
    [{ type: 'array', items: { type: 'string' }, minItems: 2, uniqueItems: true }, ['value', 'value 2']],
    [{ type: 'object' }, {}],
    [{ properties: { a: { type: 'string' } } }, { a: 'a' }],
    [
      {
        allOf: [{ properties: { a: { type: 'integer' } } }, { properties: { b: { type: 'boolean' } } }],
        type: 'object',
      },
      { a: 1, b: true },
    ],
    [{ $ref: '#/$defs/x', $defs: { x: { type: 'integer' } } }, 1],
    [{}, 'value'],
  ])('%j gives %j', (schema, value) => expect(valueFor(schema)).toEqual(value))

  it('ends for schemas that contain themselves', () => {
    const tree = {
      type: 'object',
      properties: { name: { type: 'string' }, children: { type: 'array', items: { $ref: '#' } } },
      required: ['name', 'children'],
    }
    expect(valueFor(tree)).toMatchObject({ name: 'name', children: [{ name: 'name' }] })
    const list = {
      type: 'object',
      properties: { next: { anyOf: [{ $ref: '#' }, { type: 'null' }] } },
      required: ['next'],
    }
    expect(JSON.stringify(valueFor(list))).toMatch(/null\}+$/)
    expect(valueFor({ $ref: '#' })).toBe('value')
  })
})
