/**
 * OpenRouter's `reasoning_details`, gathered from the fragments of a stream into the list that a
 * whole answer has: entries of one index and type are one, and their texts are joined. The list
 * must go back unchanged, so it is never interpreted.
 * https://openrouter.ai/docs/use-cases/reasoning-tokens#streaming-response
 */
import type { Json, JsonObject } from '../../chat/json.ts'
import type { Opaque } from '../../chat/request.ts'
import { objectIn } from '../json-read.ts'
import { sealOf } from './opaque.ts'

/** The members that come in fragments; any other is said once, or again the same. */
const fragments = ['text', 'summary', 'data']

export class DetailsCollector {
  #details: JsonObject[] = []
  #extraContent: JsonObject | undefined

  add(details: Json[], extraContent: JsonObject | undefined): void {
    if (extraContent) this.#extraContent = { ...this.#extraContent, ...extraContent }
    for (const detail of details) {
      const fragment = objectIn(detail)
      if (fragment) this.#append(fragment)
    }
  }

  /** What was gathered since it was last taken. */
  take(): Opaque | undefined {
    const extra = this.#extraContent
    const seal = sealOf({ reasoning_details: this.#details, ...(extra && { extra_content: extra }) })
    this.#details = []
    this.#extraContent = undefined
    return seal
  }

  #append(fragment: JsonObject): void {
    const last = this.#details.at(-1)
    if (
      !last ||
      fragment.index === undefined ||
      last.index !== fragment.index ||
      last.type !== fragment.type
    ) {
      this.#details.push({ ...fragment })
      return
    }
    for (const [name, value] of Object.entries(fragment)) {
      const begun = last[name]
      const joins = fragments.includes(name) && typeof begun === 'string' && typeof value === 'string'
      if (joins) last[name] = begun + value
      else if (value !== null) last[name] = value
    }
  }
}
