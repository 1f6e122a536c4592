/**
 * What the model said in one turn of the history, put together from parts. Clients keep a streamed
 * answer as the many parts it came in, so neighbouring texts are one; signatures seal the reasoning
 * before them or the call that they stand on.
 */
import type { AssistantPart, ReasoningPart } from '../../chat/request.ts'
import { readMedia } from './media.ts'
import { readSignature } from './signature.ts'
import type { WirePart } from './wire.ts'

type WireCall = NonNullable<WirePart['functionCall']>

export class ModelTurn {
  readonly content: AssistantPart[] = []

  /** Adds anything but a call. */
  add(part: WirePart): void {
    const file = readMedia(part)
    // A thought is sealed by the signature that it bears, any other part seals the thoughts before
    // it.
    if (part.thought && part.text) this.#extend('reasoning', part.text)
    this.#seal(part.thoughtSignature)
    if (!part.thought && part.text) this.#extend('text', part.text)
    if (file) this.content.push(file)
  }

  addCall({ name, args, id }: WireCall & { id: string }, signature: string | null | undefined): void {
    const { own, call, reasoning } = readSignature(signature)
    if (reasoning) this.#seal(signature)
    const opaque = call ?? (own === undefined ? undefined : { dialect: 'gemini' as const, data: own })
    const text = JSON.stringify(args ?? {})
    this.content.push({ type: 'tool-call', id, name, arguments: text, ...(opaque && { opaque }) })
  }

  #extend(type: 'text' | 'reasoning', text: string): void {
    const last = this.content.at(-1)
    if (last?.type === type && !('opaque' in last)) last.text += text
    else this.content.push({ type, text })
  }

  #seal(signature: string | null | undefined): void {
    const { own, reasoning } = readSignature(signature)
    if (own !== undefined) this.#unsealed().opaque = { dialect: 'gemini', data: own }
    // The text that was sealed is in the state: a client may have left out the thoughts, or cut
    // them.
    if (reasoning) Object.assign(this.#unsealed(), reasoning)
  }

  /**
   * The reasoning that a seal belongs to; where the provider keeps it to itself, the seal is all
   * there is of it.
   */
  #unsealed(): ReasoningPart {
    const last = this.content.findLast((part) => part.type === 'reasoning')
    if (last && !last.opaque) return last
    const hidden: ReasoningPart = { type: 'reasoning', text: '' }
    this.content.push(hidden)
    return hidden
  }
}
