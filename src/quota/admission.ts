/**
 * Which key may serve a need now, or why none may and when one could; and what others may guess
 * from that. Pure, and given the time.
 */
import {
  type Block,
  circuitBlocks,
  type Held,
  longest,
  needBlocks,
  nothingHeld,
  type Offer,
  standingBlocks,
} from './refusals.ts'
import { usualKey } from './cache-affinity.ts'
import type { Explanation, KeyRefusal, Need, PoolHint } from './rpc.ts'
import { accountOf, type Configuration, type PoolKey, type PoolState } from './pool-state.ts'
import { type Entry, goesWith, type Lane, modelFor, type Roster, shortUntil } from './key-index.ts'
import { shareLeft } from './strategies.ts'
import { withoutStatements } from './forget-limits.ts'

/** A pool of a thousand keys need not name them all to say no. */
const mostListed = 20
const mostExplained = 200

/** What a pool knows, as a decision looks at it. */
export interface Pool {
  configuration: Configuration
  state: PoolState
  roster: Roster
}

export type Decision =
  | { type: 'lease'; key: PoolKey; model: string }
  | { type: 'refusal'; refusals: KeyRefusal[]; unlisted: number; retryAt?: number }

type HeldOf = (accountId: string) => Held
const heldByNobody: HeldOf = () => nothingHeld

/**
 * Chooses a key: of those that can serve, of the best priority, the one on which the conversation
 * was, else the one that the strategy ranks first.
 * @param heldOf what is kept of an account for those who wait and go before this need.
 */
export function decide(pool: Pool, need: Need, now: number, heldOf: HeldOf = heldByNobody): Decision {
  if (need.onlyKey !== undefined) return decideTrial(pool, need, need.onlyKey, now)
  const lane = pool.roster.laneFor(need, now)
  const entry = choose(pool, lane, need, now, heldOf)
  if (entry) return { type: 'lease', key: entry.key, model: entry.model }
  return refuse(pool, lane, need, now, heldOf)
}

/** Who would serve a need, and every reason against everyone else. */
export function explainNeed(pool: Pool, need: Need, now: number, heldOf: HeldOf): Explanation {
  const decision = decide(pool, need, now, heldOf)
  const chosen = decision.type === 'lease' ? decision.key.id : undefined
  const refusals = pool.configuration.keys
    .filter((key) => key.id !== chosen && goesWith(key, need.row))
    .slice(0, mostExplained)
    .flatMap((key) => {
      const blocks = blocksOf(pool, { key, model: modelFor(key, need) }, need, now, heldOf(key.account))
      const block = longest(blocks)
      return block
        ? [{ keyId: key.id, ...block, also: blocks.filter((b) => b !== block).map((b) => b.reason) }]
        : []
    })
  return {
    ...(chosen !== undefined && { keyId: chosen }),
    ...(decision.type === 'refusal' && decision.retryAt !== undefined && { retryAt: decision.retryAt }),
    refusals,
  }
}

/** What a decision lets others guess about the pool. */
export function hintOf({ state, roster }: Pool, need: Need, decision: Decision, now: number): PoolHint {
  if (decision.type === 'lease') {
    const account = accountOf(state, decision.key.account)
    const { latency } = account.keys[decision.key.id] ?? {}
    return { left: shareLeft(account.windows, now), ...(latency && { latencyMs: latency.ms }) }
  }
  const { ready, asleep } = roster.laneFor(need, now)
  const wakeAt = ready.length === 0 ? (asleep[0]?.wakeAt ?? Infinity) : Infinity
  return { left: 0, ...(wakeAt < Infinity && { restsUntil: wakeAt }) }
}

function choose(pool: Pool, lane: Lane, need: Need, now: number, heldOf: HeldOf): Entry | undefined {
  const isShut = (model: string): boolean =>
    circuitBlocks(pool.state.circuits.get(model), need.user, now).length > 0
  if (need.model !== undefined && isShut(need.model)) return undefined
  const fits = (entry: Entry): boolean => {
    if (need.model === undefined && isShut(entry.model)) return false
    return pool.roster.fits(entry, need, heldOf(entry.key.account), now)
  }
  const first = lane.ready.find(fits)
  if (!first || need.conversation === undefined) return first
  const usual = lane.entries.get(usualKey(pool.state, need.conversation, now) ?? '')
  const stays = usual && usual.wakeAt === 0 && usual.key.priority === first.key.priority && fits(usual)
  return stays ? usual : first
}

/** A person tests one key: only limits that a person entered keep it from being tried. */
function decideTrial(pool: Pool, need: Need, keyId: string, now: number): Decision {
  const key = pool.configuration.keys.find(({ id }) => id === keyId)
  if (!key) return { type: 'refusal', refusals: [], unlisted: 0 }
  const asked = pool.roster.offer({ key, model: modelFor(key, need) })
  // A limit that was learned is among what the test finds out about.
  const offer = { ...asked, account: withoutStatements(asked.account, now) }
  const block = longest(
    [...standingBlocks(offer, now), ...needBlocks(offer, need, nothingHeld, now)].filter(({ reason }) =>
      trialObeys.has(reason),
    ),
  )
  if (!block) return { type: 'lease', key, model: offer.model }
  return {
    type: 'refusal',
    refusals: [{ keyId, ...block }],
    unlisted: 0,
    ...(block.retryAt !== undefined && { retryAt: block.retryAt }),
  }
}

const trialObeys: ReadonlySet<Block['reason']> = new Set([
  'requests-used-up',
  'tokens-used-up',
  'money-used-up',
  'plan-used-up',
  'busy',
])

/**
 * Why nobody serves. When enough are listed, the others matter only for the soonest time: those
 * that are known to be too small until later are passed over, and those that sleep are looked at in
 * the order in which they may wake, until the next could not be sooner.
 */
function refuse(pool: Pool, lane: Lane, need: Need, now: number, heldOf: HeldOf): Decision {
  const listed: (KeyRefusal & { position: number })[] = []
  let soonest = Infinity
  for (const entry of [...lane.ready, ...lane.asleep]) {
    if (listed.length >= mostListed) {
      if (entry.wakeAt >= soonest) break
      if (shortUntil(entry, need) >= soonest) continue
    }
    const blocks = blocksOf(pool, entry, need, now, heldOf(entry.key.account))
    const block = longest(blocks)
    if (!block) continue
    soonest = Math.min(soonest, block.retryAt ?? Infinity)
    if (listed.length < mostListed) listed.push({ keyId: entry.key.id, ...block, position: entry.position })
  }
  const refusals = listed
    .toSorted((a, b) => a.position - b.position)
    .map(({ position: _position, ...refusal }): KeyRefusal => refusal)
  return {
    type: 'refusal',
    refusals,
    unlisted: lane.entries.size - refusals.length,
    ...(soonest < Infinity && { retryAt: soonest }),
  }
}

function blocksOf(
  pool: Pool,
  entry: Pick<Entry, 'key' | 'model'>,
  need: Need,
  now: number,
  held: Held,
): Block[] {
  const offer: Offer = pool.roster.offer(entry)
  const standing = [
    ...standingBlocks(offer, now),
    ...circuitBlocks(pool.state.circuits.get(entry.model), need.user, now),
  ]
  const particular = needBlocks(offer, need, held, now)
  // A key that was tried and now rests says until when: that is when the client may come back.
  const tried = standing.length > 0 || particular.some(({ reason }) => reason !== 'tried')
  return [...standing, ...particular.filter(({ reason }) => !tried || reason !== 'tried')]
}
