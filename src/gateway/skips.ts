/**
 * Candidates and keys that a request passed over without a call, as the log keeps them: bounded,
 * and one entry for all keys of a candidate that share a reason. Pure.
 */
import { mostSkips } from '../observe/bounded-record.ts'
import type { Skip } from '../observe/record.ts'
import { withoutKey } from '../providers/typed-key.ts'
import type { KeyRefusal } from '../quota/rpc.ts'
import { type LeftOut, noKey } from './plan.ts'
import type { Refusal } from './explain-failure.ts'

/** What a search found out about those that did not serve. */
export interface PassedOver {
  leftOut: readonly LeftOut[]
  refusals: Iterable<Refusal>
  /**
   * Whether candidates without a key are left out too. A default route names every provider: that
   * most of them have no key explains a failure only where nothing else does.
   */
  omitsKeyless: boolean
}

/** Lists who was passed over, in the order in which that was found out. */
export function listSkips({ leftOut, refusals, omitsKeyless }: PassedOver): Skip[] {
  const planned = leftOut
    .filter(({ reason }) => !(omitsKeyless && reason === noKey))
    .map(({ provider, model, reason, after = 0 }): Skip => ({
      provider,
      model: model === null ? null : withoutKey(model),
      reason,
      ...(after > 0 && { after }),
    }))
  return [...planned, ...[...refusals].flatMap(skipsOfPool)]
    .toSorted((a, b) => (a.after ?? 0) - (b.after ?? 0))
    .slice(0, mostSkips)
}

/** The keys of one pool by their reasons. Those that were tried are in the trail. */
function skipsOfPool({ candidate, refusals, unlisted, after = 0 }: Refusal): Skip[] {
  const about = {
    provider: candidate.providerId,
    model: candidate.model === undefined ? null : withoutKey(candidate.model),
    ...(after > 0 && { after }),
  }
  if (refusals.length === 0) return [{ ...about, reason: 'no-enabled-key' }]
  const groups = [...Map.groupBy(refusals, ({ reason }) => reason)].filter(([reason]) => reason !== 'tried')
  const skips = groups.map(([reason, keys]): Skip => ({ ...about, reason, ...sumOf(keys) }))
  return unlisted > 0 ? [...skips, { ...about, reason: 'unlisted', keys: unlisted }] : skips
}

function sumOf(keys: readonly KeyRefusal[]): Pick<Skip, 'keys' | 'keyId' | 'verdict' | 'retryAt'> {
  const [first] = keys
  const times = keys.flatMap(({ retryAt }) => retryAt ?? [])
  const verdict = keys.every((key) => key.verdict === first?.verdict) ? first?.verdict : undefined
  return {
    keys: keys.length,
    ...(keys.length === 1 && first && { keyId: first.keyId }),
    ...(verdict !== undefined && { verdict }),
    ...(times.length > 0 && { retryAt: Math.min(...times) }),
  }
}
