/** What is kept of what a user's requests said, where they want that: of the newest, and for a while. */

/** How long, in milliseconds. */
export const transcriptMs = 7 * 24 * 60 * 60_000
/** Of how many requests. */
export const mostTranscripts = 200
