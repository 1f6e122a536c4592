/**
 * The call that says a request to a candidate: fitted to what its dialect, row and model take, and
 * written. Pure.
 */
import type { ChatRequest } from '../chat/request.ts'
import type { Call, Outbound, Upstream } from '../dialects/dialect.ts'
import { clientField } from '../dialects/fit/field-names.ts'
import { fitBody, fitRequest, readerFor } from '../dialects/fit/fit.ts'
import { profileFor } from '../dialects/fit/profile.ts'
import { factsAt, isBuiltIn } from '../providers/registry.ts'
import type { Candidate } from './plan.ts'

export interface FittedCall {
  call: Call
  /** The dialect, as it reads answers to this call. */
  speaker: Outbound
}

/**
 * The call, and in its `dropped` the client's own names of all that was left out or changed.
 * @throws {HubError} VALIDATION_ERROR where the request holds what cannot be said in the provider's
 * dialect.
 */
export function fitCall(
  speaker: Outbound,
  request: ChatRequest,
  { provider, providerId, dialect }: Pick<Candidate, 'provider' | 'providerId' | 'dialect'>,
  { baseUrl, model }: Pick<Upstream, 'baseUrl' | 'model'>,
): FittedCall {
  const quirks = provider.quirks?.[dialect]
  const facts = factsAt(providerId, provider, model)
  const isKnownRow = isBuiltIn(providerId, provider)
  const profile = profileFor(request, { dialect, quirks, isKnownRow, model, facts })
  const fitted = fitRequest(request, profile)
  const call = speaker.buildCall(fitted.request, {
    baseUrl,
    model,
    quirks: { ...quirks, ...fitted.quirks },
    ...(facts && { facts }),
  })
  const { body, dropped } = fitBody(call.body, profile)
  const all = new Set([...fitted.dropped, ...call.dropped, ...dropped])
  const named = [...all].map((name) => clientField(name, request.origin.dialect))
  return {
    call: { ...call, body, dropped: [...new Set(named)] },
    speaker: readerFor(speaker, fitted, profile),
  }
}
