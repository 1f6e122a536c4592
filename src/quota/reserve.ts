/**
 * What giving a call to a key changes: quota is reserved, a probe goes first, the key has had its
 * turn. Pure, and given the time.
 */
import { hourMs, minuteMs } from '../domain/time.ts'
import { amountsBy, estimatedAmount } from './amounts.ts'
import { amountOf, counts, neededOf } from './refusals.ts'
import { withConversation } from './cache-affinity.ts'
import { isHalfOpen, type Rest, restWithProbe } from './cooldown.ts'
import { paceAfter } from './forecast.ts'
import type { Need } from './rpc.ts'
import {
  type Account,
  accountOf,
  type KeyUse,
  type OpenLease,
  type PoolKey,
  type PoolState,
} from './pool-state.ts'
import { personOf } from './shares.ts'
import { charge, noteTrial, windowName } from './windows.ts'

/** After this a lease that nobody settled counts as used: no request lasts as long. */
export const leaseMs = 16 * minuteMs

/** A lease as it is given: with what giving it has made of its account. */
export interface Grant {
  lease: OpenLease
  account: Account
  circuit: Rest | undefined
  pass: number
}

/**
 * Takes what a call may need from its account's windows, and remembers window by window what was
 * taken.
 */
export function reserve(
  state: PoolState,
  { key, model }: { key: PoolKey; model: string },
  need: Need,
  leaseId: string,
  now: number,
): Grant {
  const account = accountOf(state, key.account)
  const charges: Record<string, number> = {}
  const person = personOf(key, need)
  const windows = account.windows.map((window) => {
    if (!counts(window, model, key.id)) return window
    const amount = amountOf(window, { key, account }, need)
    charges[windowName(window)] = amount
    const needed = neededOf(window, { key, account }, need)
    return charge(noteTrial(window, needed, now), amount, now, person)
  })
  const circuit = state.circuits.get(model)
  const modelRest = account.modelRests[model]
  const probe = [account.rest, modelRest, circuit].some((rest) => isHalfOpen(rest, now))
  const lastUsedAt = account.keys[key.id]?.lastUsedAt
  const first = lastUsedAt === undefined || now - lastUsedAt >= hourMs
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
      ...person,
      request: need.requestId,
      ...(probe && { probe }),
      ...(first && { first }),
      ...(need.onlyKey !== undefined && { trial: true as const }),
      ...(key.maxConcurrent !== null && { slot: true as const }),
    },
    account: {
      ...account,
      windows,
      keys: { ...account.keys, [key.id]: use },
      pace: paceAfter(
        account.pace,
        amountsBy((unit) => estimatedAmount(unit, need.estimate)),
        now,
      ),
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
