/**
 * Events of a stream that are none of its dialect: the mark `[DONE]` where there is no such mark,
 * words of whatever stands in front of a provider. They are passed over, and remembered: where
 * the answer then lacks its end, they say why.
 */
import type { Complaint } from '../chat/events.ts'
import type { JsonObject } from '../chat/json.ts'
import { isRemark, longestText, readError } from './provider-error.ts'
import type { Glimpse } from './dialect.ts'
import { objectIn, parseJson } from './json-read.ts'

/** The mark that ends a stream of OpenAI's, and of servers that set it in every dialect. */
export const doneMark = '[DONE]'

/** The event in these data; undefined where they are no object, or a remark. */
export function eventIn(data: string): JsonObject | undefined {
  const event = objectIn(parseJson(data))
  return event && !isRemark(event) ? event : undefined
}

/** An object that is broken or too deep held something of the answer, which must not be lost. */
function isBrokenObject(data: string): boolean {
  return data.trimStart().startsWith('{') && parseJson(data) === undefined
}

/** What an event that is none of the dialect says of a stream that has no end. */
function complaintOfNoise(data: string): Complaint {
  const remark = objectIn(parseJson(data))
  if (remark) return readError(remark)
  return {
    message: 'The provider sent an event that is not a JSON object.',
    body: data.slice(0, longestText),
  }
}

/** The same event on its way through a relay. */
export function glimpseNoise(data: string): Glimpse {
  if (data.trim() === doneMark) return { noise: 'mark' }
  const complaint = complaintOfNoise(data)
  return isBrokenObject(data) ? { complaint, broken: true } : { noise: complaint }
}

/** Remembers the noise of one stream. */
export class NoiseMemory {
  #first: string | undefined

  /**
   * Takes an event that is no JSON object, or a remark.
   * @returns what is wrong, where something of the answer is lost.
   */
  take(data: string, isFinished: boolean): Complaint | undefined {
    if (data.trim() === doneMark || isFinished) return undefined
    if (isBrokenObject(data)) return complaintOfNoise(data)
    this.#first ??= data.slice(0, longestText)
    return undefined
  }

  /** Why an answer lacks its end, where noise came in its place. */
  get complaint(): Complaint | undefined {
    return this.#first === undefined ? undefined : complaintOfNoise(this.#first)
  }
}
