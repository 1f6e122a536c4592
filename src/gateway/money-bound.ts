/**
 * What a bounded token's request may say to a provider: the model that was allowed, at the price
 * and length that were reserved for. Everything by which the provider would choose otherwise is
 * left out and named. Pure.
 */
import type { ChatRequest, Loss, WebSearch } from '../chat/request.ts'
import { withoutOtherLimits } from '../dialects/output-limits.ts'
import { withoutProviderTools, withoutToolSettings } from '../dialects/provider-tools.ts'
import { withoutChoices, withoutChoosingFlags } from '../dialects/spend-fields.ts'

/** How a caller's money is bounded. */
export interface MoneyBound {
  /** Only some models may be used. */
  models: boolean
  /** A request is paid from a budget, and its cost is reserved. */
  budget: boolean
}

/**
 * The one place that decides whose money is bounded.
 * @param token null stands for a session of the dashboard, and for access without a token.
 * @param rules the caps of the request's token, person and team.
 */
export function moneyBoundOf(
  token: { allowedModels: readonly string[] | null } | null,
  rules: readonly { budget: object | null }[],
): MoneyBound {
  return {
    models: token !== null && token.allowedModels !== null,
    budget: rules.some(({ budget }) => budget !== null),
  }
}

export function isMoneyBound({ models, budget }: MoneyBound): boolean {
  return models || budget
}

/**
 * What asks for a search, as what is left out: the answer must come from one where it is forced.
 */
function lostSearch({ paths, isForced }: WebSearch): Loss[] {
  return paths.map((path) => ({ path, ...(isForced && { isEssential: true }) }))
}

/**
 * A request as it may be sent, and the names of what was left out of it.
 * @param limit the output limit that was reserved for, in tokens; undefined where none was.
 */
export function boundRequest(
  request: ChatRequest,
  bound: MoneyBound,
  limit: number | undefined,
): { request: ChatRequest; dropped: string[] } {
  if (!isMoneyBound(bound)) return { request, dropped: [] }
  const { origin, search, ...others } = request
  const { headers, dropped } = withoutChoosingFlags(origin.headers)
  let { body } = origin
  for (const step of [
    withoutChoices,
    ...(bound.budget
      ? [
          withoutToolSettings,
          (from: typeof body) => withoutProviderTools(from, origin.dialect),
          (from: typeof body) => withoutOtherLimits(from, origin.dialect, limit),
        ]
      : []),
  ]) {
    const cleaned = step(body)
    body = cleaned.body
    dropped.push(...cleaned.dropped)
  }
  const isSearchLost = bound.budget || search?.paths.some((path) => dropped.includes(path))
  return {
    request: {
      ...others,
      // A search is billed by the call.
      ...(search &&
        (isSearchLost ? { losses: [...(others.losses ?? []), ...lostSearch(search)] } : { search })),
      ...(limit !== undefined && { maxOutputTokens: limit }),
      origin: { ...origin, body, ...(headers && { headers }) },
    },
    dropped,
  }
}
