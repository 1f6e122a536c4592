/** Reads the form of a key, as the fields that differ from the stored key. Pure. */
import type { Key } from '../api.ts'
import { readReserve } from './shares.ts'
import { type Limit, type LimitEntry, limitEntriesOf, toLimits } from './limit-form.ts'

export interface KeyChange {
  name?: string | null
  note?: string | null
  priority?: number
  weight?: number
  maxConcurrent?: number | null
  defaultModel?: string | null
  allowedModels?: string[] | null
  account?: string | null
  limits?: Limit[] | null
  enabled?: boolean
  shared?: boolean
  reserve?: string | number | null
  free?: boolean
  apiKey?: string
}

/**
 * Returns the changed fields. An empty field clears its value.
 * @param form has fields for `shared` and `reserve` only where `mayShare`.
 */
export function readKeyChange(
  key: Key,
  form: FormData,
  { limits, mayShare }: { limits: readonly LimitEntry[]; mayShare: boolean },
): KeyChange {
  const textOf = (name: string): string => {
    const value = form.get(name)
    return typeof value === 'string' ? value.trim() : ''
  }
  const numberOf = (name: string): number | null => (textOf(name) === '' ? null : Number(textOf(name)))
  const allowed = textOf('allowedModels')
    .split(/[\n,]/)
    .map((model) => model.trim())
    .filter(Boolean)
  const account = form.has('account') ? textOf('account') || null : key.account
  const wanted = {
    name: textOf('name') || null,
    note: textOf('note') || null,
    priority: numberOf('priority') ?? key.priority,
    weight: numberOf('weight') ?? key.weight,
    maxConcurrent: numberOf('maxConcurrent'),
    defaultModel: textOf('defaultModel') || null,
    allowedModels: orNone(allowed),
    account,
    limits: orNone(toLimits(limits)),
    enabled: form.has('enabled'),
    free: form.has('free'),
    shared: mayShare ? form.has('shared') : key.shared,
    reserve: form.has('reserve') ? readReserve(textOf('reserve')) : key.reserve,
  }
  // Limits are compared as this form would write them.
  const present: Record<string, unknown> = { ...key, limits: orNone(toLimits(limitEntriesOf(key.limits))) }
  const changed = Object.entries(wanted).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(present[name]),
  )
  const apiKey = textOf('apiKey')
  // The entries are those of `wanted`, which has the fields of a change.
  return { ...(Object.fromEntries(changed) as KeyChange), ...(apiKey && { apiKey }) }
}

/** Null stands for an empty list: that is how the hub tells that there is none. */
function orNone<Item>(list: Item[]): Item[] | null {
  return list.length > 0 ? list : null
}
