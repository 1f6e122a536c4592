/**
 * Fits a request to its receiver, between the choice of a key and the dialect's writer. Pure. Each
 * step leaves what it was given as it was, and gives the same object where there is nothing to
 * change.
 */
import type { JsonObject } from '../../chat/json.ts'
import type { ChatRequest } from '../../chat/request.ts'
import type { Outbound, Quirks } from '../dialect.ts'
import { bodySteps } from './body-steps.ts'
import { fitCallIds } from './call-ids.ts'
import { describeFiles } from './files.ts'
import { fitNumbers } from './numbers.ts'
import type { Profile } from './profile.ts'
import { fieldIn, keepLearned, learnsField, withLearnedField } from './reasoning-field.ts'
import { withNames } from './restore-names.ts'
import { fitSchemas } from './schemas.ts'
import { fitEffort, fitOutputLimit, fitStops, fitTopK, fitUser } from './settings.ts'
import { fitToolNames } from './tool-names.ts'

/** @param dropped gets the names of what was left out or lowered, as Chat names it. */
export type Step = (request: ChatRequest, profile: Profile, dropped: string[]) => ChatRequest

/**
 * A step on the body that goes out: for what only the wire shows, and for relays of a client's own
 * body.
 */
export type BodyStep = (body: JsonObject, profile: Profile, dropped: string[]) => JsonObject

export interface Fitted {
  request: ChatRequest
  /** The client's names of tools, by those that are sent in their place. */
  names: ReadonlyMap<string, string>
  /** What the history says of the row, which the row itself does not. */
  quirks?: Quirks
  dropped: string[]
}

const steps: readonly Step[] = [
  fitUser,
  fitOutputLimit,
  fitStops,
  fitTopK,
  fitNumbers,
  fitEffort,
  fitSchemas,
  fitCallIds,
  describeFiles,
]

const noNames: ReadonlyMap<string, string> = new Map()

/**
 * The request as its receiver takes it. A relay of the same dialect is only held to the output
 * limit of the model.
 */
export function fitRequest(request: ChatRequest, profile: Profile): Fitted {
  const dropped: string[] = []
  if (!profile.isTranslated) {
    return { request: fitOutputLimit(request, profile, dropped), names: noNames, dropped }
  }
  const fitted = steps.reduce((one, step) => step(one, profile, dropped), request)
  const reasoningField = learnsField(profile) ? fieldIn(fitted) : undefined
  const learned = reasoningField ? keepLearned(fitted) : fitted
  return {
    ...fitToolNames(learned, profile.limits),
    ...(reasoningField && { quirks: { reasoningField } }),
    dropped,
  }
}

/**
 * The dialect as it reads answers to a request that was fitted: what was changed is what the client
 * knows again.
 */
export function readerFor(speaker: Outbound, { names }: Fitted, profile: Profile): Outbound {
  const named = withNames(speaker, names)
  return learnsField(profile) ? withLearnedField(named) : named
}

/** The body as its receiver takes it, for what no canonical request shows. */
export function fitBody(body: JsonObject, profile: Profile): { body: JsonObject; dropped: string[] } {
  const dropped: string[] = []
  const fitted = (bodySteps[profile.dialect] ?? []).reduce((one, step) => step(one, profile, dropped), body)
  return { body: fitted, dropped }
}
