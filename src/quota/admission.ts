/** Which key may serve a need now, or why none may and when one could. Pure, and given the time. */
import type { Rest } from './cooldown.ts'
import type { KeyRefusal, Need } from './lease.ts'
import {
  type Account,
  accountOf,
  type Configuration,
  matchesModel,
  type OpenLease,
  type PoolKey,
  type PoolState,
  quarantineOf,
} from './pool-state.ts'
import { type Contender, strategyNamed } from './strategies.ts'
import { charge, freeAt, usedAt, type Window, windowName } from './windows.ts'

/** After this a lease that nobody settled counts as used: no request lasts as long. */
export const leaseMs = 16 * 60_000

/** Nobody knows when a running call ends; this is how soon it is worth asking again. */
const busyRetryMs = 1_000

export type Decision =
  | { type: 'lease'; key: PoolKey; model: string }
  | { type: 'refusal'; refusals: KeyRefusal[]; retryAt?: number }

/** What speaks against a key. Without `retryAt` it lasts. */
type Block = Omit<KeyRefusal, 'keyId'>

/** Chooses a key: of those that can serve, of the best priority, the one that the strategy names. */
export function decide(configuration: Configuration, state: PoolState, need: Need, now: number): Decision {
  const running = runningByKey(state, now)
  const refusals: KeyRefusal[] = []
  const contenders: Contender[] = []
  for (const key of configuration.keys) {
    const account = accountOf(state, key.account)
    const blocks = blocksOf(key, account, need, now)
    blocks.push(
      ...circuitBlocks(state, modelFor(key, need), now),
      ...busyBlocks(key, running.get(key.id) ?? 0, now),
    )
    // A key that was tried and now rests says until when: that is when the client may come back.
    if (blocks.length === 0 && need.excludedKeys.includes(key.id)) blocks.push({ reason: 'tried' })
    const [first, ...others] = blocks
    if (first) refusals.push({ keyId: key.id, ...longest(first, others) })
    else contenders.push({ key, lastTurn: account.keys[key.id]?.turn ?? 0 })
  }
  const [first, ...others] = bestTier(contenders)
  if (!first) return refuse(refusals)
  const { key } = strategyNamed(configuration.strategy)([first, ...others])
  return { type: 'lease', key, model: modelFor(key, need) }
}

/** Takes what a call may need from its account's windows, and remembers window by window what was taken. */
export function reserve(
  state: PoolState,
  { key, model }: { key: PoolKey; model: string },
  need: Need,
  leaseId: string,
  now: number,
): { lease: OpenLease; account: Account } {
  const account = accountOf(state, key.account)
  const charges: Record<string, number> = {}
  const windows = account.windows.map((window) => {
    if (!counts(window, model)) return window
    const amount = amountFor(window, need)
    charges[windowName(window)] = amount
    return charge(window, amount, now)
  })
  const use = { ...account.keys[key.id], turn: state.turn + 1, lastUsedAt: now }
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
    },
    account: { ...account, windows, keys: { ...account.keys, [key.id]: use } },
  }
}

function modelFor(key: PoolKey, need: Need): string {
  return need.model ?? key.defaultModel ?? need.defaultModel
}

function blocksOf(key: PoolKey, account: Account, need: Need, now: number): Block[] {
  const model = modelFor(key, need)
  const blocks: Block[] = []
  if (!key.enabled) blocks.push({ reason: 'disabled' })
  if (key.allowedModels?.length && !key.allowedModels.some((pattern) => matchesModel(pattern, model))) {
    blocks.push({ reason: 'model-not-allowed', detail: `${model} is not among the models of this key` })
  }
  if (need.allowedPriorities && !need.allowedPriorities.includes(key.priority)) {
    blocks.push({ reason: 'priority-not-allowed', detail: `its priority is ${key.priority}` })
  }
  const quarantine = quarantineOf(account, key)
  if (quarantine) blocks.push({ reason: 'quarantined', ...describe(quarantine) })
  blocks.push(...restBlocks('account-rests', account.rest, now))
  blocks.push(...restBlocks('model-rests', account.modelRests[model], now))
  for (const window of account.windows) {
    if (counts(window, model)) blocks.push(...windowBlocks(window, need, now))
  }
  return blocks
}

function circuitBlocks(state: PoolState, model: string, now: number): Block[] {
  return restBlocks('provider-rests', state.circuits.get(model), now)
}

function restBlocks(reason: Block['reason'], rest: Rest | undefined, now: number): Block[] {
  return rest && rest.until > now ? [{ reason, retryAt: rest.until, ...describe(rest) }] : []
}

function busyBlocks(key: PoolKey, running: number, now: number): Block[] {
  if (key.maxConcurrent === null || running < key.maxConcurrent) return []
  return [{ reason: 'busy', retryAt: now + busyRetryMs, detail: `${running} calls are running` }]
}

function windowBlocks(window: Window, need: Need, now: number): Block[] {
  const { unit, per, limit } = window
  if (limit === undefined) return []
  if (unit === 'tokens' && need.estimate.inputTokens > limit) {
    const detail = `about ${need.estimate.inputTokens} input tokens, of ${limit} per ${per}`
    return [{ reason: 'larger-than-window', detail }]
  }
  const free = freeAt(window, amountFor(window, need), now)
  if (free !== undefined && free <= now) return []
  const reason = unit === 'requests' ? 'requests-used-up' : 'tokens-used-up'
  const block: Block = {
    reason,
    detail: `${Math.ceil(usedAt(window, now))} of ${limit} ${unit} per ${per} are taken`,
  }
  return [free === undefined ? block : { ...block, retryAt: free }]
}

/** An estimate larger than the window is cut to it, so that whatever input fits can be admitted to an empty window. */
function amountFor(window: Window, { estimate }: Need): number {
  if (window.unit === 'requests') return 1
  return Math.min(estimate.inputTokens + estimate.outputTokens, window.limit ?? Infinity)
}

function counts(window: Window, model: string): boolean {
  return window.model === undefined || matchesModel(window.model, model)
}

function runningByKey(state: PoolState, now: number): Map<string, number> {
  const running = new Map<string, number>()
  for (const lease of state.leases.values()) {
    if (lease.deadlineAt > now) running.set(lease.keyId, (running.get(lease.keyId) ?? 0) + 1)
  }
  return running
}

/** Of several reasons the one that holds longest. */
function longest(first: Block, others: Block[]): Block {
  return others.reduce(
    (longer, block) => ((block.retryAt ?? Infinity) > (longer.retryAt ?? Infinity) ? block : longer),
    first,
  )
}

function bestTier(contenders: Contender[]): Contender[] {
  const best = Math.min(...contenders.map(({ key }) => key.priority))
  return contenders.filter(({ key }) => key.priority === best)
}

function refuse(refusals: KeyRefusal[]): Decision {
  const times = refusals.flatMap(({ retryAt }) => retryAt ?? [])
  return times.length > 0
    ? { type: 'refusal', refusals, retryAt: Math.min(...times) }
    : { type: 'refusal', refusals }
}

function describe({
  verdict,
  message,
}: {
  verdict: string
  message: string
}): Pick<Block, 'verdict' | 'detail'> {
  return message ? { verdict, detail: message } : { verdict }
}
