/**
 * What this isolate has lately heard of pools: which rest, how much is left, how soon they answer.
 * It orders candidates and saves questions; it decides nothing, for it may be old, and other
 * isolates have heard other things.
 */
import { BoundedMap } from '../isolate/bounded-map.ts'
import { minuteMs } from '../domain/time.ts'
import type { PoolHint } from '../quota/rpc.ts'

interface Heard extends PoolHint {
  at: number
  /** The configuration of the caller that asked. */
  epoch: number
}

/** How long it is believed that a pool rests: what is added or restored meanwhile is asked last. */
const restMs = 2_000
const memoryMs = 5 * minuteMs
/** How long a model that one person's request missed is asked last for that person. */
const missedMs = minuteMs
const mostPools = 2_000

const heard = new BoundedMap<string, Heard>(mostPools)
/** When a model was missed in a pool, by the person who asked. */
const missed = new BoundedMap<string, number>(mostPools)

/** Names a pool as one caller sees it: by its owner first. */
export function hintName(poolOwner: string, provider: string, model: string | undefined): string {
  return `${poolOwner}/${provider}/${model ?? ''}`
}

/** Notes what a pool said in passing. */
export function noteHint(name: string, hint: PoolHint, epoch: number, now: number): void {
  const latencyMs = hint.latencyMs ?? heard.get(name)?.latencyMs
  heard.set(name, { ...hint, ...(latencyMs !== undefined && { latencyMs }), at: now, epoch })
}

/** Forgets that a pool rests, whatever the model: a key of it was just restored, or tested well. */
export function forgetRests(poolOwner: string, provider: string): void {
  const prefix = hintName(poolOwner, provider, undefined)
  const ofPool = [...heard].filter(([name]) => name.startsWith(prefix))
  for (const [name, { restsUntil: _rest, ...hint }] of ofPool) heard.set(name, hint)
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

/**
 * The usual time to the first content, in milliseconds; undefined where it was not heard of lately.
 */
export function latencyOf(name: string, now: number): number | undefined {
  const hint = heard.get(name)
  return hint && now - hint.at < memoryMs ? hint.latencyMs : undefined
}

/** The share that is left of a pool, 0 to 1; undefined where it was not heard of lately. */
export function leftOf(name: string, now: number): number | undefined {
  const hint = heard.get(name)
  return hint && now - hint.at < memoryMs ? hint.left : undefined
}

/** Notes that a pool's provider does not seem to have the model, for the person who asked. */
export function noteMissed(user: string, name: string, now: number): void {
  const missing = `${user} ${name}`
  missed.set(missing, now)
}

/** Whether the provider did not have that model for this person's requests a short while ago. */
export function wasMissed(user: string, name: string, now: number): boolean {
  const at = missed.get(`${user} ${name}`)
  return at !== undefined && now - at < missedMs
}
