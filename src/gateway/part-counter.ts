/**
 * Bounds how many parts an answer may have that is translated. Each part of a few bytes becomes
 * several events of some hundred, and whole answers repeat them: 5 MB of calls became 100 MB. Pure.
 */
import type { ChatEvent } from '../chat/events.ts'
import type { ChatResponse } from '../chat/response.ts'
import { maxParts } from './timeouts.ts'

/** An answer in more parts than any has. */
export class TooManyPartsError extends Error {
  override readonly name = 'TooManyPartsError'

  constructor() {
    super(`The answer has more than ${maxParts} parts.`)
  }
}

/** Counts the parts of one answer while its events pass. */
export class PartCounter {
  #parts = 0
  /** What each choice said last. */
  readonly #last = new Map<number, ChatEvent['type']>()

  /** @throws {TooManyPartsError} where the event begins a part too many. */
  push(event: ChatEvent): void {
    switch (event.type) {
      case 'text-delta':
      case 'reasoning-delta':
      case 'refusal-delta':
        if (this.#last.get(event.choice) === event.type) return
        break
      case 'tool-call-start':
      case 'file-attach':
      case 'reasoning-seal':
        break
      default:
        return
    }
    this.#last.set(event.choice, event.type)
    if (++this.#parts > maxParts) throw new TooManyPartsError()
  }
}

/**
 * What is wrong with a whole answer of too many parts; undefined where it has no more than the
 * bound.
 */
export function excessParts({ choices }: ChatResponse): TooManyPartsError | undefined {
  const parts = choices.reduce((sum, { content }) => sum + Math.max(1, content.length), 0)
  return parts > maxParts ? new TooManyPartsError() : undefined
}
