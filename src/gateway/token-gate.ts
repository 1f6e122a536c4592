/**
 * The caps of one request's token, person and team, as the request meets them: all are asked beside the first key
 * pool, and settled when the request is over. A request without any cap passes without a call. The counting is in
 * `user/` and `team/`.
 */
import type { Caller } from '../auth/caller.ts'
import type { ChatRequest } from '../chat/request.ts'
import type { Configuration } from '../db/configuration.ts'
import { mostChoices } from '../dialects/output-limits.ts'
import { writesHourCache } from '../dialects/spend-fields.ts'
import type { Env } from '../env.ts'
import { HubError } from '../errors.ts'
import type { RequestRecord } from '../observe/record.ts'
import { factsAt, hourCacheWriteOf, priceAt } from '../providers/registry.ts'
import { longest } from '../user/allowance.ts'
import type { PriceNeed, Refusal, RequestNeed, Rules, Spent, Subject } from '../user/reservation.ts'
import { nanoDollars } from '../user/spending.ts'
import { askTeam, askUser, type CapAnswer, type Granted, rulesFor } from './caps.ts'
import type { Estimate } from './estimate.ts'
import { boundRequest, type MoneyBound, moneyBoundOf } from './money-bound.ts'
import type { Candidate, Plan } from './plan.ts'

/** The longest output asked of a model whose limit is not known, in tokens. */
const usualLongestOutput = 8_192

/** Prices are US dollars for a million tokens. */
const nanoDollarsPerToken = nanoDollars / 1_000_000

/**
 * The times at which subjects that were refused lately may pass again, by their ids. A hint of this isolate: it
 * orders the questions, and refuses no request.
 */
const refusedUntil = new Map<string, number>()
const maxRefused = 2_000

export interface TokenGateInput {
  env: Env
  request: ChatRequest
  estimate: Estimate
  background: (work: Promise<unknown>) => void
}

/** The end of all questions: why the request may not pass, or the reservations to settle. */
interface Asked {
  refused: HubError | undefined
  held: Granted[]
}

export class TokenGate {
  readonly #input: TokenGateInput
  #plan: Plan = { candidates: [], leftOut: [] }
  /** The question for this request, while it is not ended. */
  #asking: Promise<Asked> | undefined
  #outputLimit: number | undefined
  #bound: MoneyBound = { models: false, budget: false }
  #epoch = 0
  #teamEpoch = 0

  constructor(input: TokenGateInput) {
    this.#input = input
  }

  /** The plan that is reserved for. Under a budget it leaves out models whose price is not known. */
  narrow(caller: Caller, plan: Plan): Plan {
    const rules = rulesFor(caller)
    const holder = budgetHolder(rules)
    this.#bound = moneyBoundOf(caller.token, rules)
    this.#plan = holder === undefined ? plan : withPrices(plan, caller.configuration, holder)
    return this.#plan
  }

  /**
   * Asks for the request, once: a grant holds for all its candidates.
   * @returns why it may not pass. Never rejects.
   */
  async reserve(caller: Caller): Promise<HubError | undefined> {
    this.#asking ??= this.#ask(caller)
    return (await this.#asking).refused
  }

  /** Whether a cap is likely to refuse: then the request takes nothing from a pool before the caps are asked. */
  isLikelyRefused(caller: Caller): boolean {
    const now = Date.now()
    return rulesFor(caller).some(({ id }) => (refusedUntil.get(id) ?? 0) > now)
  }

  /** The newest configuration epoch that the user's object named. */
  get epoch(): number {
    return this.#epoch
  }

  /** The newest epoch that the team's object named; infinite where the team is gone. */
  get teamEpoch(): number {
    return this.#teamEpoch
  }

  /**
   * The request as it may be sent, with the output limit that was reserved for, and the names of what had to be left out of it:
   * members by which the provider would choose another model, price or length.
   */
  limit(request: ChatRequest): { request: ChatRequest; dropped: string[] } {
    return boundRequest(request, this.#bound, this.#outputLimit ?? request.maxOutputTokens)
  }

  /** Settles every reservation with the outcome of the request; where no call was made, all is given back. */
  close({ trail, usage, cost }: RequestRecord): void {
    if (trail.length === 0) return this.giveBack()
    this.#settle({
      tokens: usage ? usage.inputTokens + usage.outputTokens : 0,
      // A call that failed before it began to answer costs nothing.
      ...(usage === null ? { money: 0 } : cost !== null && { money: Math.ceil(cost * nanoDollars) }),
    })
  }

  giveBack(): void {
    this.#settle(undefined)
  }

  async #ask(caller: Caller): Promise<Asked> {
    const { env, request, estimate, background } = this.#input
    const { configuration } = caller
    const { user, team } = configuration
    const rules = rulesFor(caller)
    const price = budgetHolder(rules) === undefined ? undefined : dearest(this.#plan, configuration, request)
    const need: RequestNeed = { estimate, ...(price && { price }) }
    const common = rules.find(({ subject }) => subject === 'team')
    const own = rules.filter((each) => each !== common)
    const [ofUser, ofTeam] = await Promise.all([
      // Where a cap refuses, no pool may be asked: only the user's object then knows the newest epoch.
      askUser(env, user.id, own, need, this.isLikelyRefused(caller)),
      team ? askTeam(env, team.id, common, need) : undefined,
    ])
    this.#epoch = ofUser.epoch
    this.#teamEpoch = ofTeam?.epoch ?? 0
    const answers = [ofUser.answer, ...(ofTeam ? [ofTeam.answer] : [])]
    const held = answers.filter((answer) => answer.type === 'granted')
    const refused = refusalOf(answers, rules)
    if (refused) {
      for (const { end } of held) background(end(undefined))
      return { refused, held: [] }
    }
    for (const { id } of rules) refusedUntil.delete(id)
    const limits = held.flatMap(({ outputLimit }) => outputLimit ?? [])
    this.#outputLimit = limits.length > 0 ? Math.min(...limits) : undefined
    return { refused, held }
  }

  #settle(spent: Spent | undefined): void {
    const { background } = this.#input
    const asking = this.#asking
    this.#asking = undefined
    if (asking) background(asking.then(({ held }) => Promise.all(held.map(({ end }) => end(spent)))))
  }
}

/** The error of the refusal that holds longest, or of an object that did not answer. */
function refusalOf(answers: readonly CapAnswer[], rules: readonly Rules[]): HubError | undefined {
  const refusals: Refusal[] = answers.filter((answer) => answer.type === 'refusal')
  for (const { subject, retryAt } of refusals) {
    noteRefusal(rules.find((each) => each.subject === subject)?.id ?? '', retryAt)
  }
  const refusal = longest(refusals)
  if (refusal) return new HubError(refusal.code, refusal.message, { retryAt: refusal.retryAt })
  return answers.find((answer) => answer.type === 'failure')?.error
}

/** One of those who have a budget, for the reason why a model of unknown price is left out. */
function budgetHolder(rules: readonly Rules[]): Subject | undefined {
  return rules.find(({ budget }) => budget !== null)?.subject
}

const holderNames: Record<Subject, string> = {
  token: 'this token',
  person: 'your account',
  'open-access': 'access without a token',
  team: 'your team',
}

function noteRefusal(id: string, retryAt: number | undefined): void {
  // What never fits says nothing of other requests.
  if (retryAt === undefined) return
  refusedUntil.delete(id)
  refusedUntil.set(id, retryAt)
  if (refusedUntil.size > maxRefused) refusedUntil.delete(refusedUntil.keys().next().value ?? '')
}

/** A plan with only those candidates whose price is known. */
function withPrices(plan: Plan, configuration: Configuration, holder: Subject): Plan {
  const priced: Plan = { candidates: [], leftOut: [...plan.leftOut] }
  for (const candidate of plan.candidates) {
    const { providerId, provider } = candidate
    const model = modelsOf(candidate, configuration).find((name) => !priceAt(providerId, provider, name))
    if (model === undefined) priced.candidates.push(candidate)
    else {
      const reason = `the price of "${model}" is not known, and ${holderNames[holder]} has a budget`
      priced.leftOut.push({ provider: providerId, model, reason })
    }
  }
  return priced
}

/** The models that a candidate may turn out to be: where none is named, each key has its own default. */
function modelsOf(candidate: Candidate, { reach }: Configuration): string[] {
  const { model, provider, providerId, poolOwners, row } = candidate
  if (model !== undefined) return [model]
  const defaults = reach
    .filter(
      (entry) =>
        entry.provider === providerId &&
        entry.rowOwner === row.binding.owner &&
        poolOwners.includes(entry.poolOwner),
    )
    .map(({ defaultModel }) => defaultModel ?? provider.defaultModel)
  return defaults.length > 0 ? [...new Set(defaults)] : [provider.defaultModel]
}

/** What the request costs at most, whoever serves it. */
function dearest(plan: Plan, configuration: Configuration, request: ChatRequest): PriceNeed {
  const need: PriceNeed = {
    input: 0,
    output: 0,
    choices: mostChoices(request),
    ...(request.maxOutputTokens !== undefined && { outputLimit: request.maxOutputTokens }),
    longestOutput: Infinity,
  }
  const isHourly = writesHourCache(request.origin.body)
  for (const candidate of plan.candidates) {
    for (const model of modelsOf(candidate, configuration)) {
      const { outputTokens, contextTokens = Infinity } =
        factsAt(candidate.providerId, candidate.provider, model) ?? {}
      const price = priceAt(candidate.providerId, candidate.provider, model)
      const { input = 0, cachedInput = 0, cacheWrite = 0, output = 0 } = price ?? {}
      const written = price && isHourly ? hourCacheWriteOf(price) : cacheWrite
      need.input = Math.max(need.input, Math.max(input, cachedInput, written) * nanoDollarsPerToken)
      need.output = Math.max(need.output, output * nanoDollarsPerToken)
      // Some providers refuse a limit that leaves no room for the input.
      const longestOutput = Math.min(outputTokens ?? usualLongestOutput, Math.floor(contextTokens / 2))
      need.longestOutput = Math.min(need.longestOutput, longestOutput)
    }
  }
  return need
}
