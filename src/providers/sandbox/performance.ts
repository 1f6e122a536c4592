/**
 * How the sandbox answers, in no dialect: what a behaviour decides, and what a dialect then puts on
 * the wire.
 */
import type { ChatEvent, Complaint } from '../../chat/events.ts'

export type Performance =
  /**
   * Events to be sent one after the other. Without `response-end` as the last one, the connection
   * breaks there.
   */
  | { type: 'answer'; events: ChatEvent[]; pace: Pace }
  | { type: 'refusal'; status: number; headers: Record<string, string>; complaint: Complaint }
  /** No answer, until the caller gives up. */
  | { type: 'silence' }

/** Pauses in milliseconds: before the first event, and between any two. */
export interface Pace {
  firstMs: number
  betweenMs: number
}
