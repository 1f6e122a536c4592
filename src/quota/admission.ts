/** Which key may serve a need now, or why none may and when one could; and what giving it the call changes. Pure, and given the time. */
import {
  amountFor,
  type Block,
  circuitBlocks,
  counts,
  type Held,
  longest,
  needBlocks,
  nothingHeld,
  type Offer,
  standingBlocks,
} from './blocks.ts'
import { isHalfOpen, type Rest, restWithProbe } from './cooldown.ts'
import { paceAfter } from './forecast.ts'
import type { Explanation, KeyRefusal, Need } from './lease.ts'
import {
  type Account,
  accountOf,
  type Configuration,
  type KeyUse,
  type OpenLease,
  type PoolKey,
  type PoolState,
} from './pool-state.ts'
import { type Entry, type Lane, type Roster, shortUntil } from './roster.ts'
import { charge, roomAt, windowName } from './windows.ts'
import type { Likely } from './write-ahead.ts'

/** After this a lease that nobody settled counts as used: no request lasts as long. */
export const leaseMs = 16 * 60_000

/** A pool of a thousand keys need not name them all to say no. */
const mostListed = 20
const mostExplained = 200
const mostLikely = 256
/** No more than this part of what is left of a window is counted ahead. */
const ahead = 128
/** How long a provider may hold a prompt in its cache after it was used last. */
const conversationMs = 10 * 60_000
const mostConversations = 64

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
 * Chooses a key: of those that can serve, of the best priority, the one on which the conversation was, else the one that the
 * strategy ranks first.
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
    .filter(({ id }) => id !== chosen)
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

/** What the next calls like this one will probably take, for counting ahead: first of the key that has just been chosen. */
export function likelyCalls(
  pool: Pool,
  chosen: { key: PoolKey; model: string },
  need: Need,
  now: number,
): [Likely, ...Likely[]] {
  const likely = ({ key, model }: { key: PoolKey; model: string }): Likely => {
    const counted = accountOf(pool.state, key.account).windows.filter((window) =>
      counts(window, model, key.id),
    )
    const amounts = counted.map((window) => ({ window, amount: amountFor(window, need) }))
    const spares = amounts.map(({ window, amount }) => roomAt(window, now) / ahead / Math.max(1, amount))
    return {
      account: key.account,
      charges: Object.fromEntries(amounts.map(({ window, amount }) => [windowName(window), amount])),
      spare: Math.floor(Math.min(...spares, Number.MAX_SAFE_INTEGER)),
    }
  }
  // Who spreads the work will have used these when they are asked again; who does not stays with the first.
  const next = pool.roster.spreads ? pool.roster.laneFor(need, now).ready.slice(0, mostLikely) : []
  return [likely(chosen), ...next.filter(({ key }) => key.account !== chosen.key.account).map(likely)]
}

/** The model that a key would be asked for. */
function modelFor(key: PoolKey, need: Pick<Need, 'model' | 'defaultModel'>): string {
  return need.model ?? key.defaultModel ?? need.defaultModel
}

/** Takes what a call may need from its account's windows, and remembers window by window what was taken. */
export function reserve(
  state: PoolState,
  { key, model }: { key: PoolKey; model: string },
  need: Need,
  leaseId: string,
  now: number,
): { lease: OpenLease; account: Account; circuit: Rest | undefined; pass: number } {
  const account = accountOf(state, key.account)
  const charges: Record<string, number> = {}
  const windows = account.windows.map((window) => {
    if (!counts(window, model, key.id)) return window
    const amount = amountFor(window, need)
    charges[windowName(window)] = amount
    return charge(window, amount, now)
  })
  const circuit = state.circuits.get(model)
  const modelRest = account.modelRests[model]
  const probe = [account.rest, modelRest, circuit].some((rest) => isHalfOpen(rest, now))
  const { inputTokens, outputTokens } = need.estimate
  // Who comes late to the work does not make up for what others did before.
  const pass = Math.max(account.keys[key.id]?.pass ?? 0, state.pass)
  const use: KeyUse = {
    ...account.keys[key.id],
    turn: state.turn + 1,
    pass: pass + 1 / key.weight,
    lastUsedAt: now,
  }
  return {
    lease: {
      id: leaseId,
      keyId: key.id,
      account: key.account,
      mark: key.mark,
      model,
      admittedAt: now,
      deadlineAt: now + leaseMs,
      estimate: need.estimate,
      charges,
      ...(probe && { probe }),
    },
    account: {
      ...account,
      windows,
      keys: { ...account.keys, [key.id]: use },
      pace: paceAfter(account.pace, 1, inputTokens + outputTokens, now),
      ...(account.rest && { rest: restWithProbe(account.rest, leaseId, now) }),
      ...(modelRest && {
        modelRests: { ...account.modelRests, [model]: restWithProbe(modelRest, leaseId, now) },
      }),
      ...(need.conversation !== undefined && {
        conversations: withConversation(account.conversations, need.conversation, key.id, now),
      }),
    },
    circuit: circuit && restWithProbe(circuit, leaseId, now),
    pass,
  }
}

function choose(pool: Pool, lane: Lane, need: Need, now: number, heldOf: HeldOf): Entry | undefined {
  if (need.model !== undefined && circuitBlocks(pool.state.circuits.get(need.model), now).length > 0)
    return undefined
  const fits = (entry: Entry): boolean => {
    if (need.model === undefined && circuitBlocks(pool.state.circuits.get(entry.model), now).length > 0)
      return false
    return pool.roster.fits(entry, need, heldOf(entry.key.account), now)
  }
  const first = lane.ready.find(fits)
  if (!first || need.conversation === undefined) return first
  const usual = lane.entries.get(usualKey(pool.state, need.conversation, now) ?? '')
  const stays = usual && usual.wakeAt === 0 && usual.key.priority === first.key.priority && fits(usual)
  return stays ? usual : first
}

/** A person tests one key: what keeps it from others does not count, what the provider allows in a time does. */
function decideTrial(pool: Pool, need: Need, keyId: string, now: number): Decision {
  const key = pool.configuration.keys.find(({ id }) => id === keyId)
  if (!key) return { type: 'refusal', refusals: [], unlisted: 0 }
  const offer = pool.roster.offer({ key, model: modelFor(key, need) })
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

const trialObeys: ReadonlySet<Block['reason']> = new Set(['requests-used-up', 'tokens-used-up', 'busy'])

/**
 * Why nobody serves. When enough are listed, the others matter only for the soonest time: those that are known to be too small
 * until later are passed over, and those that sleep are looked at in the order in which they may wake, until the next could
 * not be sooner.
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
    ...circuitBlocks(pool.state.circuits.get(entry.model), now),
  ]
  const particular = needBlocks(offer, need, held, now)
  // A key that was tried and now rests says until when: that is when the client may come back.
  const tried = standing.length > 0 || particular.some(({ reason }) => reason !== 'tried')
  return [...standing, ...particular.filter(({ reason }) => !tried || reason !== 'tried')]
}

/** The key that a conversation was on last, as long as that may help. */
function usualKey(state: PoolState, conversation: string, now: number): string | undefined {
  const account = state.conversations.get(conversation)
  const last = account === undefined ? undefined : accountOf(state, account).conversations?.[conversation]
  return last && now - last.at < conversationMs ? last.key : undefined
}

function withConversation(
  known: Account['conversations'],
  conversation: string,
  key: string,
  now: number,
): NonNullable<Account['conversations']> {
  const { [conversation]: _before, ...others } = known ?? {}
  const recent = Object.entries(others).filter(([, { at }]) => now - at < conversationMs)
  return Object.fromEntries([...recent.slice(-(mostConversations - 1)), [conversation, { key, at: now }]])
}
