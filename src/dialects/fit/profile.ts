/**
 * What the receiver of a request takes: data of its dialect, of the provider's row and of the
 * model, joined once for a call. A row that says nothing of itself, as every custom provider's, is
 * taken for the strictest vendor of its dialect.
 */
import type { DialectId } from '../../domain/dialects.ts'
import type { JsonObject } from '../../chat/json.ts'
import type { ModelFacts } from '../../chat/model.ts'
import type { ChatRequest } from '../../chat/request.ts'
import type { Quirks } from '../dialect.ts'
import { dialectLimits, type DialectLimits } from './limits.ts'

export interface Profile {
  limits: DialectLimits
  dialect: DialectId
  /**
   * Whether the client speaks another dialect. The hub then writes the whole request, and all of it
   * must fit.
   */
  isTranslated: boolean
  /**
   * The client named this very model: its own words go out as they are, but for what the row is
   * known to refuse.
   */
  isExact: boolean
  /** The row says how it departs from its dialect. No custom provider does. */
  isKnownRow: boolean
  quirks: Quirks
  /** The request as its client sent it, for fields that no canonical request holds. */
  clientBody: JsonObject
  clientDialect: DialectId
  model: string
  facts: ModelFacts | undefined
}

export interface Receiver {
  dialect: DialectId
  /** The quirks of the row in this dialect; absent for a custom provider. */
  quirks?: Quirks | undefined
  /** Whether the row is the hub's own, of which is known what it takes. */
  isKnownRow: boolean
  /** The provider's own id of the model. */
  model: string
  facts?: ModelFacts | undefined
}

/** The profile for one call. */
export function profileFor(request: ChatRequest, receiver: Receiver): Profile {
  const { dialect, quirks = {}, isKnownRow, model, facts } = receiver
  return {
    limits: dialectLimits(dialect),
    dialect,
    isTranslated: request.origin.dialect !== dialect,
    isExact: namesModel(request.model, model),
    isKnownRow,
    quirks,
    clientBody: request.origin.body,
    clientDialect: request.origin.dialect,
    model,
    facts,
  }
}

/**
 * Whether a client that asked for this name asked for this model: by its id, or by that behind a
 * provider's name.
 */
function namesModel(asked: string, model: string): boolean {
  return asked === model || asked.slice(asked.indexOf('/') + 1) === model
}
