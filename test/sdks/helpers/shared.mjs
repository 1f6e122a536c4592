/** What the helpers of all SDKs ask for, and what they must get. */
import assert from 'node:assert/strict'
import { z } from 'zod'

export const greeting = 'Grüße, 東京 🗼!'
export const question = 'Weather and time, please'
export const toolNames = ['get_weather', 'get_time']
export const city = z.object({ city: z.string().describe('Its name.') })
/**
 * A schema with what people use: nested objects, lists, enums, numbers, texts that may be missing.
 */
export const report = z.object({
  city: z.string(),
  degrees: z.number(),
  sky: z.enum(['clear', 'cloudy']),
  tags: z.array(z.string()),
  wind: z.object({ from: z.string(), speed: z.number().int() }),
  note: z.string().nullable(),
})
/** The same as JSON Schema, as people write it by hand. */
export const cityJson = {
  type: 'object',
  properties: { city: { type: 'string', description: 'Its name.' } },
  required: ['city'],
  additionalProperties: false,
}
/** A PNG of one pixel. */
export const pixel =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

/** @param {string} name of a tool. */
export function resultOf(name) {
  return `result of ${name}`
}

/** The answer after both tools were called. */
export function assertDone(text) {
  for (const name of toolNames) assert.match(String(text), new RegExp(resultOf(name)))
}

export function assertReport(value) {
  assert.ok(report.safeParse(value).success, `It is no report: ${JSON.stringify(value)}`)
}

/** Tools that note what they were called with. @returns the calls, and a function for each tool. */
export function noting() {
  const called = []
  const run = (name) => (input) => {
    assert.equal(typeof input?.city, 'string', `${name} got ${JSON.stringify(input)}`)
    called.push(name)
    return resultOf(name)
  }
  return { called, run }
}

/** A text that its vendor answers with a 429 the first time. */
export function limitedOnce() {
  return `Hello #limited-${crypto.randomUUID()}`
}

/** What a promise rejects with. */
export async function rejection(promise) {
  try {
    await promise
  } catch (error) {
    return error
  }
  return assert.fail('It did not fail.')
}
