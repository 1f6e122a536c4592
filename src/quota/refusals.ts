/**
 * What speaks against a key. Two kinds: what stands whatever is asked of it for some model (it
 * rests, its requests are used up), by which the roster sorts keys out in advance, and what depends
 * on the need at hand (its size, its wishes). Pure.
 */
import { matchesAny, matchesModel } from '../chat/model.ts'
import { periodNames, type Unit } from '../domain/limits.ts'
import { binds, isHalfOpen, probedUntil, type Rest } from './cooldown.ts'
import type { KeyRefusal, Need } from './rpc.ts'
import { type Account, type PoolKey, quarantineOf } from './pool-state.ts'
import { certainAmount, estimatedAmount, leastAmount, writeAmount, writePart } from './amounts.ts'
import { aheadOf, type Asker, callsFor, mostFor, type Offered, type Portion, portionsOf } from './shares.ts'
import { claimEnd, freeAt, limitOf, usedAt, type Window } from './windows.ts'

/**
 * What speaks against a key. Without `retryAt` it lasts; `unit` is that of a limit which is too
 * small.
 */
export type Block = Omit<KeyRefusal, 'keyId'> & { unit?: Unit }

/**
 * What those who wait will take first of an account, by the name of the window, and how many they
 * are.
 */
export interface Held {
  calls: number
  charges: Readonly<Record<string, number>>
  /** The same of each person who waits, by the user's id. */
  people: Readonly<Record<string, Omit<Held, 'people'>>>
}

/** One key, and the model it would be asked for. */
export interface Offer {
  key: PoolKey
  account: Account
  model: string
  /** Calls of this key that are under way. */
  running: number
  /** When a slot is free at the latest, where no Worker that holds one is known to live. */
  slotFreeAt?: (now: number) => number | undefined
  /** The same of each person, by the user's id, where the key serves everyone. */
  runningOf?: (user: string) => number
}

export const nothingHeld: Held = { calls: 0, charges: {}, people: {} }

/**
 * A running call may end, and a probe be answered, at any moment; this is how soon it is worth
 * asking again.
 */
const eventRetryMs = 1_000

/** What speaks against a key for any need of this model. */
export function standingBlocks(offer: Offer, now: number): Block[] {
  const { key, account, model, running } = offer
  const blocks: Block[] = []
  if (!key.enabled) blocks.push({ reason: 'disabled' })
  if (model === '') {
    blocks.push({
      reason: 'model-not-allowed',
      detail: 'the request names no model, and the key has no default',
    })
  } else if (key.allowedModels?.length && !matchesAny(model, key.allowedModels)) {
    blocks.push({ reason: 'model-not-allowed', detail: `${model} is not among the models of this key` })
  }
  const quarantine = quarantineOf(account, key)
  if (quarantine) blocks.push({ reason: 'quarantined', ...describe(quarantine) })
  blocks.push(...restBlocks('account-rests', account.rest, now))
  const modelRest = account.modelRests[model]
  if (modelRest?.user === undefined) blocks.push(...restBlocks('model-rests', modelRest, now))
  if (key.maxConcurrent !== null && running >= key.maxConcurrent) blocks.push(busy(offer, running, now))
  for (const window of account.windows) {
    if (limitOf(window) !== undefined && counts(window, model, key.id)) {
      const least = leastAmount(window.unit)
      if (least > 0) blocks.push(...windowBlocks(window, least, 0, now))
    }
  }
  return blocks
}

/** What speaks against a key, that nothing else does, for this need. */
export function needBlocks(offer: Offer, need: Need, held: Held, now: number): Block[] {
  const { key, account, model } = offer
  const blocks: Block[] = []
  if (need.onlyKey !== undefined && need.onlyKey !== key.id) blocks.push({ reason: 'tried' })
  if (need.allowedPriorities && !need.allowedPriorities.includes(key.priority)) {
    blocks.push({ reason: 'priority-not-allowed', detail: `its priority is ${key.priority}` })
  }
  for (const window of account.windows) {
    if (limitOf(window) === undefined || !counts(window, model, key.id)) continue
    if (window.unit === 'money' && need.estimate.money === undefined) blocks.push(unpriced(model))
    const amount = neededOf(window, offer, need)
    if (amount === 0) continue
    blocks.push(...portionBlocks(window, offer, need, held, now))
    const ahead = aheadOf(window, offer, need, held, now)
    if (window.unit === 'requests' && ahead === 0) continue
    blocks.push(...tooLarge(window, need, now), ...windowBlocks(window, amount, ahead, now))
  }
  blocks.push(...callBlocks(offer, need, now), ...ownRestBlocks(offer, need, now))
  if (held.calls > 0) blocks.push(...heldBlocks(offer, need, held, now))
  if (isTried(need, key.id, model)) blocks.push({ reason: 'tried' })
  return blocks
}

/** Whether a request has tried a key at this model already. */
export function isTried(
  { excludedKeys, failedAt = [] }: Pick<Need, 'excludedKeys' | 'failedAt'>,
  keyId: string,
  model: string,
): boolean {
  return excludedKeys.includes(keyId) || failedAt.some((at) => at.keyId === keyId && at.model === model)
}

/**
 * The rest of a model that one caller alone has brought about, and that binds that caller alone.
 */
export function ownRestBlocks({ account, model }: Offer, { user }: Asker, now: number): Block[] {
  const rest = account.modelRests[model]
  return rest?.user === user ? restBlocks('model-rests', rest, now) : []
}

/** What a person may not pass of a shared account, although its windows have room. */
export function portionBlocks(window: Window, offer: Offered, need: Need, held: Held, now: number): Block[] {
  const amount = neededOf(window, offer, need)
  if (amount === 0) return []
  return portionsOf(window, offer, need, held, now).flatMap((portion) => {
    const free = portion.freeAt(amount)
    if (certainAmount(window.unit, need.estimate) > portion.limit) {
      return [largerThan(need, Math.max(0, portion.limit), window)]
    }
    return free !== undefined && free <= now ? [] : [portionBlock(window, portion, free)]
  })
}

function portionBlock(window: Window, portion: Portion, free: number | undefined): Block {
  const { reason, used, limit } = portion
  const part = writePart(window, used, limit)
  const detail =
    reason === 'share-used-up'
      ? `${part} of one user’s share are used`
      : `${part} shared by its owner are used`
  return { reason, detail, ...(free !== undefined && { retryAt: free }) }
}

/** What rests for a caller, whatever key is used: the circuit of the provider and model. */
export function circuitBlocks(circuit: Rest | undefined, user: string, now: number): Block[] {
  if (circuit && !binds(circuit, user)) return []
  return restBlocks('provider-rests', circuit, now, 'provider-rests')
}

/**
 * What is used up of a key whatever model it is asked for: of several windows the one that is full
 * longest.
 */
export function usedUpBlock({ id }: PoolKey, account: Account, now: number): Block | undefined {
  return longest(
    account.windows
      .filter(
        (window) =>
          limitOf(window) !== undefined &&
          window.model === undefined &&
          (window.key === undefined || window.key === id),
      )
      // Text is served although no audio is left.
      .filter(({ unit }) => unit !== 'audio-seconds')
      .flatMap((window) => windowBlocks(window, 1, 0, now)),
  )
}

/** Whether a window counts calls of a model with a key. */
export function counts(window: Window, model: string, keyId: string): boolean {
  return (
    (window.key === undefined || window.key === keyId) &&
    (window.model === undefined || matchesModel(window.model, model))
  )
}

/**
 * The amount that a call reserves of a window. An estimate larger than a person may ever use is cut
 * to that, so that any input that fits can be admitted to an empty window.
 */
export function amountOf(window: Window, offer: Offered, need: Asker & Pick<Need, 'estimate'>): number {
  const { unit } = window
  const amount = estimatedAmount(unit, need.estimate)
  // Of money no more is spent than is left: an estimate above the whole limit is refused.
  return unit === 'money' ? amount : Math.min(amount, mostFor(window, offer, need))
}

/**
 * The amount that must be left of a window for a call: of a plan some, whose use its provider
 * counts.
 */
export function neededOf(window: Window, offer: Offered, need: Asker & Pick<Need, 'estimate'>): number {
  return window.unit === 'percent' ? leastAmount('percent') : amountOf(window, offer, need)
}

/** A limit of money binds no call of which nobody knows the price. */
function unpriced(model: string): Block {
  return { reason: 'price-unknown', detail: `the price of ${model} is not known, and its money is limited` }
}

/** Of several reasons the one that holds longest; of equals the first. */
export function longest(blocks: readonly Block[]): Block | undefined {
  return blocks.reduce<Block | undefined>(
    (longer, block) =>
      longer && (block.retryAt ?? Infinity) <= (longer.retryAt ?? Infinity) ? longer : block,
    undefined,
  )
}

function restBlocks(
  reason: Block['reason'],
  rest: Rest | undefined,
  now: number,
  probing: Block['reason'] = 'probing',
): Block[] {
  if (!rest) return []
  if (rest.until > now) return [{ reason, retryAt: rest.until, ...describe(rest) }]
  const answerBy = probedUntil(rest, now)
  if (answerBy === undefined) return []
  return [{ reason: probing, retryAt: Math.min(answerBy, now + eventRetryMs), ...describe(rest) }]
}

/** What a person may not pass of the calls at a time with a key that serves everyone. */
export function callBlocks(offer: Offer, asker: Asker, now: number): Block[] {
  const { key, running, runningOf = () => 0 } = offer
  if (key.maxConcurrent === null || !key.shared) return []
  const { share, reserved } = callsFor(key.maxConcurrent, key.shared, asker)
  const retryAt = slotAt(offer, now)
  const blocks: Block[] = []
  const own = runningOf(asker.user)
  if (own >= share) {
    blocks.push({ reason: 'share-used-up', retryAt, detail: `${own} calls of one user are running` })
  }
  const { owner = '' } = key.shared
  const others = running - runningOf(owner)
  if (owner !== asker.user && reserved > 0 && others >= key.maxConcurrent - reserved) {
    blocks.push({ reason: 'reserved-for-owner', retryAt, detail: `${others} calls of others are running` })
  }
  return blocks
}

/**
 * Those who wait go first: they will be running, and the first of them is the probe of what is
 * half-open.
 */
function heldBlocks(offer: Offer, asker: Asker, held: Held, now: number): Block[] {
  const { key, account, model, running } = offer
  const blocks: Block[] = []
  if (isHalfOpen(account.rest, now) || isHalfOpen(account.modelRests[model], now)) {
    blocks.push({ reason: 'probing', retryAt: now + eventRetryMs })
  }
  if (key.maxConcurrent === null) return blocks
  const taken = running + callsAhead(offer, key.maxConcurrent, asker, held)
  if (taken >= key.maxConcurrent) blocks.push(busy(offer, taken, now))
  return blocks
}

/**
 * The calls that go before a person. Of what others wait for, the owner lets pass only what fits
 * beside the reserve.
 */
function callsAhead({ key, running, runningOf }: Offer, most: number, asker: Asker, held: Held): number {
  if (!key.shared?.reserve || key.shared.owner !== asker.user || !runningOf) return held.calls
  const { reserved } = callsFor(most, key.shared, asker)
  if (reserved === 0) return held.calls
  const own = held.people[asker.user]?.calls ?? 0
  const others = running - runningOf(asker.user)
  return own + Math.min(held.calls - own, Math.max(0, most - reserved - others))
}

function busy(offer: Offer, running: number, now: number): Block {
  return { reason: 'busy', retryAt: slotAt(offer, now), detail: `${running} calls are running` }
}

/** When it is worth asking for a slot again. */
function slotAt({ slotFreeAt }: Offer, now: number): number {
  return slotFreeAt?.(now) ?? now + eventRetryMs
}

function tooLarge(window: Window, need: Need, now: number): Block[] {
  const limit = limitOf(window) ?? Infinity
  const amount = certainAmount(window.unit, need.estimate)
  if (amount <= limit) return []
  // A limit that came with an answer is a claim: after minutes one request finds out whether it
  // holds.
  const retryAt = amount <= (window.limit ?? Infinity) ? claimEnd(window) : undefined
  if (retryAt !== undefined && retryAt <= now) return []
  return [{ ...largerThan(need, limit, window), ...(retryAt !== undefined && { retryAt }) }]
}

function largerThan({ estimate }: Need, limit: number, { unit, per }: Window): Block {
  const amount = certainAmount(unit, estimate)
  const size = writeAmount(unit === 'tokens' ? 'input-tokens' : unit, amount)
  const most = unit === 'money' ? writeAmount(unit, limit) : limit
  return { reason: 'larger-than-window', unit, detail: `about ${size}, of ${most} per ${periodNames[per]}` }
}

/** What is used up where a window of a unit is full. */
const usedUp = {
  requests: 'requests-used-up',
  tokens: 'tokens-used-up',
  'input-tokens': 'tokens-used-up',
  'output-tokens': 'tokens-used-up',
  'audio-seconds': 'audio-used-up',
  money: 'money-used-up',
  percent: 'plan-used-up',
} as const satisfies Record<Unit, Block['reason']>

function windowBlocks(window: Window, amount: number, ahead: number, now: number): Block[] {
  const free = freeAt(window, amount, now, ahead)
  if (free !== undefined && free <= now) return []
  const { unit } = window
  const fitsAlone = ahead > 0 && (freeAt(window, amount, now) ?? Infinity) <= now
  const block: Block = {
    reason: fitsAlone ? 'reserved' : usedUp[unit],
    unit,
    detail: `${writePart(window, usedAt(window, now), limitOf(window) ?? Infinity)} are used`,
  }
  return [free === undefined ? block : { ...block, retryAt: free }]
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
