/**
 * What this isolate has lately heard of pools: which rest, how much is left, how soon they answer. It orders candidates and saves
 * questions; it decides nothing, for it may be old, and other isolates have heard other things.
 */
import type { PoolHint } from '../quota/lease.ts'

interface Heard extends PoolHint {
  at: number
  /** The configuration of the caller that asked. */
  epoch: number
}

/** How long it is believed that a pool rests: what is added or restored meanwhile is asked last. */
const restMs = 2_000
const memoryMs = 5 * 60_000
const mostPools = 2_000

const heard = new Map<string, Heard>()

/** Names a pool as one caller sees it: by its owner first. */
export function hintName(poolOwner: string, provider: string, model: string | undefined): string {
  return `${poolOwner}/${provider}/${model ?? ''}`
}

/** Notes what a pool said in passing. */
export function noteHint(name: string, hint: PoolHint, epoch: number, now: number): void {
  const latencyMs = hint.latencyMs ?? heard.get(name)?.latencyMs
  heard.delete(name)
  heard.set(name, { ...hint, ...(latencyMs !== undefined && { latencyMs }), at: now, epoch })
  if (heard.size > mostPools) heard.delete(heard.keys().next().value ?? '')
}

/** Whether a pool has just said that all of it rests until some later time. */
export function isSaidToRest(name: string, epoch: number, now: number): boolean {
  const hint = heard.get(name)
  return (
    hint !== undefined &&
    hint.epoch >= epoch &&
    now - hint.at < restMs &&
    hint.restsUntil !== undefined &&
    hint.restsUntil > now
  )
}

/** The usual time to the first content, in milliseconds; undefined where it was not heard of lately. */
export function latencyOf(name: string, now: number): number | undefined {
  const hint = heard.get(name)
  return hint && now - hint.at < memoryMs ? hint.latencyMs : undefined
}

/** The share that is left of a pool, 0 to 1; undefined where it was not heard of lately. */
export function leftOf(name: string, now: number): number | undefined {
  const hint = heard.get(name)
  return hint && now - hint.at < memoryMs ? hint.left : undefined
}
