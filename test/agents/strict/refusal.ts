/** A refusal of a scripted vendor, in the form that the vendors of a dialect give to errors. */
import type { DialectId } from '../../../src/domain/dialects.ts'
import type { JsonObject } from '../../../src/chat/json.ts'
import type { Fault } from '../../../src/errors.ts'

/** Thrown by a check; the server answers with it. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: number
  /** The word that clients act on, where the vendor has one. */
  readonly code: string | null

  constructor(
    message: string,
    { status = 400, code = null }: { status?: number; code?: string | null } = {},
  ) {
    super(message)
    this.status = status
    this.code = code
  }

  /** The refusal as the hub reads it. */
  toFault(): Fault {
    const { status, message, code } = this
    return { blame: 'request', verdict: 'bad-request', status, message, ...(code !== null && { code }) }
  }
}

/** The body of an error in a dialect. */
export function errorBody(dialect: DialectId, { status, message, code }: Refusal): JsonObject {
  switch (dialect) {
    case 'anthropic':
      return { type: 'error', error: { type: code ?? 'invalid_request_error', message }, request_id: 'req_1' }
    case 'gemini':
      return { error: { code: status, message, status: code ?? 'INVALID_ARGUMENT' } }
    case 'cohere':
      return { id: 'c1', message }
    default:
      return { error: { message, type: 'invalid_request_error', param: null, code } }
  }
}

/** @throws {Refusal} with the message, unless the condition holds. */
export function demand(holds: boolean, message: string, more?: { status?: number; code?: string }): void {
  if (!holds) throw new Refusal(message, more)
}
