/**
 * What errors mean at every provider: first by their words, since status codes lie (a bad key is a 400 at two providers, an empty
 * account a 400, 402, 403, 412 or 429), then by their status. Rules are tried in order; the first that matches decides.
 */
import type { ErrorRule, Meaning, Provider } from './provider.ts'

/** Statuses that speak of the request or the caller; the words of a 5xx are about the provider. */
const refusals = [400, 402, 403, 404, 410, 412, 413, 422, 429] as const

const contextTooLong =
  /context[_ -]?(?:length|window|size)|maximum context|max(?:imum)? context|prompt (?:is )?too long|input (?:is )?too long|too[_ ]many[_ ](?:prompt[_ ])?tokens|input token count .{0,80}exceeds|tokens_limit_reached|request body too large for .{0,80}model|total length of all messages is too long|model_max_prompt_tokens/i

const noCredit =
  /insufficient (?:account )?(?:balance|credits?|funds|quota)|credit balance is (?:too low|depleted)|credit limit exceeded|out of credits?|(?:used|exhausted) all (?:available |of your )?credits|exceeded your .{0,80}credits|monthly spending limit|past invoices|payment (?:is )?required|billing (?:hard limit|is not active|not active)|credits? (?:are|is|has been) (?:depleted|exhausted)/i

const noSuchModel =
  /\bmodels?\b.{0,120}\b(?:does not exist|not found|not available|has been (?:deprecated|decommissioned|retired)|no longer (?:available|supported))|not a valid model|\b(?:invalid|unknown|no such|unsupported) model\b|(?:not have|without) access to (?:the |this )?model/i

export const commonRules: readonly ErrorRule[] = [
  // Larger than the whole minute's quota of this tier (Groq 413, OpenAI 429): it never fits this account, and may fit another.
  {
    status: [413, 429],
    message: /request too large.{0,120}(?:tokens per min|TPM)/i,
    verdict: 'larger-than-window',
    blame: 'model',
  },
  {
    status: [400, 413, 422],
    code: /^(?:context_length_exceeded|string_above_max_length|tokens_limit_reached)$/i,
    verdict: 'context-too-long',
    blame: 'request',
  },
  {
    status: [400, 413, 422],
    type: /too_many_(?:prompt_)?tokens/i,
    verdict: 'context-too-long',
    blame: 'request',
  },
  { status: [400, 413, 422], message: contextTooLong, verdict: 'context-too-long', blame: 'request' },

  {
    code: /unsupported_country|unsupported_region/i,
    verdict: 'region',
    blame: 'region',
  },
  {
    status: [400, 403, 451],
    message:
      /country, region, or territory|location is not supported|not (?:available|supported) in your (?:country|region|location)/i,
    verdict: 'region',
    blame: 'region',
  },

  // The address that the call left from is throttled or shut out (Cloudflare's 1015, 1020; providers' own words): no key is at fault.
  {
    status: [401, 403, 429, 503],
    message:
      /\b(?:your|this|the|client) ip(?: address)?\b|\bip address (?:has|is|was)\b|error code:? 10(?:0[6-8]|15|20)\b/i,
    verdict: 'blocked',
    blame: 'region',
  },

  // Before the wordings of policy and of empty accounts: what is said of a suspended one holds both.
  {
    status: [400, 401, 402, 403, 412],
    message:
      /\b(?:account|organization|organisation|project|team)\b.{0,40}(?:suspended|deactivated|disabled|terminated|blocked)/i,
    verdict: 'suspended',
    blame: 'account',
  },
  { code: 'account_deactivated', verdict: 'suspended', blame: 'account' },

  {
    status: [400, 403, 422],
    code: /content_?policy|content_?filter|moderation|ResponsibleAI/i,
    verdict: 'content-policy',
    blame: 'request',
  },
  {
    status: [400, 403, 422],
    message:
      /content (?:management )?policy|usage polic(?:y|ies)|safety (?:system|policy)|flagged|moderation/i,
    verdict: 'content-policy',
    blame: 'request',
  },

  {
    status: [400, 401, 403],
    code: /^(?:invalid_api_key|API_KEY_INVALID)$/i,
    verdict: 'bad-key',
    blame: 'key',
  },
  {
    status: [400, 403],
    message:
      /(?:incorrect|invalid|expired|missing) api key|api key (?:is |has )?(?:not valid|invalid|expired|revoked)/i,
    verdict: 'bad-key',
    blame: 'key',
  },

  { code: /(?:spend|usage)_limit_(?:exceeded|reached)/, verdict: 'spend-limit', blame: 'account' },
  {
    code: /^(?:insufficient_(?:quota|balance|credits?)|credit_balance_exhausted|billing_\w+|credit_limit)$/,
    verdict: 'no-credit',
    blame: 'account',
  },
  {
    type: /^(?:insufficient_(?:quota|balance|credits?)|billing_error|credit_limit)$/,
    verdict: 'no-credit',
    blame: 'account',
  },
  { status: refusals, message: noCredit, verdict: 'no-credit', blame: 'account' },

  {
    status: [400, 403, 404, 410, 422],
    code: /^(?:model_not_found|invalid_model|unknown_model|model_decommissioned|model_not_(?:available|supported))$/i,
    verdict: 'no-such-model',
    blame: 'model',
  },
  { status: [400, 404, 422], type: 'invalid_model', verdict: 'no-such-model', blame: 'model' },
  { status: [400, 403, 404, 410, 422], message: noSuchModel, verdict: 'no-such-model', blame: 'model' },

  { type: /overloaded/, verdict: 'overloaded', blame: 'provider' },
  {
    code: /^(?:server_is_overloaded|engine_overloaded\w*|capacity_exceeded)$/,
    verdict: 'overloaded',
    blame: 'provider',
  },
  {
    status: 429,
    message: /(?:over|out of) capacity|capacity exceeded|overloaded/i,
    verdict: 'overloaded',
    blame: 'provider',
  },
  // A request to slow down is about this account, whatever status it has.
  { code: 'slow_down', verdict: 'rate-limited', blame: 'account' },
  { status: 403, message: /rate limit/i, verdict: 'rate-limited', blame: 'account' },

  // A web page is not the API: something in front of it (a firewall, a block by country) answered.
  {
    status: 403,
    message: /^\s*<|error code: 1\d{3}|attention required/i,
    verdict: 'blocked',
    blame: 'region',
  },
  { status: 404, message: /^\s*<|page not found/i, verdict: 'no-such-address', blame: 'unknown' },
]

/** What a status means where no words told more. */
export function meaningOfStatus(status: number | undefined, { limitsPer = 'account' }: Provider): Meaning {
  switch (status) {
    case 400:
    case 422:
      return { verdict: 'invalid-request', blame: 'request' }
    case 401:
      return { verdict: 'bad-key', blame: 'key' }
    case 402:
      return { verdict: 'no-credit', blame: 'account' }
    case 403:
      return { verdict: 'forbidden', blame: 'key' }
    case 404:
    case 410:
      return { verdict: 'not-found', blame: 'request' }
    case 413:
      return { verdict: 'too-large', blame: 'request' }
    case 429:
      return { verdict: 'rate-limited', blame: limitsPer }
    case 451:
      return { verdict: 'region', blame: 'region' }
    case 408:
    case 504:
    case 524:
      return { verdict: 'timeout', blame: 'provider' }
    case 498:
    case 503:
    case 529:
      return { verdict: 'overloaded', blame: 'provider' }
    default:
      if (status !== undefined && (status === 499 || (status >= 500 && status < 600))) {
        return { verdict: 'server-error', blame: 'provider' }
      }
      return { verdict: 'unknown-error', blame: 'unknown' }
  }
}
