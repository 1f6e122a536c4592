import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { validationError } from '../../src/http/validation.ts'

function refusal(schema: z.ZodType, value: unknown, prefix?: string) {
  const parsed = schema.safeParse(value)
  if (parsed.success) throw new Error('This was meant to be refused.')
  const { code, message, param } = validationError(parsed.error, prefix)
  expect(code).toBe('VALIDATION_ERROR')
  return { message, param }
}

const shape = z.strictObject({
  name: z.string().min(1).max(5).optional(),
  count: z.int().min(1).optional(),
  kind: z.enum(['a', 'b']).optional(),
  list: z
    .array(z.strictObject({ url: z.url() }))
    .max(2)
    .optional(),
  either: z.union([z.string(), z.array(z.number())]).optional(),
  shape: z
    .discriminatedUnion('type', [z.object({ type: z.literal('x') }), z.object({ type: z.literal('y') })])
    .optional(),
  own: z
    .string()
    .refine((text) => text === 'ok', 'must be "ok", for our sake')
    .optional(),
})

describe('validationError', () => {
  it.each([
    [{ name: 7 }, 'name', '`name` must be a string, not a number.'],
    [{ name: null }, 'name', '`name` must be a string, not null.'],
    [{ name: '' }, 'name', '`name` must not be empty.'],
    [{ name: 'too long' }, 'name', '`name` must have at most 5 characters.'],
    [{ count: 1.5 }, 'count', '`count` must be a whole number.'],
    [{ count: 0 }, 'count', '`count` must be at least 1.'],
    [{ kind: 'c' }, 'kind', '`kind` must be one of "a" or "b".'],
    [{ list: [{ url: 'no' }] }, 'list[0].url', '`list[0].url` must be a valid URL.'],
    [{ list: [{}] }, 'list[0].url', '`list[0].url` is missing: it must be a string.'],
    [
      { list: [1, 2, 3].map((n) => ({ url: `https://example.com/${n}` })) },
      'list',
      '`list` must have at most 2 items.',
    ],
    [{ either: true }, 'either', '`either` must be a string or an array.'],
    [{ either: [1, 'two'] }, 'either[1]', '`either[1]` must be a number, not a string.'],
    [{ shape: { type: 'z' } }, 'shape.type', '`shape.type` must be one of "x" or "y".'],
    [{ own: 'no' }, 'own', '`own` must be "ok", for our sake.'],
    [{ nmae: 'x' }, 'nmae', '`nmae` is an unknown field.'],
    [{ a: 1, b: 2 }, 'a', '`a` is an unknown field, and so is `b`.'],
    ['text', undefined, 'The request body must be an object, not a string.'],
  ])('says of %j what is wrong with %s', (value, param, message) => {
    const found = refusal(shape, value)
    expect(found.param).toBe(param)
    expect(found.message).toBe(message)
  })

  it('says where the value stood', () => {
    expect(refusal(z.object({ limit: z.number() }), { limit: 'x' }, 'query')).toEqual({
      param: 'query.limit',
      message: '`query.limit` must be a number, not a string.',
    })
  })
})
