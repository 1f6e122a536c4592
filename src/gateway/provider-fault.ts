/**
 * Faults of providers, bounded. A complaint may be as long as an event of a stream: its words are
 * cut before any rule reads them, and again, once secrets are out of them, before they are kept.
 */
import type { Complaint } from '../chat/events.ts'
import type { Fault } from '../errors.ts'
import { type FailedAnswer, readFailure } from '../providers/classify.ts'
import { maxErrorBytes } from './timeouts.ts'

/** How much of a message is kept, in characters, and of its code, type and parameter. */
const longestMessage = 2_000
const longestWord = 200

/** Classifies a complaint, of any length, into a fault that any row can hold. */
export function faultOfComplaint(answer: FailedAnswer): Fault {
  return failureOfComplaint(answer).fault
}

/**
 * The same, and the complaint in the provider's own words, as far as limits may be learned from it.
 */
export function failureOfComplaint(answer: FailedAnswer): { fault: Fault; own?: Complaint } {
  const { fault, own } = readFailure({ ...answer, complaint: cut(answer.complaint) })
  return { fault: shortened(fault), ...(own && { own }) }
}

function shortened({ message, code, type, param, ...fault }: Fault): Fault {
  return {
    ...fault,
    message: message.slice(0, longestMessage),
    ...(code !== undefined && { code: code.slice(0, longestWord) }),
    ...(type !== undefined && { type: type.slice(0, longestWord) }),
    ...(param !== undefined && { param: param.slice(0, longestWord) }),
  }
}

function cut({ message, code, type, param, ...complaint }: Complaint): Complaint {
  return {
    ...complaint,
    message: message.slice(0, maxErrorBytes),
    ...(code !== undefined && { code: code.slice(0, maxErrorBytes) }),
    ...(type !== undefined && { type: type.slice(0, maxErrorBytes) }),
    ...(param !== undefined && { param: param.slice(0, maxErrorBytes) }),
  }
}

/** The fault of an answer that no reader of its dialect takes: too long, too deep, or not JSON. */
export function malformedAnswer(message: string, status?: number): Fault {
  return { blame: 'provider', verdict: malformedVerdict, message, ...(status !== undefined && { status }) }
}

/** The verdict on an answer that is malformed, whoever is to blame. */
export const malformedVerdict = 'malformed-answer'

/**
 * The fault of an answer that the request may have made too long. It is nobody's, and no one else
 * is asked: the search ends with it.
 */
export function tooLongAnswer(message: string, status?: number): Fault {
  return { ...malformedAnswer(message, status), blame: 'unknown' }
}

/**
 * An error of the hub's own code after a call was made. It is nobody's fault but ours: no key,
 * account or circuit is touched, and the client gets INTERNAL_ERROR.
 */
export const hubFault: Readonly<Fault> = {
  blame: 'unknown',
  verdict: 'hub-failed',
  message: 'The hub could not process this answer.',
}
