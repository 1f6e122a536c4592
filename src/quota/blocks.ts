/**
 * What speaks against a key. Two kinds: what stands whatever is asked of it for some model (it rests, its requests are used up),
 * by which the roster sorts keys out in advance, and what depends on the need at hand (its size, its wishes). Pure.
 */
import { matchesAny, matchesModel } from '../chat/model.ts'
import { isHalfOpen, probedUntil, type Rest } from './cooldown.ts'
import type { KeyRefusal, Need } from './lease.ts'
import { type Account, type PoolKey, quarantineOf } from './pool-state.ts'
import { freeAt, limitOf, usedAt, type Window, windowName } from './windows.ts'

/** What speaks against a key. Without `retryAt` it lasts. */
export type Block = Omit<KeyRefusal, 'keyId'>

/** What those who wait will take first of an account, by the name of the window, and how many they are. */
export interface Held {
  calls: number
  charges: Readonly<Record<string, number>>
}

/** One key, and the model it would be asked for. */
export interface Offer {
  key: PoolKey
  account: Account
  model: string
  /** Calls of this key that are under way. */
  running: number
}

export const nothingHeld: Held = { calls: 0, charges: {} }

/** Nobody knows when a running call ends or a probe is answered; this is how soon it is worth asking again. */
const eventRetryMs = 1_000

/** What speaks against a key for any need of this model. */
export function standingBlocks({ key, account, model, running }: Offer, now: number): Block[] {
  const blocks: Block[] = []
  if (!key.enabled) blocks.push({ reason: 'disabled' })
  if (key.allowedModels?.length && !matchesAny(model, key.allowedModels)) {
    blocks.push({ reason: 'model-not-allowed', detail: `${model} is not among the models of this key` })
  }
  const quarantine = quarantineOf(account, key)
  if (quarantine) blocks.push({ reason: 'quarantined', ...describe(quarantine) })
  blocks.push(...restBlocks('account-rests', account.rest, now))
  blocks.push(...restBlocks('model-rests', account.modelRests[model], now))
  if (key.maxConcurrent !== null && running >= key.maxConcurrent) blocks.push(busy(running, now))
  for (const window of account.windows) {
    if (limitOf(window) !== undefined && counts(window, model, key.id)) {
      blocks.push(...windowBlocks(window, 1, 0, now))
    }
  }
  return blocks
}

/** What speaks against a key, that nothing else does, for this need. */
export function needBlocks(
  { key, account, model, running }: Offer,
  need: Need,
  held: Held,
  now: number,
): Block[] {
  const blocks: Block[] = []
  if (need.onlyKey !== undefined && need.onlyKey !== key.id) blocks.push({ reason: 'tried' })
  if (need.allowedPriorities && !need.allowedPriorities.includes(key.priority)) {
    blocks.push({ reason: 'priority-not-allowed', detail: `its priority is ${key.priority}` })
  }
  for (const window of account.windows) {
    if (limitOf(window) === undefined || !counts(window, model, key.id)) continue
    const ahead = held.charges[windowName(window)] ?? 0
    if (window.unit === 'requests' && ahead === 0) continue
    blocks.push(...tooLarge(window, need), ...windowBlocks(window, amountFor(window, need), ahead, now))
  }
  if (held.calls > 0) blocks.push(...heldBlocks(key, account, model, running, held, now))
  if (need.excludedKeys.includes(key.id)) blocks.push({ reason: 'tried' })
  return blocks
}

/** What rests, whatever key is used: the circuit of the provider and model. */
export function circuitBlocks(circuit: Rest | undefined, now: number): Block[] {
  return restBlocks('provider-rests', circuit, now, 'provider-rests')
}

/** What is used up of a key whatever model it is asked for: of several windows the one that is full longest. */
export function usedUpBlock({ id }: PoolKey, account: Account, now: number): Block | undefined {
  return longest(
    account.windows
      .filter(
        (window) =>
          limitOf(window) !== undefined &&
          window.model === undefined &&
          (window.key === undefined || window.key === id),
      )
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

/** An estimate larger than the window is cut to it, so that whatever input fits can be admitted to an empty window. */
export function amountFor(window: Window, { estimate }: Pick<Need, 'estimate'>): number {
  if (window.unit === 'requests') return 1
  return Math.min(estimate.inputTokens + estimate.outputTokens, limitOf(window) ?? Infinity)
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

/** Those who wait go first: they will be running, and the first of them is the probe of what is half-open. */
function heldBlocks(
  key: PoolKey,
  account: Account,
  model: string,
  running: number,
  { calls }: Held,
  now: number,
): Block[] {
  const blocks: Block[] = []
  if (isHalfOpen(account.rest, now) || isHalfOpen(account.modelRests[model], now)) {
    blocks.push({ reason: 'probing', retryAt: now + eventRetryMs })
  }
  if (key.maxConcurrent !== null && running + calls >= key.maxConcurrent)
    blocks.push(busy(running + calls, now))
  return blocks
}

function busy(running: number, now: number): Block {
  return { reason: 'busy', retryAt: now + eventRetryMs, detail: `${running} calls are running` }
}

function tooLarge(window: Window, need: Need): Block[] {
  const limit = limitOf(window) ?? Infinity
  if (window.unit === 'requests' || need.estimate.inputTokens <= limit) return []
  const detail = `about ${need.estimate.inputTokens} input tokens, of ${limit} per ${window.per}`
  return [{ reason: 'larger-than-window', detail }]
}

function windowBlocks(window: Window, amount: number, ahead: number, now: number): Block[] {
  const free = freeAt(window, amount, now, ahead)
  if (free !== undefined && free <= now) return []
  const { unit, per } = window
  const fitsAlone = ahead > 0 && (freeAt(window, amount, now) ?? Infinity) <= now
  const usedUp = unit === 'requests' ? 'requests-used-up' : 'tokens-used-up'
  const block: Block = {
    reason: fitsAlone ? 'reserved' : usedUp,
    detail: `${Math.ceil(usedAt(window, now))} of ${limitOf(window)} ${unit} per ${per} are taken`,
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
