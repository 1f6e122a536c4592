/**
 * What is on record of calls whose end nobody told: their Workers are gone. What they were allowed
 * to use counts as used. Pure.
 */
import { estimatedUsage } from '../chat/events.ts'
import { firstIdAt } from '../ids.ts'
import type { RequestRecord } from '../observe/record.ts'
import { leaseMs } from './reserve.ts'
import type { OpenLease } from './pool-state.ts'

/** A block of leases whose fate nobody knows any more, as far as it is known. */
export interface LostLeases {
  block: string
  calls: number
  deadlineAt: number
}

/**
 * The record of a lease that nobody settled: how the call ended is not known, what it was allowed
 * to use counts as used.
 */
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
    // The Worker that made the call is gone. That is the hub's failure, not the provider's and not
    // the client's.
    status: 500,
    code: 'INTERNAL_ERROR',
    usage: estimatedUsage(lease.estimate.inputTokens, lease.estimate.outputTokens),
    unsettled: true,
    trail: [...record.trail, attempt],
  }
}

/**
 * The record of leases that were lost with the object that had given them, and whose Workers never
 * spoke of them again. Their charges stay. It says how many they may have been: the block was
 * larger than what was given of it.
 */
export function unaccountedRecord(
  { owner, provider }: { owner: string; provider: string },
  { block, calls, deadlineAt }: LostLeases,
): RequestRecord {
  return {
    id: `${firstIdAt('req', deadlineAt - leaseMs)}${block.replace(/^lease_/, '')}`,
    owner,
    startedAt: deadlineAt - leaseMs,
    durationMs: leaseMs,
    tokenId: null,
    dialect: '',
    asked: '',
    stream: false,
    provider,
    model: null,
    keyId: null,
    status: 500,
    code: 'INTERNAL_ERROR',
    usage: null,
    cost: null,
    saved: null,
    unsettled: true,
    unaccounted: calls,
    trail: [],
  }
}
