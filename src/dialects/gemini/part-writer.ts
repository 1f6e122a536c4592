/**
 * What a model said as parts, for answers and for histories. Reasoning is sealed here by a
 * signature on the part that follows it (a text, or a call), as Gemini itself does; a seal that
 * nothing follows stands alone on an empty text, as Gemini's last chunk does. Clients keep
 * signatures in these places.
 */
import type { JsonObject } from '../../chat/json.ts'
import type { FilePart, Opaque } from '../../chat/request.ts'
import { writeMedia } from './media.ts'
import { ownSignature, wrapCallState, wrapReasoning } from './signature.ts'

interface Seal {
  signature: string
  isOwn: boolean
}

/** A call whose arguments are whole. */
export interface WholeCall {
  id: string
  name: string
  args: JsonObject
  opaque?: Opaque
}

export class PartWriter {
  readonly #carriesForeign: boolean
  #waiting: Seal | undefined

  /**
   * @param reader who reads the parts: a client carries the state of other dialects, a provider
   *   must not see it.
   */
  constructor(reader: 'client' | 'provider') {
    this.#carriesForeign = reader === 'client'
  }

  text(text: string): JsonObject[] {
    return text === '' ? [] : [{ text, ...this.#take() }]
  }

  file(file: FilePart): JsonObject[] {
    return [{ ...writeMedia(file), ...this.#take() }]
  }

  reasoning(text: string): JsonObject[] {
    return text === '' ? [] : [...this.flush(), { text, thought: true }]
  }

  /**
   * @param text the reasoning that is sealed: for another dialect's provider a seal is worth
   *   nothing without it.
   */
  seal(opaque: Opaque, text: string): JsonObject[] {
    const before = this.flush()
    const own = ownSignature(opaque)
    if (own !== undefined) this.#waiting = { signature: own, isOwn: true }
    else if (this.#carriesForeign && opaque.dialect !== 'gemini')
      this.#waiting = { signature: wrapReasoning({ opaque, text }), isOwn: false }
    return before
  }

  call({ id, name, args, opaque }: WholeCall): JsonObject[] {
    const own = this.#callSignature(opaque)
    const part = { functionCall: { id, name, args } }
    // A signature of Gemini's own on a call would be taken for the call's.
    if (own === undefined && this.#waiting?.isOwn === false) return [{ ...part, ...this.#take() }]
    return [...this.flush(), { ...part, ...(own !== undefined && { thoughtSignature: own }) }]
  }

  /** The seal that still waits for a part to stand on. */
  flush(): JsonObject[] {
    return this.#waiting ? [{ text: '', ...this.#take() }] : []
  }

  #take(): { thoughtSignature?: string } {
    const seal = this.#waiting
    this.#waiting = undefined
    return seal ? { thoughtSignature: seal.signature } : {}
  }

  #callSignature(opaque: Opaque | undefined): string | undefined {
    const own = ownSignature(opaque)
    if (own !== undefined || !opaque || opaque.dialect === 'gemini') return own
    return this.#carriesForeign ? wrapCallState(opaque) : undefined
  }
}
