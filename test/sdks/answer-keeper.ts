/**
 * The answers that vendors of the Responses API keep. A request that goes on from one by its id is
 * read as the whole conversation. https://platform.openai.com/docs/guides/conversation-state
 */
import type { Json, JsonObject } from '../../src/chat/json.ts'
import { listIn, objectIn, textIn } from '../../src/dialects/json-read.ts'
import { Refusal } from '../agents/strict/refusal.ts'

const keepers = ['openai', 'xai']

export class AnswerKeeper {
  /** Conversations by the ids of their last answers. */
  readonly #kept = new Map<string, Json[]>()
  /** Items of answers by their ids. */
  readonly #items = new Map<string, Json>()

  /**
   * @param vendor that is asked.
   * @returns a request without references to earlier answers and their items.
   * @throws {Refusal} where the vendor has no such answer.
   */
  expand(body: JsonObject, vendor: string): JsonObject {
    const keeps = keepers.includes(vendor)
    const { previous_response_id: reference, ...rest } = keeps ? this.#replaceItems(body) : body
    const id = textIn(reference)
    if (id === undefined) return rest
    const earlier = keeps ? this.#kept.get(id) : undefined
    if (!earlier)
      throw new Refusal(`Previous response with id '${id}' not found.`, {
        code: 'previous_response_not_found',
      })
    return { ...rest, input: [...earlier, ...itemsOf(rest)] }
  }

  /** Notes an answer, unless the client wants it forgotten. @param body without a reference. */
  keep(body: JsonObject, answer: JsonObject): void {
    if (body.store === false) return
    const items = listIn(answer.output)
    this.#kept.set(textIn(answer.id) ?? '', [...itemsOf(body), ...items])
    for (const item of items) this.#items.set(textIn(objectIn(item)?.id) ?? '', item)
  }

  #replaceItems(body: JsonObject): JsonObject {
    if (!Array.isArray(body.input)) return body
    const input = body.input.map((item) => {
      const { type, id } = objectIn(item) ?? {}
      return type === 'item_reference' ? (this.#items.get(textIn(id) ?? '') ?? item) : item
    })
    return { ...body, input }
  }
}

function itemsOf({ input }: JsonObject): Json[] {
  return typeof input === 'string' ? [{ role: 'user', content: input }] : listIn(input)
}
