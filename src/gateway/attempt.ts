/**
 * One call with the key of a lease: made, put into the trail, and, unless its answer is to be
 * served, settled. What comes of it says where the search goes on.
 */
import { estimatedUsage, type Usage } from '../chat/events.ts'
import type { JsonObject } from '../chat/json.ts'
import { withOneLimit } from '../dialects/output-limits.ts'
import { sealedFields, stateTextsOf, withoutState, withoutThoughts } from '../dialects/without-state.ts'
import { type Fault, toHubError, type TrailEntry } from '../errors.ts'
import { factsAt } from '../providers/registry.ts'
import { isUnreadableState, refusesReasoning, unreadableState } from '../providers/unreadable-state.ts'
import type { Lease, Settlement } from '../quota/rpc.ts'
import { afterFault, missesModel, shortRetryMs, sparesOtherModels } from './after-fault.ts'
import { attemptLimitMs } from './attempt-limit.ts'
import { attempt, type AttemptResult } from './upstream-call.ts'
import { longAnswerTokens } from './timeouts.ts'
import { hintName, noteMissed } from './pool-hints.ts'
import { clientLeftStatus } from './request-record.ts'
import type { Candidate } from './plan.ts'
import { concealsFrom, type ShownAs } from './conceal.ts'
import { hubFault } from './provider-fault.ts'
import type { Begun } from './read-answer.ts'
import { ownsRow } from './redirect.ts'
import { renewLease } from './slot-renewal.ts'
import type { PoolStub, SearchState } from './request-context.ts'
import { settlementOf } from './settlement.ts'
import { makerOf, stateMakers } from './state-makers.ts'
import type { TokenGate } from './cap-reservations.ts'

/** A body with more characters than this is written as bytes, piece by piece. */
const largeCharacters = 1_000_000

/** A candidate, and the owner of the pool that is asked for a key. */
export interface AskedPool {
  candidate: Candidate
  poolOwner: string
}

/** Someone who serves: the answer has its first content. The lease is still to be settled. */
export interface Served extends AskedPool {
  lease: Lease
  entry: TrailEntry
  answer: Extract<AttemptResult, { type: 'whole' | 'stream' }>
  /** Ends the renewals of the slot that the lease holds; to be called when it is settled. */
  stopRenewing: () => void
}

/**
 * Makes the call. Answers who serves, where to go on, or what is to be settled before the same pool
 * is asked for another key; `again` where that is kept back; undefined where the client left.
 */
export async function callWithLease(
  state: SearchState,
  { candidate, poolOwner }: AskedPool,
  pool: PoolStub,
  lease: Lease,
): Promise<Served | Settlement | 'again' | 'next' | 'nobody' | undefined> {
  const { input, ledger, gate } = state
  const { env, background, clientLeft, deadline } = input
  const settle = (end: Parameters<typeof settlementOf>[2]): void =>
    background(pool.settle(settlementOf(candidate, lease, end)))
  const entry = ledger.open(candidate, lease, Date.now())
  state.secondOpinion.call(candidate.providerId)
  const stopRenewing = renewLease(env, { candidate, poolOwner }, lease)
  let result: AttemptResult
  let dropped: string[]
  try {
    const limited = requestFor(state, candidate, lease)
    dropped = limited.dropped
    result = await attempt({
      env,
      request: limited.request,
      candidate,
      lease,
      ownsRow: ownsRow(state.caller, candidate.row),
      shownAs: concealsFrom(state.caller) ? shownAs(input) : undefined,
      clientLeft,
      deadline,
      limitMs: limitOf(state, candidate, lease),
      isLarge: input.sent.text.length + input.sent.leftOut > largeCharacters,
    })
  } catch (thrown) {
    // A fault of the hub's own, before any call was made: what was reserved is given back.
    stopRenewing()
    settle({ outcome: { type: 'unused' } })
    gate.giveBack()
    throw thrown
  }
  if (result.type !== 'whole' && result.type !== 'stream') stopRenewing()
  const now = Date.now()
  /** Counts an answer that was begun, and whose end was not seen. */
  const count = (begun: Begun | undefined): { usage?: Usage } => {
    if (!begun) return {}
    const usage = state.usageOf({ candidate, lease, ...begun, complete: false })
    ledger.count(entry, usage)
    return { usage }
  }
  switch (result.type) {
    case 'whole':
    case 'stream':
      ledger.firstContentAt = now
      // Others wait for the proof that the rest is over; a stream may last long after it.
      if (lease.probe && result.type === 'stream') background(pool.prove(lease.id))
      dropped.push(...result.dropped)
      return { candidate, lease, poolOwner, entry, answer: { ...result, dropped }, stopRenewing }
    case 'hub-fault': {
      const error = toHubError(result.thrown)
      ledger.close(entry, hubFault, now)
      const outcome: Settlement['outcome'] = { type: 'failure', fault: hubFault, ...count(result.begun) }
      settle({ outcome, record: ledger.record(now, { status: error.status, error }) })
      gate.close(ledger.uses)
      throw result.thrown
    }
    case 'unfit': {
      const { error } = result
      settle({ outcome: { type: 'unused' } })
      ledger.withdraw(entry)
      state.unfit ??= error
      const { providerId } = candidate
      const after = ledger.trail.length
      state.leftOut.push({ provider: providerId, model: lease.model, reason: error.message, after })
      return 'next'
    }
    case 'client-left': {
      ledger.close(entry, 'client-left', now)
      const { usage = estimatedUsage(0, 0) } = count(result.begun)
      const record = ledger.record(now, { status: clientLeftStatus })
      settle({ outcome: { type: 'cancelled', usage }, record })
      gate.close(ledger.uses)
      return undefined
    }
    case 'fault': {
      const { stated } = result
      const { providerId } = candidate
      if (giveUpState(state, { candidate, lease }, result.fault)) {
        const fault = unreadableState(result.fault)
        ledger.close(entry, fault, now)
        return { leaseId: lease.id, outcome: { type: 'failure', fault } }
      }
      const fault = state.doubt.judge(providerId, lease.keyId, result.fault)
      ledger.close(entry, fault, now)
      state.tried.push({ keyId: lease.keyId, ...(sparesOtherModels(fault) && { model: lease.model }) })
      if (missesModel(fault))
        noteMissed(state.current.userId, hintName(poolOwner, providerId, candidate.model), now)
      const afterMs = shortRetryMs(fault, now, Math.random())
      if (afterMs !== undefined) {
        const { keyId, model } = lease
        state.repeatable ??= { pool: { candidate, poolOwner }, keyId, model, notBefore: now + afterMs }
      }
      if (fault.blame === 'request') state.requestFault ??= fault
      if (fault.verdict === 'forbidden' && fault.blame === 'model')
        state.suspects.push({ candidate, poolOwner, pool, keyId: lease.keyId })
      const outcome: Settlement['outcome'] = { type: 'failure', fault, ...count(result.begun) }
      const said = { outcome, ...(stated && { stated }) }
      const isOurs =
        candidate.dialect !== input.request.origin.dialect ||
        dropped.length + (result.dropped ?? []).length > 0
      const mayBeOurs = fault.blame === 'request' && state.secondOpinion.note(providerId, fault, isOurs)
      const onward = mayBeOurs ? 'next' : afterFault(fault, ledger.trail, state.hasAlternative)
      if (onward !== 'same-pool') {
        settle(said)
        return onward
      }
      const settlement = settlementOf(candidate, lease, said)
      if (!fault.doubtful) return settlement
      state.doubt.hold({ providerId, keyId: lease.keyId, fault, entry, pool, settlement })
      return 'again'
    }
  }
}

/** What an answer is shown as to a client that may not learn who gave it. */
function shownAs({ request, requestId }: SearchState['input']): ShownAs {
  return { model: request.model || 'any', id: requestId.replace(/^req_/, 'hub_') }
}

/**
 * Whether the request is to be sent again without state that the provider cannot read: once, and
 * only where it holds any, or where what it refers to can be sent instead.
 */
function giveUpState(
  state: SearchState,
  { candidate, lease }: Pick<Served, 'candidate' | 'lease'>,
  fault: Fault,
): boolean {
  const { input, bare } = state
  const { request } = input
  if (bare) return false
  if (isUnreadableState(fault)) {
    const stripped = withoutState(request)
    if (stripped)
      state.bare = { request: stripped, dropped: [sealedFields[request.origin.dialect] ?? 'state'] }
    else if (originalFor(input, candidate, lease)) state.bare = { request, dropped: [] }
    else return false
    stateMakers.noteRefused(stateTextsOf(request), makerOf(candidate, lease))
    return true
  }
  const thoughtless = refusesReasoning(fault) ? withoutThoughts(request) : undefined
  if (!thoughtless) return false
  state.bare = { request: thoughtless, dropped: ['messages[].reasoning_content'] }
  return true
}

/** How long the call may take, in milliseconds; undefined for all the time of the request. */
function limitOf(
  { input, hasAlternative }: SearchState,
  { providerId, provider }: Candidate,
  { model }: Lease,
): number | undefined {
  const { request, deadlineAt, attemptMs } = input
  const { stream, reasoning, maxOutputTokens = 0 } = request
  const reasons = reasoning !== undefined || factsAt(providerId, provider, model)?.reasoning === true
  return attemptLimitMs({
    stream,
    isLong: reasons || maxOutputTokens > longAnswerTokens,
    hasAlternative,
    leftMs: deadlineAt - Date.now(),
    askedMs: attemptMs,
  })
}

/**
 * Who made and kept what a request goes on from is sent the reference: a vendor that keeps nothing
 * may pass over it, and answer another question. Everyone else is sent what it stands for, and no
 * state that they are known not to read.
 */
function requestFor(
  { input, gate, bare }: SearchState,
  candidate: Candidate,
  lease: Lease,
): ReturnType<TokenGate['limit']> {
  const { request } = input
  if (bare) return named(gate.limit(bare.request), bare.dropped)
  const original = originalFor(input, candidate, lease)
  if (original) return gate.limit(withOneLimit({ ...request, origin: { ...request.origin, body: original } }))
  const isForeign = stateMakers.foreignTo(makerOf(candidate, lease), candidate.dialect)
  const readable = withoutState(request, isForeign)
  const { origin } = request
  return readable
    ? named(gate.limit(readable), [sealedFields[origin.dialect] ?? 'state'])
    : gate.limit(request)
}

/** The body with its references, for an account that made and keeps what it refers to. */
function originalFor(
  { originals = [] }: SearchState['input'],
  { provider, providerId, dialect }: Candidate,
  { keyId }: Lease,
): JsonObject | undefined {
  if (dialect !== 'openai-responses' || !provider.quirks?.[dialect]?.keepsAnswers) return undefined
  return originals.find((made) => made.provider === providerId && made.keyId === keyId)?.body
}

/** Names fields of the client that were left out besides. */
function named(
  { request, dropped }: ReturnType<TokenGate['limit']>,
  fields: readonly string[],
): ReturnType<TokenGate['limit']> {
  return { request, dropped: [...dropped, ...fields] }
}
