/**
 * The way to a key pool. Pool names are made here and nowhere else, so that a hot pool can be split
 * later.
 */
import type { Env } from '../env.ts'
import type { KeyPool } from './key-pool.ts'

/** The pool of an owner, a user's id or `hub`, at a provider. */
export function poolName(owner: string, provider: string): string {
  return `${owner}/${provider}`
}

/** What a pool's name says. */
export function readPoolName(name: string): { owner: string; provider: string } {
  const slash = name.indexOf('/')
  return { owner: name.slice(0, slash), provider: name.slice(slash + 1) }
}

export function poolStub(env: Env, owner: string, provider: string): DurableObjectStub<KeyPool> {
  return env.KEY_POOL.getByName(poolName(owner, provider))
}
