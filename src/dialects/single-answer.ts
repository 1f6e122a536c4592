/**
 * Watches that a stream holds one answer. A proxy that tried again in the middle sends a second one
 * behind the first: joined, half a call and its repetition would look like two.
 */
import type { Complaint } from '../chat/events.ts'

export const secondAnswer: Complaint = { message: 'The provider began a second answer in the same stream.' }

export class OneAnswer {
  #id: string | undefined
  #chunks = 0

  /** Takes an event that begins an answer. @returns whether it is another one than before. */
  begins(id: string | undefined): boolean {
    this.#id ??= id
    return id !== undefined && id !== this.#id
  }

  /**
   * Takes a chunk that names its answer. Some servers make up an id for each chunk, and one for the
   * usage: so an id counts only once two chunks had it, or the answer has finished.
   * @returns whether the chunk continues another answer.
   */
  continues(id: string | undefined, isFinished: boolean): boolean {
    if (id === undefined) return false
    if (this.#id === undefined || id === this.#id) {
      this.#id = id
      this.#chunks++
      return false
    }
    if (this.#chunks >= 2 || isFinished) return true
    this.#id = id
    return false
  }
}
