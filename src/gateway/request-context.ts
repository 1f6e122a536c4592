/**
 * What a search knows: the request, who asks, how long it may look, and what it has found so far.
 * The walk over the pools (`fallback.ts`) and the search in each of them (`pool-attempts.ts`) share
 * it.
 */
import type { Caller } from '../auth/caller.ts'
import type { Usage } from '../chat/events.ts'
import type { ChatRequest } from '../chat/request.ts'
import type { Env } from '../env.ts'
import { type Fault, type HubError, toHubError } from '../errors.ts'
import type { Skip } from '../observe/record.ts'
import type { Lease } from '../quota/rpc.ts'
import type { poolStub } from '../quota/stub.ts'
import type { Begun } from './read-answer.ts'
import { checkUsage } from './check-usage.ts'
import { conceal, concealsFrom } from './conceal.ts'
import { ContentMeter } from './content-meter.ts'
import type { Resumed } from './stored-responses.ts'
import { ConversationName } from './cache-affinity.ts'
import { CurrentCaller } from './caller-refresh.ts'
import { Doubt } from './doubtful-faults.ts'
import { type Estimate, estimateTokens } from './estimate.ts'
import { evidenceOf } from './usage-evidence.ts'
import type { AskedPool } from './attempt.ts'
import { Ledger } from './request-record.ts'
import { Patience } from './retry-budget.ts'
import { isDefaultRoute } from './default-routes.ts'
import { type Candidate, findRoute, type LeftOut } from './plan.ts'
import { SecondOpinion } from './second-opinion.ts'
import { listSkips } from './skips.ts'
import type { Suspect } from './suspect-keys.ts'
import { TokenGate } from './cap-reservations.ts'
import type { Said } from '../transcripts/transcript.ts'
import { explainFailure, type Refusal } from './explain-failure.ts'

export interface SearchInput {
  env: Env
  caller: Caller
  request: ChatRequest
  requestId: string
  receivedAt: number
  /** The request as it came, for those who keep what it goes on from. */
  originals?: Resumed['originals']
  /** The beginning of the body, as it came. */
  sent: Said
  /** Whether this deployment offers the sandbox to this request. */
  sandbox: boolean
  /** The program that asks, for the log. */
  client?: string | undefined
  clientLeft: AbortSignal
  deadline: AbortSignal
  /** When it does, in milliseconds since the epoch. */
  deadlineAt: number
  /**
   * The time for one call while somebody else could be asked, where the client set one, in
   * milliseconds.
   */
  attemptMs?: number | undefined
  /** How long the client would wait for a slot when everything rests, in milliseconds. */
  maxWaitMs: number
  /** Keeps work alive after the answer has been sent. */
  background: (work: Promise<unknown>) => void
}

/** A call, and what was seen of its answer. */
export interface MadeCall extends Begun {
  candidate: Candidate
  lease: Lease
  /** Whether the answer came to its end, and nothing of its usage is open. */
  complete: boolean
}

/** A call that failed with what passes by itself. Times are milliseconds since the epoch. */
export interface RepeatableCall {
  pool: AskedPool
  keyId: string
  model: string
  notBefore: number
}

export type PoolStub = ReturnType<typeof poolStub>

export class SearchState {
  readonly input: SearchInput
  readonly estimate: Estimate
  readonly ledger: Ledger
  /** The caps of the caller's token, person and team. */
  readonly gate: TokenGate
  readonly current: CurrentCaller
  readonly patience: Patience
  readonly conversation: ConversationName
  /** Keys that have failed, each at one model or, without one, for all. */
  readonly tried: { keyId: string; model?: string }[] = []
  /** Whether the plan has pools that were not asked yet, and are not known to rest. */
  hasAlternative = false
  /** The first failed call that may go well in a moment, and when; gone once it was made again. */
  repeatable: RepeatableCall | undefined
  /** Verdicts that another key may contradict. */
  readonly doubt: Doubt
  /** Keys that a 403 which names nothing refused, and that may be to blame for it. */
  readonly suspects: Suspect[] = []
  /** Candidates that cannot serve, by the plan or by what came of asking them. */
  leftOut: LeftOut[] = []
  /** The last refusal of each pool, by its name. */
  readonly refusals = new Map<string, Refusal>()
  /**
   * A provider's verdict on the request itself, kept while another model may still be able to serve
   * it.
   */
  requestFault: Fault | undefined
  /** Which providers are still asked after one refused a request that the hub had translated. */
  readonly secondOpinion = new SecondOpinion()
  /**
   * The request without state, once a provider could not read the state in it, and the client's
   * names of what it lacks.
   */
  bare: { request: ChatRequest; dropped: string[] } | undefined
  /** The first refusal of a dialect to say this request in its words. */
  unfit: HubError | undefined
  /** What the first pool that did not answer failed with. */
  broken: unknown
  /** The refusal of this request by a cap. */
  refused: HubError | undefined
  /** The pool that answered last. */
  lastPool: PoolStub | undefined

  constructor(input: SearchInput) {
    const { caller, request, requestId, receivedAt } = input
    this.input = input
    this.doubt = new Doubt(input.background)
    this.estimate = estimateTokens(request)
    this.ledger = new Ledger(requestId, receivedAt, caller, request)
    this.ledger.client = input.client
    this.ledger.listSkips = () => this.#listSkips()
    this.gate = new TokenGate({ ...input, estimate: this.estimate })
    this.current = new CurrentCaller(input.env, caller)
    this.patience = new Patience(input, this.ledger.trail)
    this.conversation = new ConversationName(this.current.userId, request, this.estimate.inputTokens)
  }

  /** The caller as the newest configuration knows them. */
  get caller(): Caller {
    return this.current.caller
  }

  /**
   * The usage to count for a call: the provider's report where it can be true, else the hub's own
   * count.
   */
  usageOf({ candidate, lease, claimed, meter = new ContentMeter(), complete }: MadeCall): Usage {
    const { gate, estimate, input } = this
    const exchange = {
      request: gate.limit(input.request).request,
      estimate,
      sentCharacters: input.sent.text.length + input.sent.leftOut,
      candidate,
      model: lease.model,
      meter,
      complete,
      isCapped: gate.isCapped,
    }
    return checkUsage(claimed, evidenceOf(exchange))
  }

  /** Forgets what was found out about the candidates of an older plan. */
  beginPlan(): void {
    this.leftOut = []
    this.refusals.clear()
  }

  /** Notes the route that the request's name stands for. */
  noteRoute(): void {
    this.ledger.route = findRoute(this.input.request.model, this.caller.configuration.routes)?.name
  }

  #listSkips(): Skip[] {
    const { leftOut, refusals, ledger, refused } = this
    const isExplained = ledger.trail.length > 0 || refusals.size > 0 || refused !== undefined
    const omitsKeyless = isExplained && isDefaultRoute(ledger.route ?? '')
    return listSkips({ leftOut, refusals: refusals.values(), omitsKeyless })
  }

  /** Why nobody serves. */
  explain(): HubError {
    if (this.refused) return this.refused
    const nobodyAsked = this.ledger.trail.length === 0 && this.refusals.size === 0
    if (this.broken !== undefined && nobodyAsked) return toHubError(this.broken)
    const error = explainFailure({
      asked: this.input.request.model,
      trail: this.ledger.trail,
      leftOut: this.leftOut,
      refusals: [...this.refusals.values()],
      requestFault: this.requestFault,
      unfit: this.unfit,
      timedOut: this.input.deadline.aborted,
      now: Date.now(),
    })
    return concealsFrom(this.caller) ? conceal(error, this.input.request.origin.body) : error
  }
}
