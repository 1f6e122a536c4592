/**
 * What is kept of what a user's requests said, where they want that: of the newest, and for a
 * while.
 */
import { dayMs } from '../domain/time.ts'

/** How long, in milliseconds. */
export const transcriptMs = 7 * dayMs
/** Of how many requests. */
export const mostTranscripts = 200
