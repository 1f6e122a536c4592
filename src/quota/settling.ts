/** What the end of a call changes: true usage replaces the estimate, and a failure is blamed on the right thing. Pure. */
import type { Usage } from '../chat/events.ts'
import type { Fault } from '../errors.ts'
import type { RequestRecord } from '../observe/record.ts'
import {
  type Calendar,
  circuitAfter,
  circuitAfterSuccess,
  isForgotten,
  knownReset,
  type Rest,
  restAfter,
  restAfterSuccess,
} from './cooldown.ts'
import type { Outcome } from './lease.ts'
import { type Account, accountOf, type OpenLease, type PoolState } from './pool-state.ts'
import { charge, giveBack, type Window, windowName } from './windows.ts'

export interface SettlementEffects {
  account: Account
  /** The circuit of the lease's model from now on; `rest` absent where it is whole. */
  circuit: { model: string; rest?: Rest }
}

/** What an outcome makes of the account and the circuit of its lease. */
export function settle(
  calendar: Calendar,
  state: PoolState,
  lease: OpenLease,
  outcome: Outcome,
  now: number,
): SettlementEffects {
  const account = accountOf(state, lease.account)
  const rest = state.circuits.get(lease.model)
  const settled: SettlementEffects = {
    account: { ...account, windows: account.windows.map((window) => trueUp(window, lease, outcome, now)) },
    circuit: rest ? { model: lease.model, rest } : { model: lease.model },
  }
  switch (outcome.type) {
    case 'success':
      return afterSuccess(settled, lease, now)
    case 'failure':
      return afterFault(settled, lease, withKnownReset(outcome.fault, calendar, now), now)
    case 'cancelled':
    case 'unused':
      return settled
  }
}

/** The record of a lease that nobody settled: how the call ended is not known, what it was allowed to use counts as used. */
export function unsettledRecord(record: RequestRecord, provider: string, lease: OpenLease): RequestRecord {
  const attempt = {
    provider,
    model: lease.model,
    keyId: lease.keyId,
    status: null,
    verdict: 'unsettled',
    blame: null,
    startedAt: lease.admittedAt,
    durationMs: lease.deadlineAt - lease.admittedAt,
  }
  return {
    ...record,
    provider,
    model: lease.model,
    keyId: lease.keyId,
    // The Worker that made the call is gone. That is the hub's failure, not the provider's and not the client's.
    status: 500,
    code: 'INTERNAL_ERROR',
    usage: { ...lease.estimate, cachedTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0, estimated: true },
    unsettled: true,
    trail: [...record.trail, attempt],
  }
}

function trueUp(window: Window, lease: OpenLease, outcome: Outcome, now: number): Window {
  const reserved = lease.charges[windowName(window)]
  // A window that a person added while the call was running did not see it begin.
  if (reserved === undefined) return window
  const difference = amountUsed(window, outcome) - reserved
  if (difference > 0) return charge(window, difference, now)
  return difference < 0 ? giveBack(window, -difference, lease.admittedAt, now) : window
}

function amountUsed(window: Window, outcome: Outcome): number {
  if (outcome.type === 'unused') return 0
  // A failed call has reached the provider too, and counts there.
  return window.unit === 'requests' ? 1 : tokensOf(outcome.usage)
}

function tokensOf(usage: Usage | undefined): number {
  return usage ? usage.inputTokens + usage.outputTokens : 0
}

function afterSuccess(
  { account, circuit }: SettlementEffects,
  lease: OpenLease,
  now: number,
): SettlementEffects {
  const { rest, modelRests, ...unchanged } = account
  const calmed = rest && restAfterSuccess(rest, lease.admittedAt, now)
  const { [lease.model]: modelRest, ...otherRests } = modelRests
  const calmedModel = modelRest && restAfterSuccess(modelRest, lease.admittedAt, now)
  const circuitRest = circuit.rest && circuitAfterSuccess(circuit.rest, now)
  return {
    account: {
      ...unchanged,
      ...(calmed && { rest: calmed }),
      modelRests: calmedModel ? { ...otherRests, [lease.model]: calmedModel } : otherRests,
    },
    circuit: { model: circuit.model, ...(circuitRest && { rest: circuitRest }) },
  }
}

/** Who rests. What is not known to be anyone's fault harms nobody. */
function afterFault(
  { account, circuit }: SettlementEffects,
  lease: OpenLease,
  fault: Fault,
  now: number,
): SettlementEffects {
  const startedAt = lease.admittedAt
  switch (fault.blame) {
    case 'account':
      return { account: { ...account, rest: restAfter(account.rest, fault, startedAt, now) }, circuit }
    case 'model': {
      // Too much for this account's window, and only this request: a smaller one is welcome.
      if (fault.verdict === 'larger-than-window') return { account, circuit }
      const rest = restAfter(account.modelRests[lease.model], fault, startedAt, now)
      return {
        account: { ...account, modelRests: { ...remembered(account.modelRests, now), [lease.model]: rest } },
        circuit,
      }
    }
    case 'key': {
      const use = account.keys[lease.keyId] ?? { turn: 0 }
      const quarantine = { mark: lease.mark, since: now, verdict: fault.verdict, message: fault.message }
      const known = use.quarantine?.mark === lease.mark
      const keys = known ? account.keys : { ...account.keys, [lease.keyId]: { ...use, quarantine } }
      return { account: { ...account, keys }, circuit }
    }
    case 'provider':
      return { account, circuit: { ...circuit, rest: circuitAfter(circuit.rest, fault, startedAt, now) } }
    case 'region':
    case 'request':
    case 'unknown':
      return { account, circuit }
  }
}

/** Models are named by clients, so that what is long over must be forgotten. */
function remembered(rests: Record<string, Rest>, now: number): Record<string, Rest> {
  return Object.fromEntries(Object.entries(rests).filter(([, rest]) => !isForgotten(rest, now)))
}

function withKnownReset(fault: Fault, calendar: Calendar, now: number): Fault {
  const retryAt = fault.retryAt ?? knownReset(fault.period, calendar, now)
  return retryAt === undefined ? fault : { ...fault, retryAt }
}
