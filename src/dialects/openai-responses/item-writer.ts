/**
 * What the writers of items have in common. Each item is written while it comes: what the client is
 * told at every step, and the item as it is when it is done. Clients such as Codex rely on all of
 * these events, and on their order.
 * https://platform.openai.com/docs/api-reference/responses-streaming
 */
import type { JsonObject } from '../../chat/json.ts'
import { itemId, type Prefix } from './ids.ts'

/** Where an item stands: the id of its answer, and its place there. */
export interface Place {
  response: string
  index: number
}

/** Every event has a type, beside which stands what it says. */
export type WireEvent = JsonObject & { type: string }

export abstract class ItemWriter {
  protected readonly index: number
  protected id: string

  constructor(prefix: Prefix, { response, index }: Place) {
    this.index = index
    this.id = itemId(prefix, response, index)
  }

  /** Says the last of the item. `isCut` where it is not whole. */
  abstract close(isCut: boolean): WireEvent[]

  protected event(type: string, fields: JsonObject): WireEvent {
    return { type: `response.${type}`, item_id: this.id, output_index: this.index, ...fields }
  }

  protected begun(item: JsonObject): WireEvent {
    return { type: 'response.output_item.added', output_index: this.index, item }
  }

  protected done(item: JsonObject): WireEvent {
    return { type: 'response.output_item.done', output_index: this.index, item }
  }
}
