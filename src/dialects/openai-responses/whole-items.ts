/** Items that come whole, and are told in two events. */
import type { JsonObject } from '../../chat/json.ts'
import type { Opaque } from '../../chat/request.ts'
import { itemId } from './ids.ts'
import type { Place, WireEvent } from './item-writer.ts'
import { sealCall } from './state.ts'

export function wholeItem(index: number, item: JsonObject): WireEvent[] {
  return [
    { type: 'response.output_item.added', output_index: index, item },
    { type: 'response.output_item.done', output_index: index, item },
  ]
}

/** The state of a tool call that another dialect made: a reasoning item before the call. */
export function callStateItem({ response, index }: Place, callId: string, opaque: Opaque): JsonObject {
  const id = itemId('rs', response, index)
  return { id, type: 'reasoning', summary: [], encrypted_content: sealCall(callId, opaque) }
}

export function imageItem({ response, index }: Place, format: string, data: string): JsonObject {
  const id = itemId('ig', response, index)
  return { id, type: 'image_generation_call', status: 'completed', output_format: format, result: data }
}
