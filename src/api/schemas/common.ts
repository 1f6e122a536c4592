/** Shapes that many routes share, and how stored rows are shown. */
import type { Reserve as StoredReserve } from '../../domain/limits.ts'
import { z } from 'zod'
import { maxModelName } from '../../chat/model.ts'

/** `{data, nextCursor}`: the shape of every list. */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z.object({ data: z.array(item), nextCursor: z.string().nullable() })
}

/** An ISO 8601 time in UTC. */
export const Time = z.iso.datetime()

/**
 * What keys, tokens and people are called, by their ids; without those that are gone, or not the
 * caller's to know.
 */
export const Names = z.record(z.string(), z.string())

/** A time that a caller sends, as milliseconds since the epoch. */
export const TimeInput = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))

/** The path parameter of one thing. */
export const ById = z.object({ id: z.string().min(1) })

/** The name of a model, within the bounds of those that clients send. */
export const ModelName = z
  .string()
  .trim()
  .min(1)
  .max(maxModelName)
  .regex(/^[^\p{Cc}\p{Cs}\u2028\u2029]*$/u, 'must not contain line breaks or control characters')

/**
 * Names of models: exact, or a prefix that ends in `*`. An empty list restricts nothing, as none
 * does.
 */
export const ModelPatterns = z
  .array(ModelName)
  .max(500)
  .transform((patterns) => (patterns.length > 0 ? patterns : null))

/**
 * What the owner of a shared account keeps: a percentage of each limit, or a number of requests; 0
 * keeps nothing.
 */
export const Reserve = z
  .union(
    [
      z.int().min(0).max(1_000_000_000),
      z
        .string()
        .regex(/^\s*\d{1,3}(?:\.\d{1,2})?\s*%\s*$/)
        .transform((text) => Number.parseFloat(text))
        .refine((percent) => percent <= 100)
        .transform((percent): StoredReserve => `${percent}%`),
    ],
    'must be a number of requests, or a percentage of each limit such as "20%"',
  )
  .transform((reserve) => (reserve === 0 || reserve === '0%' ? null : reserve))

/** A reserve as it is shown. */
export const ShownReserve = z.union([z.string(), z.number()]).nullable()

/** A name that a person gives to something. */
export const Name = z.string().trim().min(1).max(100)

export function toTime(at: number): string {
  return new Date(at).toISOString()
}

export function toTimeOrNull(at: number | null | undefined): string | null {
  return at === null || at === undefined ? null : toTime(at)
}

/** The fields that were sent. What was not sent keeps its value. */
export function withoutUndefined<T extends object>(input: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  // Entries whose value is undefined are gone, which the type of fromEntries cannot say.
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }
}
