/**
 * What a request may cost at the models that may serve it, and which of them have a price. Pure.
 */
import type { ChatRequest } from '../chat/request.ts'
import type { Configuration } from '../db/configuration.ts'
import { nanoDollars } from '../domain/money.ts'
import { mostChoices } from '../dialects/output-limits.ts'
import { writesHourCache } from '../dialects/spend-fields.ts'
import { factsAt, hourCacheWriteOf, priceAt } from '../providers/registry.ts'
import type { CallEstimate } from '../quota/amounts.ts'
import type { PriceNeed, Rules, Subject } from '../user/rpc.ts'
import type { Estimate } from './estimate.ts'
import type { Candidate, Plan } from './plan.ts'
import { isOwnRow } from './provider-row.ts'

/** The longest output asked of a model whose limit is not known, in tokens. */
const usualLongestOutput = 8_192

/** Prices are US dollars for a million tokens. */
const nanoDollarsPerToken = nanoDollars / 1_000_000

/** The fields of a candidate that its price follows from. */
export type PricedCandidate = Omit<Candidate, 'dialect'>

const holderNames: Record<Subject, string> = {
  token: 'this token',
  person: 'your account',
  'open-access': 'access without a token',
  team: 'your team',
}

/** The rules that count a call of a candidate: a team pays for no row that a member made. */
export function rulesAt(candidate: Candidate, rules: readonly Rules[], userId: string): Rules[] {
  return rules.filter(({ subject }) => subject !== 'team' || !isOwnRow(candidate.row, userId))
}

/** A plan without candidates whose price is not known and whose cost a budget counts. */
export function withPrices(plan: Plan, configuration: Configuration, rules: readonly Rules[]): Plan {
  const priced: Plan = { candidates: [], leftOut: [...plan.leftOut] }
  for (const candidate of plan.candidates) {
    const holder = rulesAt(candidate, rules, configuration.user.id).find(({ budget }) => budget !== null)
    if (!holder) {
      priced.candidates.push(candidate)
      continue
    }
    const { providerId, provider } = candidate
    const model = modelsOf(candidate, configuration).find((name) => !priceAt(providerId, provider, name))
    if (model === undefined) priced.candidates.push(candidate)
    else {
      const reason = `no known price for "${model}", which the budget of ${holderNames[holder.subject]} requires`
      priced.leftOut.push({ provider: providerId, model, reason })
    }
  }
  return priced
}

/**
 * The models that a candidate may turn out to be: where none is named, each key has its own
 * default.
 */
function modelsOf(candidate: PricedCandidate, { reach }: Configuration): string[] {
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

/**
 * Adds to an estimate the most that a call of a candidate may cost, whichever of its keys serves
 * and however its input is cached; nothing where the price of one of their models is not known.
 * Every admission needs it, so it does not search the body: a cache for an hour costs more when it
 * is settled.
 */
export function withMoney(
  candidate: PricedCandidate,
  configuration: Configuration,
  estimate: Estimate,
): CallEstimate {
  const { inputTokens, outputTokens } = estimate
  let dollars = 0
  for (const model of modelsOf(candidate, configuration)) {
    const price = priceAt(candidate.providerId, candidate.provider, model)
    if (!price) return estimate
    const { input, output, cachedInput = 0, cacheWrite = 0 } = price
    const dearestInput = Math.max(input, cachedInput, cacheWrite)
    dollars = Math.max(dollars, inputTokens * dearestInput + outputTokens * output)
  }
  return { ...estimate, money: Math.ceil(dollars * nanoDollarsPerToken) }
}

/** What the request costs at most, whichever of the candidates serves it. */
export function dearest(
  candidates: readonly Candidate[],
  configuration: Configuration,
  request: ChatRequest,
): PriceNeed {
  const need: PriceNeed = {
    input: 0,
    output: 0,
    choices: mostChoices(request),
    ...(request.maxOutputTokens !== undefined && { outputLimit: request.maxOutputTokens }),
    longestOutput: Infinity,
  }
  const isHourly = writesHourCache(request.origin.body)
  for (const candidate of candidates) {
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
