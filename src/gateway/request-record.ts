/** What one request has come to so far: its trail, and the record that the log will keep of it. */
import type { Usage } from '../chat/events.ts'
import type { Caller } from '../auth/caller.ts'
import type { ChatRequest } from '../chat/request.ts'
import type { Fault, HubError, TrailEntry } from '../errors.ts'
import { boundRecord } from '../observe/bounded-record.ts'
import type { RequestRecord, Skip } from '../observe/record.ts'
import { priceAt, spendingOf } from '../providers/registry.ts'
import { redact } from '../providers/redact.ts'
import { withoutKey } from '../providers/typed-key.ts'
import type { Lease } from '../quota/rpc.ts'
import type { Candidate } from './plan.ts'
import { isOwnRow } from './provider-row.ts'

/** How a request ended, as far as the log is concerned. */
export interface Ending {
  /**
   * The HTTP status that the client got, or would have got had the headers not gone before; 499
   * where it left.
   */
  status: number
  error?: HubError
}

/** What several calls came to. */
export interface Use {
  calls: number
  tokens: number
  /** The part of `tokens` that is output. */
  outputTokens: number
  /**
   * US dollars; null where a price is not known. A call that failed before it began to answer costs
   * nothing.
   */
  cost: number | null
}

/** The use of one request. */
export interface Uses {
  all: Use
  /** Without calls of provider rows that the caller made: a team pays for no others. */
  shared: Use
}

/** One call of the request. */
interface Call {
  entry: TrailEntry
  candidate: Candidate
  lease: Lease
  /** Absent while it runs, and where it failed before it began to answer. */
  usage?: Usage
}

/** The status that the log shows where the client left before the end. */
export const clientLeftStatus = 499

/** How much of a provider's words the log keeps, in characters. */
const longestMessage = 300

export class Ledger {
  readonly requestId: string
  readonly receivedAt: number
  readonly trail: TrailEntry[] = []
  /** When the first content came, in milliseconds since the epoch. */
  firstContentAt: number | undefined
  /** The route that the request's name stands for. */
  route: string | undefined
  /** The program that asks. */
  client: string | undefined
  /** Lists who was passed over; asked once the request is over. */
  listSkips: () => Skip[] = () => []
  readonly #caller: Caller
  readonly #request: ChatRequest
  readonly #calls: Call[] = []
  #serving: Call | undefined

  constructor(requestId: string, receivedAt: number, caller: Caller, request: ChatRequest) {
    this.requestId = requestId
    this.receivedAt = receivedAt
    this.#caller = caller
    this.#request = request
  }

  /** Notes an attempt that has begun; what it comes to is filled in by `close`. */
  open(candidate: Candidate, lease: Lease, now: number): TrailEntry {
    const entry: TrailEntry = {
      provider: candidate.providerId,
      model: withoutKey(lease.model),
      keyId: lease.keyId,
      status: null,
      verdict: 'under-way',
      blame: null,
      startedAt: now,
      durationMs: 0,
    }
    this.trail.push(entry)
    this.#serving = { entry, candidate, lease }
    this.#calls.push(this.#serving)
    return entry
  }

  /** Takes back an attempt that was never made. */
  withdraw(entry: TrailEntry): void {
    this.trail.splice(this.trail.indexOf(entry), 1)
    const index = this.#calls.findIndex((call) => call.entry === entry)
    if (index >= 0) this.#calls.splice(index, 1)
  }

  /** Counts what an attempt used, or may have. */
  count(entry: TrailEntry, usage: Usage): void {
    const call = this.#calls.find((each) => each.entry === entry)
    if (call) call.usage = usage
  }

  /** What the calls so far came to. */
  get uses(): Uses {
    const { id } = this.#caller.configuration.user
    const shared = this.#calls.filter(({ candidate }) => !isOwnRow(candidate.row, id))
    return { all: useOf(this.#calls), shared: useOf(shared) }
  }

  /** Notes what an attempt came to. */
  close(entry: TrailEntry, end: 'ok' | 'client-left' | Fault, now: number): void {
    entry.durationMs = now - entry.startedAt
    if (typeof end === 'string') {
      entry.status = end === 'ok' ? 200 : null
      entry.verdict = end
      return
    }
    entry.status = end.status ?? null
    entry.verdict = end.verdict
    entry.blame = end.blame
    if (end.retryAt !== undefined) entry.retryAt = end.retryAt
    if (end.message !== '' && this.#servesOwnKey()) entry.message = end.message.slice(0, longestMessage)
  }

  /** What a provider says of a key that is shared is for those who share it. */
  #servesOwnKey(): boolean {
    const secret = this.#serving?.lease.secret
    if (secret?.type === 'sealed') return secret.owner === this.#caller.configuration.user.id
    return secret?.type === 'none'
  }

  /** The record of the request as it stands; with an ending, as it stays. */
  record(now: number, ending?: Ending): RequestRecord {
    const { candidate, lease } = this.#serving ?? {}
    const used = this.#calls.flatMap(({ usage }) => usage ?? [])
    const usage = used.length > 0 ? used.reduce(addUsage) : null
    const spending = usage ? spendingOn(this.#calls) : undefined
    // A record without an ending is for a lease that is never settled: it rides along with each
    // question to a pool.
    const skipped = ending ? this.listSkips() : []
    return boundRecord({
      id: this.requestId,
      owner: this.#caller.configuration.user.id,
      startedAt: this.receivedAt,
      durationMs: now - this.receivedAt,
      ...(this.firstContentAt !== undefined && { firstContentMs: this.firstContentAt - this.receivedAt }),
      tokenId: this.#caller.token?.id ?? null,
      dialect: this.#request.origin.dialect,
      asked: withoutKey(this.#request.model),
      stream: this.#request.stream,
      provider: candidate?.providerId ?? null,
      model: lease ? withoutKey(lease.model) : null,
      keyId: lease?.keyId ?? null,
      status: ending?.status ?? 0,
      code: ending?.error?.code ?? null,
      usage,
      cost: spending?.cost ?? null,
      // An owner of a provider may price its cache as they like: sums of savings never go down by
      // that.
      saved: spending ? Math.max(0, spending.saved) : null,
      trail: this.trail,
      ...(ending?.error && { message: redact(ending.error.message) }),
      ...(skipped.length > 0 && { skipped }),
      ...(this.route !== undefined && { route: this.route }),
      ...(this.client !== undefined && { client: this.client }),
    })
  }
}

function useOf(calls: readonly Call[]): Use {
  const inputTokens = calls.reduce((sum, { usage }) => sum + (usage?.inputTokens ?? 0), 0)
  const outputTokens = calls.reduce((sum, { usage }) => sum + (usage?.outputTokens ?? 0), 0)
  const spending = spendingOn(calls)
  return {
    calls: calls.length,
    tokens: inputTokens + outputTokens,
    outputTokens,
    cost: spending?.cost ?? null,
  }
}

/** What calls cost and saved together; undefined where the price of one is not known. */
function spendingOn(calls: readonly Call[]): { cost: number; saved: number } | undefined {
  const sum = { cost: 0, saved: 0 }
  for (const { candidate, lease, usage } of calls) {
    if (!usage) continue
    const price = priceAt(candidate.providerId, candidate.provider, lease.model)
    if (!price) return undefined
    const { cost, saved } = spendingOf(price, usage, lease.free ?? false)
    sum.cost += cost
    sum.saved += saved
  }
  return sum
}

/** The usage of two calls of one request. */
function addUsage(a: Usage, b: Usage): Usage {
  const hours = (a.hourCacheWriteTokens ?? 0) + (b.hourCacheWriteTokens ?? 0)
  const claimed = b.claimed ?? a.claimed
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    cachedTokens: a.cachedTokens + b.cachedTokens,
    cacheWriteTokens: a.cacheWriteTokens + b.cacheWriteTokens,
    reasoningTokens: a.reasoningTokens + b.reasoningTokens,
    ...(hours > 0 && { hourCacheWriteTokens: hours }),
    ...((a.estimated ?? b.estimated) && { estimated: true }),
    ...(claimed && { claimed }),
  }
}
