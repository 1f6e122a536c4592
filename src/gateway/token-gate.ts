/**
 * What a gateway token may use and spend, as one request meets it: asked in the user's object beside the first key pool, made true when
 * the request is over. A request whose token has no limits passes without a call. What is counted, and how, is in `user/`.
 */
import type { Caller } from '../auth/caller.ts'
import type { ChatRequest } from '../chat/request.ts'
import type { Configuration } from '../db/configuration.ts'
import type { Env } from '../env.ts'
import { HubError, toHubError } from '../errors.ts'
import type { RequestRecord } from '../observe/record.ts'
import { factsOf, priceAt } from '../providers/registry.ts'
import {
  hasLimits,
  type PriceNeed,
  rulesOf,
  type Spent,
  type TokenGrant,
  type TokenRules,
} from '../user/reservation.ts'
import { nanoDollars } from '../user/spending.ts'
import { userStub } from '../user/stub.ts'
import type { Estimate } from './estimate.ts'
import type { Candidate, Plan } from './plan.ts'

/** The longest output asked of a model whose limit is not known, in tokens. */
const usualLongestOutput = 8_192

/** Prices are US dollars for a million tokens. */
const nanoDollarsPerToken = nanoDollars / 1_000_000

/**
 * When tokens that were refused lately may pass again, by their ids. A hint of this isolate: it says whom to ask first, and refuses
 * nobody.
 */
const refusedUntil = new Map<string, number>()
const maxRefused = 2_000

export interface TokenGateInput {
  env: Env
  request: ChatRequest
  estimate: Estimate
  background: (work: Promise<unknown>) => void
}

export class TokenGate {
  readonly #input: TokenGateInput
  #plan: Plan = { candidates: [], leftOut: [] }
  /** What was asked for this request and not ended yet. */
  #asking: Promise<TokenGrant | HubError> | undefined
  #outputLimit: number | undefined
  #epoch = 0

  constructor(input: TokenGateInput) {
    this.#input = input
  }

  /** The plan that is reserved for: without what a token with a budget cannot pay for, models whose price nobody knows. */
  narrow({ token, configuration }: Caller, plan: Plan): Plan {
    this.#plan = token?.budget ? withPrices(plan, configuration) : plan
    return this.#plan
  }

  /**
   * Asks for the request, once: what is granted holds for all its candidates.
   * @returns why it may not pass. Never rejects.
   */
  async reserve(caller: Caller): Promise<HubError | undefined> {
    if (!caller.token || !hasLimits(caller.token)) return undefined
    this.#asking ??= this.#ask(caller.configuration, caller.token)
    const answer = await this.#asking
    return answer instanceof HubError ? answer : undefined
  }

  /** Whether the token is likely to be refused: then it need not take anything from a pool meanwhile. */
  isLikelyRefused({ token }: Caller): boolean {
    return token !== null && (refusedUntil.get(token.id) ?? 0) > Date.now()
  }

  /** The newest configuration epoch that the user's object told of. */
  get epoch(): number {
    return this.#epoch
  }

  /** The request as it may be sent: where only a budget limits its output, with that limit. */
  limit(request: ChatRequest): ChatRequest {
    return this.#outputLimit === undefined ? request : { ...request, maxOutputTokens: this.#outputLimit }
  }

  /** Ends what was reserved, with what the request came to; where no call was made, everything is given back. */
  close({ owner, trail, usage, cost }: RequestRecord): void {
    if (trail.length === 0) return this.giveBack(owner)
    this.#settle(owner, {
      tokens: usage ? usage.inputTokens + usage.outputTokens : 0,
      // A call that failed before it began to answer costs nothing.
      ...(usage === null ? { money: 0 } : cost !== null && { money: Math.ceil(cost * nanoDollars) }),
    })
  }

  giveBack(owner: string): void {
    this.#settle(owner, undefined)
  }

  async #ask(configuration: Configuration, token: TokenRules): Promise<TokenGrant | HubError> {
    const { env, request, estimate } = this.#input
    const price = token.budget && dearest(this.#plan, configuration, request)
    try {
      const object = userStub(env, configuration.user.id)
      const answer = await object.reserve(rulesOf(token), { estimate, ...(price && { price }) })
      this.#epoch = answer.epoch
      if (answer.type === 'refusal') {
        noteRefusal(token.id, answer.retryAt)
        return new HubError(answer.code, answer.message, { retryAt: answer.retryAt })
      }
      refusedUntil.delete(token.id)
      this.#outputLimit = answer.outputLimit
      return answer
    } catch (thrown) {
      return toHubError(thrown)
    }
  }

  #settle(owner: string, spent: Spent | undefined): void {
    const { env, background } = this.#input
    const asking = this.#asking
    this.#asking = undefined
    if (!asking) return
    const settling = asking.then((answer) =>
      'reservationId' in answer ? userStub(env, owner).settle(answer.reservationId, spent) : undefined,
    )
    background(settling)
  }
}

function noteRefusal(tokenId: string, retryAt: number | undefined): void {
  // What never fits says nothing of other requests.
  if (retryAt === undefined) return
  refusedUntil.delete(tokenId)
  refusedUntil.set(tokenId, retryAt)
  if (refusedUntil.size > maxRefused) refusedUntil.delete(refusedUntil.keys().next().value ?? '')
}

/** A plan with only those candidates whose price is known. */
function withPrices(plan: Plan, configuration: Configuration): Plan {
  const priced: Plan = { candidates: [], leftOut: [...plan.leftOut] }
  for (const candidate of plan.candidates) {
    const { providerId, provider } = candidate
    const model = modelsOf(candidate, configuration).find((name) => !priceAt(providerId, provider, name))
    if (model === undefined) priced.candidates.push(candidate)
    else {
      const reason = `the price of "${model}" is not known, and this token has a budget`
      priced.leftOut.push({ provider: providerId, model, reason })
    }
  }
  return priced
}

/** The models that a candidate may turn out to be: where none is named, each key has its own default. */
function modelsOf(candidate: Candidate, { reach }: Configuration): string[] {
  const { model, provider, providerId, poolOwners } = candidate
  if (model !== undefined) return [model]
  const defaults = reach
    .filter((entry) => entry.provider === providerId && poolOwners.includes(entry.poolOwner))
    .map(({ defaultModel }) => defaultModel ?? provider.defaultModel)
  return defaults.length > 0 ? [...new Set(defaults)] : [provider.defaultModel]
}

/** What the request costs at most, whoever serves it. */
function dearest(plan: Plan, configuration: Configuration, request: ChatRequest): PriceNeed {
  const need: PriceNeed = {
    input: 0,
    output: 0,
    choices: request.choices ?? 1,
    ...(request.maxOutputTokens !== undefined && { outputLimit: request.maxOutputTokens }),
    longestOutput: Infinity,
  }
  for (const candidate of plan.candidates) {
    for (const model of modelsOf(candidate, configuration)) {
      const { outputTokens, contextTokens = Infinity } = factsOf(candidate.providerId, model) ?? {}
      const price = priceAt(candidate.providerId, candidate.provider, model)
      const { input = 0, cachedInput = 0, cacheWrite = 0, output = 0 } = price ?? {}
      need.input = Math.max(need.input, Math.max(input, cachedInput, cacheWrite) * nanoDollarsPerToken)
      need.output = Math.max(need.output, output * nanoDollarsPerToken)
      // Some providers refuse a limit that leaves no room for the input.
      const longest = Math.min(outputTokens ?? usualLongestOutput, Math.floor(contextTokens / 2))
      need.longestOutput = Math.min(need.longestOutput, longest)
    }
  }
  return need
}
