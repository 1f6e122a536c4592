/**
 * The caps of one request's token, person and team, as the request meets them: all are asked beside
 * the first key pool, and settled when the request is over. A request without any cap passes
 * without a call. The counting is in `user/` and `team/`.
 */
import { BoundedMap } from '../isolate/bounded-map.ts'
import type { Caller } from '../auth/caller.ts'
import type { ChatRequest } from '../chat/request.ts'
import { nanoDollars } from '../domain/money.ts'
import type { Env } from '../env.ts'
import { HubError } from '../errors.ts'
import { longest } from '../user/allowance.ts'
import type { Refusal, RequestNeed, Rules, Spent } from '../user/rpc.ts'
import { askTeam, askUser, type CapAnswer, type Granted, rulesFor } from './caps.ts'
import type { Estimate } from './estimate.ts'
import { boundRequest, type MoneyBound, moneyBoundOf } from './money-bound.ts'
import type { Use, Uses } from './request-record.ts'
import type { Plan } from './plan.ts'
import { keepRenewing } from './slot-renewal.ts'
import { dearest, rulesAt, withPrices } from './price-bounds.ts'
import { isOwnRow } from './provider-row.ts'

/**
 * The times at which subjects that were refused lately may pass again, by their ids. A hint of this
 * isolate: it orders the questions, and refuses no request.
 */
const refusedUntil = new BoundedMap<string, number>(2_000)

export interface TokenGateInput {
  env: Env
  request: ChatRequest
  estimate: Estimate
  background: (work: Promise<unknown>) => void
}

/** The end of all questions: why the request may not pass, or the reservations to settle. */
interface Asked {
  refused: HubError | undefined
  held: Held[]
}

/** A reservation, and whether it is the team's, which pays for no row that a member made. */
interface Held extends Granted {
  isTeams: boolean
}

export class TokenGate {
  readonly #input: TokenGateInput
  #plan: Plan = { candidates: [], leftOut: [] }
  /** The rules that count a call of any candidate of the plan. */
  #rules: Rules[] = []
  /** The question for this request, while it is not ended. */
  #asking: Promise<Asked> | undefined
  #outputLimit: number | undefined
  #bound: MoneyBound = { models: false, budget: false }
  /** What ends the renewals of the slots that are held. */
  #renewals: (() => void)[] = []
  #epoch = 0
  #teamEpoch = 0

  constructor(input: TokenGateInput) {
    this.#input = input
  }

  /**
   * The plan that is reserved for. Under a budget it leaves out models whose price is not known.
   */
  narrow(caller: Caller, plan: Plan): Plan {
    const rules = rulesFor(caller)
    const userId = caller.configuration.user.id
    this.#plan = withPrices(plan, caller.configuration, rules)
    const counting = this.#plan.candidates.flatMap((candidate) => rulesAt(candidate, rules, userId))
    this.#rules = rules.filter((each) => counting.includes(each))
    this.#bound = moneyBoundOf(caller.token, this.#rules)
    return this.#plan
  }

  /** Whether any cap counts the request. */
  get isCapped(): boolean {
    return this.#rules.length > 0
  }

  /**
   * Asks for the request, once: a grant holds for all its candidates.
   * @returns why it may not pass. Never rejects.
   */
  async reserve(caller: Caller): Promise<HubError | undefined> {
    this.#asking ??= this.#ask(caller)
    return (await this.#asking).refused
  }

  /**
   * Whether a cap is likely to refuse: then the request takes nothing from a pool before the caps
   * are asked.
   */
  isLikelyRefused(): boolean {
    const now = Date.now()
    return this.#rules.some(({ id }) => (refusedUntil.get(id) ?? 0) > now)
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
   * The request as it may be sent, with the output limit that was reserved for, and the names of
   * what had to be left out of it: members by which the provider would choose another model, price
   * or length.
   */
  limit(request: ChatRequest): { request: ChatRequest; dropped: string[] } {
    return boundRequest(request, this.#bound, this.#outputLimit ?? request.maxOutputTokens)
  }

  /**
   * Settles every reservation with what the calls came to that it pays for; where there were none,
   * it is given back.
   */
  close({ all, shared }: Uses): void {
    this.#settle(spentOn(all), spentOn(shared))
  }

  giveBack(): void {
    this.#settle(undefined, undefined)
  }

  async #ask(caller: Caller): Promise<Asked> {
    const { env, request, estimate, background } = this.#input
    const { configuration } = caller
    const { user, team } = configuration
    const rules = this.#rules
    const { candidates } = this.#plan
    const shared = candidates.filter(({ row }) => !isOwnRow(row, user.id))
    const needOf = (payers: readonly Rules[], served: typeof candidates): RequestNeed => ({
      estimate,
      ...(payers.some(({ budget }) => budget !== null) && { price: dearest(served, configuration, request) }),
    })
    const common = rules.find(({ subject }) => subject === 'team')
    const own = rules.filter((each) => each !== common)
    const [ofUser, ofTeam] = await Promise.all([
      // Where a cap refuses, no pool may be asked: only the user's object then knows the newest
      // epoch.
      askUser(env, user.id, own, needOf(own, candidates), this.isLikelyRefused()),
      team ? askTeam(env, team.id, common, needOf(common ? [common] : [], shared)) : undefined,
    ])
    this.#epoch = ofUser.epoch
    this.#teamEpoch = ofTeam?.epoch ?? 0
    const answers = [ofUser.answer, ...(ofTeam ? [ofTeam.answer] : [])]
    const held = answers.flatMap((answer) =>
      answer.type === 'granted' ? [{ ...answer, isTeams: answer === ofTeam?.answer }] : [],
    )
    const refused = refusalOf(answers, rules)
    if (refused) {
      for (const { end } of held) background(end(undefined))
      return { refused, held: [] }
    }
    for (const { id } of rules) refusedUntil.delete(id)
    this.#renewals = held.flatMap(({ renew }) => (renew ? [keepRenewing(renew)] : []))
    const limits = held.flatMap(({ outputLimit }) => outputLimit ?? [])
    this.#outputLimit = limits.length > 0 ? Math.min(...limits) : undefined
    return { refused, held }
  }

  /** @param ofTeam the part of what was spent that a team pays. */
  #settle(spent: Spent | undefined, ofTeam: Spent | undefined): void {
    const { background } = this.#input
    const asking = this.#asking
    this.#asking = undefined
    for (const end of this.#renewals.splice(0)) end()
    const settled = asking?.then(({ held }) =>
      Promise.all(held.map(({ end, isTeams }) => end(isTeams ? ofTeam : spent))),
    )
    if (settled) background(settled)
  }
}

/** What a reservation is settled with; undefined where no call was made. */
function spentOn({ calls, tokens, outputTokens, cost }: Use): Spent | undefined {
  if (calls === 0) return undefined
  return { tokens, outputTokens, ...(cost !== null && { money: Math.ceil(cost * nanoDollars) }) }
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

function noteRefusal(id: string, retryAt: number | undefined): void {
  // What never fits says nothing of other requests.
  if (retryAt === undefined) return
  refusedUntil.set(id, retryAt)
}
