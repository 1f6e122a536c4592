/**
 * Reading a vendor's JSON little and forgivingly: each takes whatever came and gives the value, or
 * undefined where it is of another type. Used for answers and stream chunks, where a schema library
 * would cost more than the rest of the hub.
 */
import { parseExactly } from '../chat/exact-json.ts'
import { answerBounds, excessOf } from '../chat/json-bounds.ts'
import { isJsonObject, type Json, type JsonObject } from '../chat/json.ts'

export function objectIn(value: Json | undefined): JsonObject | undefined {
  return isJsonObject(value) ? value : undefined
}

export function listIn(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : []
}

/** The items of a list; one object stands for a list of one, as in JSON for protocol buffers. */
export function itemsIn(value: Json | undefined): Json[] {
  return isJsonObject(value) ? [value] : listIn(value)
}

/** The text, where there is any: an empty string says no more than none. */
export function textIn(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

export function numberIn(value: Json | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined
}

/** The end of the year 9999: later times have no usual text. */
const latest = 253_402_300_799_999

/** A time in seconds since the epoch, in milliseconds; 0 where it is none that a calendar has. */
export function timeIn(seconds: Json | undefined): number {
  const at = Math.round((numberIn(seconds) ?? 0) * 1000)
  return at >= 0 && at <= latest ? at : 0
}

/**
 * Parses the JSON in a text that a provider or a client wrote: an event of a stream, the arguments
 * of a tool. Returns undefined where it is none, or passes the bounds of `chat/json-bounds.ts`.
 */
export function parseJson(text: string): Json | undefined {
  if (excessOf(text, answerBounds) !== undefined) return undefined
  try {
    return parseExactly(text)
  } catch {
    return undefined
  }
}

/** The member of a table; undefined for names that every object has, such as `constructor`. */
export function entryOf<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined
}

type Compact<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>
}

/**
 * An object without the members that are undefined, as `exactOptionalPropertyTypes` and JSON want
 * it.
 */
export function compact<T extends object>(object: T): Compact<T>
export function compact(object: object): object {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined))
}
