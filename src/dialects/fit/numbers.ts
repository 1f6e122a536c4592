/**
 * Numbers within the bounds of the receiver, each brought to the nearest one that it takes: vendors
 * answer others with an error. One dialect's temperature goes to 2, another’s to 1.
 */
import { numberIn } from '../json-read.ts'
import type { BodyStep, Step } from './fit.ts'
import type { BoundedNumber, Ranges } from './limits.ts'

/** Their names on OpenAI's wire, which stand for all in what is named as dropped. */
const wireNames: Readonly<Record<BoundedNumber, string>> = {
  temperature: 'temperature',
  topP: 'top_p',
  presencePenalty: 'presence_penalty',
  frequencyPenalty: 'frequency_penalty',
}
const bounded = Object.keys(wireNames) as BoundedNumber[]

export const fitNumbers: Step = (request, { limits, quirks }, dropped) => {
  const changed = fitAll(request.sampling, { ...limits.ranges, ...quirks.ranges }, dropped)
  if (Object.keys(changed).length === 0) return request
  return { ...request, sampling: { ...request.sampling, ...changed } }
}

/**
 * The same in a client's own body: what the row refuses, and what another model than the asked one
 * may.
 */
export const fitOwnNumbers: BodyStep = (body, { limits, quirks, isTranslated, isExact }, dropped) => {
  if (isTranslated) return body
  const ranges: Ranges = { ...(isExact ? {} : limits.ranges), ...quirks.ranges }
  const asked: Partial<Record<BoundedNumber, number>> = {}
  for (const name of bounded) {
    const value = numberIn(body[wireNames[name]])
    if (value !== undefined) asked[name] = value
  }
  const changed = Object.entries(fitAll(asked, ranges, dropped)) as [BoundedNumber, number][]
  if (changed.length === 0) return body
  return { ...body, ...Object.fromEntries(changed.map(([name, value]) => [wireNames[name], value])) }
}

/** The numbers that are out of bounds, as they are to be sent. */
function fitAll(
  asked: Partial<Record<BoundedNumber, number>>,
  ranges: Ranges,
  dropped: string[],
): Partial<Record<BoundedNumber, number>> {
  const changed: Partial<Record<BoundedNumber, number>> = {}
  for (const name of bounded) {
    const value = asked[name]
    const [least, most] = ranges[name] ?? []
    if (value === undefined || least === undefined || most === undefined) continue
    const fitting = Math.min(most, Math.max(least, value))
    if (fitting === value) continue
    changed[name] = fitting
    dropped.push(wireNames[name])
  }
  return changed
}
