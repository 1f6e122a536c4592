/**
 * The history of a client of this dialect without what the hub put into it, for a provider that
 * would not know it: reasoning of other dialects, which goes, and the ids of items that the hub
 * made, which are left out. All else stays as it came, and the order with it, so that reasoning of
 * the provider's own stays directly before what it led to.
 */
import type { Json } from '../../chat/json.ts'
import { isWrapped } from '../opaque-state.ts'
import { objectIn, textIn } from '../json-read.ts'
import { isHubId } from './ids.ts'

export function withoutMarks(input: Json): Json {
  return Array.isArray(input) ? input.flatMap(withoutMark) : input
}

function withoutMark(value: Json): Json[] {
  const item = objectIn(value)
  if (!item) return [value]
  const isOurs = isHubId(textIn(item.id) ?? '')
  const isForeign = item.type === 'reasoning' && isWrapped(textIn(item.encrypted_content) ?? '')
  // Reasoning and images of ours are nothing without their id, or with it.
  if (isForeign || (isOurs && (item.type === 'reasoning' || item.type === 'image_generation_call'))) return []
  if (!isOurs || item.type === 'item_reference') return [item]
  const { id: _id, ...bare } = item
  return [bare]
}
