/**
 * Forgets what an account's state has learned from answers. Own use and entered limits stay. Pure.
 */
import type { Account } from './pool-state.ts'
import { unlearned } from './windows.ts'

/** An account without anything that its provider stated. */
export function withoutStatements(account: Account, now: number): Account {
  return { ...account, windows: account.windows.map((window) => unlearned(window, now)) }
}

/**
 * An account after a person restored one of its keys: no statement, no rest, and neither quarantine
 * nor refusal of that key.
 */
export function restored(account: Account, keyId: string, now: number): Account {
  const { rest: _rest, ...calm } = withoutStatements(account, now)
  const { quarantine: _quarantine, forbidden: _forbidden, ...use } = account.keys[keyId] ?? { turn: 0 }
  return { ...calm, modelRests: {}, keys: { ...account.keys, [keyId]: use } }
}

/** An account after a test of one of its keys succeeded: nothing rests that was there before it. */
export function proven(account: Account, model: string, startedAt: number, now: number): Account {
  const { rest, ...others } = withoutStatements(account, now)
  const { [model]: modelRest, ...otherRests } = account.modelRests
  return {
    ...others,
    ...(rest && rest.since >= startedAt && { rest }),
    modelRests: {
      ...otherRests,
      ...(modelRest && modelRest.since >= startedAt && { [model]: modelRest }),
    },
  }
}
