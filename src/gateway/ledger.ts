/** What one request has come to so far: its trail, and the record that the log will keep of it. */
import type { Usage } from '../chat/events.ts'
import type { Caller } from '../auth/caller.ts'
import type { ChatRequest } from '../chat/request.ts'
import type { Fault, HubError, TrailEntry } from '../errors.ts'
import { boundRecord } from '../observe/bounded-record.ts'
import type { RequestRecord } from '../observe/record.ts'
import { priceAt, spendingOf } from '../providers/registry.ts'
import { withoutKey } from '../providers/typed-key.ts'
import type { Lease } from '../quota/lease.ts'
import type { Candidate } from './plan.ts'

/** How a request ended, as far as the log is concerned. */
export interface Ending {
  /** The HTTP status that the client got, or would have got had the headers not gone before; 499 where it left. */
  status: number
  error?: HubError
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
  readonly #caller: Caller
  readonly #request: ChatRequest
  #serving: { candidate: Candidate; lease: Lease } | undefined

  constructor(requestId: string, receivedAt: number, caller: Caller, request: ChatRequest) {
    this.requestId = requestId
    this.receivedAt = receivedAt
    this.#caller = caller
    this.#request = request
  }

  /** Notes an attempt that has begun; what it comes to is filled in by `close`. */
  open(candidate: Candidate, lease: Lease, now: number): TrailEntry {
    this.#serving = { candidate, lease }
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
    return entry
  }

  /** Takes back an attempt that was never made. */
  withdraw(entry: TrailEntry): void {
    this.trail.splice(this.trail.indexOf(entry), 1)
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
    const price =
      candidate && lease ? priceAt(candidate.providerId, candidate.provider, lease.model) : undefined
    const usage = ending?.usage ?? null
    const spending = usage && price ? spendingOf(price, usage, lease?.free ?? false) : undefined
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
      // An owner of a provider may price its cache as they like: sums of savings never go down by that.
      saved: spending ? Math.max(0, spending.saved) : null,
      trail: this.trail,
    })
  }
}
