/**
 * What the end of a call changes: true usage replaces the estimate, what the provider said of its
 * limits is learned, and a failure is blamed on the right thing. Pure.
 */
import type { Fault } from '../errors.ts'
import { type Calendar, knownReset } from '../providers/calendar.ts'
import { amountsBy, type CallUse, estimatedAmount, usedAmount } from './amounts.ts'
import {
  circuitAfter,
  circuitAfterSuccess,
  isForgotten,
  modelRestAfter,
  mostRestingModels,
  newest,
  type Rest,
  restAfter,
  restAfterSuccess,
  restWithoutProbe,
} from './cooldown.ts'
import { afterForbidden, withoutForbidden } from './forbidden-keys.ts'
import { paceAfter } from './forecast.ts'
import { learn } from './learn-limits.ts'
import type { Settlement } from './rpc.ts'
import type { Person } from './usage-by-user.ts'
import { type Account, accountOf, type OpenLease, type PoolState } from './pool-state.ts'
import { proven } from './forget-limits.ts'
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
  { outcome, money, stated }: Pick<Settlement, 'outcome' | 'money' | 'stated'>,
  now: number,
): SettlementEffects {
  const known = accountOf(state, lease.account)
  const hasPassed = lease.trial === true && outcome.type === 'success'
  const account = hasPassed ? proven(known, lease.model, lease.admittedAt, now) : known
  // An answer proves that the provider answers; a test that a person makes is believed at once.
  const rest = hasPassed ? undefined : state.circuits.get(lease.model)
  const use = outcome.type === 'unused' ? undefined : { usage: outcome.usage, money }
  const windows = account.windows.map((window) => trueUp(window, lease, use, now))
  const settled: SettlementEffects = {
    account: {
      ...account,
      windows: stated ? learn(windows, { ...stated, model: lease.model }, now) : windows,
      pace: truePace(account, lease, use, now),
    },
    circuit: rest ? { model: lease.model, rest } : { model: lease.model },
  }
  switch (outcome.type) {
    case 'success':
      return afterSuccess(withLatency(settled, lease, outcome.latencyMs, now), lease, now)
    case 'failure':
      return afterFault(
        withoutProbe(settled, lease),
        lease,
        withKnownReset(outcome.fault, calendar, now),
        now,
      )
    case 'cancelled':
    case 'unused':
      return withoutProbe(settled, lease)
  }
}

/** A call that has been answered, and is not over yet, proves what its success would. */
export function prove(state: PoolState, lease: OpenLease, now: number): SettlementEffects {
  const rest = state.circuits.get(lease.model)
  const circuit = { model: lease.model, ...(rest && { rest }) }
  return afterSuccess({ account: accountOf(state, lease.account), circuit }, lease, now)
}

/** @param use absent where no call was made. */
function trueUp(window: Window, lease: OpenLease, use: CallUse | undefined, now: number): Window {
  const reserved = lease.charges[windowName(window)]
  // A window that a person added while the call was running did not see it begin.
  if (reserved === undefined) return window
  const difference = (use ? usedAmount(window.unit, use, reserved) : 0) - reserved
  if (difference > 0) return charge(window, difference, now, personWith(lease))
  return difference < 0 ? giveBack(window, -difference, lease.admittedAt, now, lease.user) : window
}

/** The person whose part a lease was charged to. */
function personWith({ user, maxShare }: OpenLease): Person | undefined {
  return user === undefined ? undefined : { user, ...(maxShare !== undefined && { maxShare }) }
}

function truePace(
  account: Account,
  lease: OpenLease,
  use: CallUse | undefined,
  now: number,
): NonNullable<Account['pace']> {
  const more = amountsBy((unit) => {
    const reserved = estimatedAmount(unit, lease.estimate)
    return (use ? usedAmount(unit, use, reserved) : 0) - reserved
  })
  return paceAfter(account.pace, more, now)
}

/** A quarter of the usual time to the first content is what it took this time. */
function withLatency(
  { account, circuit }: SettlementEffects,
  lease: OpenLease,
  latencyMs: number,
  now: number,
): SettlementEffects {
  const use = account.keys[lease.keyId] ?? { turn: 0 }
  const ms = use.latency ? use.latency.ms * 0.75 + latencyMs * 0.25 : latencyMs
  const keys = {
    ...account.keys,
    [lease.keyId]: { ...use, latency: { ms: Math.round(ms), at: now } },
  }
  return { account: { ...account, keys }, circuit }
}

/** A call that proved nothing was no probe. */
function withoutProbe({ account, circuit }: SettlementEffects, lease: OpenLease): SettlementEffects {
  if (!lease.probe) return { account, circuit }
  const modelRest = account.modelRests[lease.model]
  return {
    account: {
      ...account,
      ...(account.rest && { rest: restWithoutProbe(account.rest, lease.id) }),
      ...(modelRest && {
        modelRests: { ...account.modelRests, [lease.model]: restWithoutProbe(modelRest, lease.id) },
      }),
    },
    circuit: { ...circuit, ...(circuit.rest && { rest: restWithoutProbe(circuit.rest, lease.id) }) },
  }
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
      ...withoutQuarantine(unchanged, lease),
      ...(calmed && { rest: calmed }),
      modelRests: calmedModel ? { ...otherRests, [lease.model]: calmedModel } : otherRests,
    },
    circuit: { model: circuit.model, ...(circuitRest && { rest: circuitRest }) },
  }
}

/** A secret that worked after it was quarantined, or forbidden, is good. */
function withoutQuarantine<A extends Pick<Account, 'keys'>>(account: A, lease: OpenLease): A {
  const known = account.keys[lease.keyId] ?? { turn: 0 }
  const use = withoutForbidden(known, lease.admittedAt)
  const { quarantine, ...healthy } = use
  const isOver = quarantine?.mark === lease.mark && lease.admittedAt > quarantine.since
  const now = isOver ? healthy : use
  return now === known ? account : { ...account, keys: { ...account.keys, [lease.keyId]: now } }
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
      const rest = modelRestAfter(account.modelRests[lease.model], fault, startedAt, now, lease.user)
      const modelRests = { ...remembered(account.modelRests, now), [lease.model]: rest }
      const use = afterForbidden(account.keys[lease.keyId] ?? { turn: 0 }, lease, fault, now)
      const keys = use ? { ...account.keys, [lease.keyId]: use } : account.keys
      return { account: { ...account, modelRests, keys }, circuit }
    }
    case 'key': {
      const use = account.keys[lease.keyId] ?? { turn: 0 }
      const quarantine = { mark: lease.mark, since: now, verdict: fault.verdict, message: fault.message }
      const known = use.quarantine?.mark === lease.mark
      const keys = known ? account.keys : { ...account.keys, [lease.keyId]: { ...use, quarantine } }
      return { account: { ...account, keys }, circuit }
    }
    case 'provider': {
      const { request, user } = lease
      const rest = circuitAfter(circuit.rest, fault, startedAt, now, { request, user })
      return { account, circuit: { ...circuit, rest } }
    }
    case 'region':
    case 'request':
    case 'unknown':
      return { account, circuit }
  }
}

/** Clients name models: rests that are long over are forgotten, and of the others the oldest. */
function remembered(rests: Record<string, Rest>, now: number): Record<string, Rest> {
  return Object.fromEntries(
    newest(
      Object.entries(rests).filter(([, rest]) => !isForgotten(rest, now)),
      mostRestingModels - 1,
    ),
  )
}

function withKnownReset(fault: Fault, calendar: Calendar, now: number): Fault {
  const retryAt = fault.retryAt ?? knownReset(fault.period, calendar, now)
  return retryAt === undefined ? fault : { ...fault, retryAt }
}
