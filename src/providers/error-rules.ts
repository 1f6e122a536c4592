/**
 * What each provider's own errors mean, where the rules that hold for everyone (`common-rules.ts`,
 * `word-rules.ts`) would read them wrongly. The first rule of a list that matches decides. Statuses
 * are a provider's own; wordings were collected in 2026 (see README.md).
 */
import { googleDetails, lookUp, lookUpText } from './error-object.ts'
import type { ErrorRule } from './provider.ts'

// https://platform.claude.com/docs/en/api/errors
export const anthropic: readonly ErrorRule[] = [
  {
    body: (complaint) => lookUp(complaint, 'details', 'error_code') === 'enforced_spend_limit_reached',
    verdict: 'spend-limit',
    blame: 'account',
    period: 'month',
  },
  {
    body: (complaint) => lookUp(complaint, 'details', 'error_code') === 'contract_spend_limit_reached',
    verdict: 'spend-limit',
    blame: 'account',
  },
  // An empty account has no code of its own: the sentence is fixed.
  {
    status: 400,
    sentence:
      /^Your credit balance is too low to access the (?:Anthropic|Claude) API\.?(?: Please go to Plans & Billing to (?:upgrade or purchase|purchase|add) credits\.)?$/,
    verdict: 'no-credit',
    blame: 'account',
  },
  // The customer's own cap, of a month; the message says when it ends.
  {
    message: /specified (?:workspace )?API usage limits/i,
    verdict: 'spend-limit',
    blame: 'account',
    period: 'month',
  },
  // Not the key: the edge refuses the country that the call came from.
  { status: 403, sentence: /^request not allowed\.?$/i, verdict: 'region', blame: 'region' },
  { type: 'not_found_error', sentence: /^model: [^]*$/, verdict: 'no-such-model', blame: 'model' },
  // Its rate limits are all per minute, and apart for each model; the error does not always say so.
  // https://platform.claude.com/docs/en/api/rate-limits
  { type: 'rate_limit_error', verdict: 'rate-limited', blame: 'model', period: 'minute' },
]

// https://ai.google.dev/gemini-api/docs/troubleshooting
export const gemini: readonly ErrorRule[] = [
  // The same without the detail that says so.
  {
    status: [400, 403],
    sentence:
      /^API key (?:not (?:valid|found)\. Please pass a valid API key|expired\. Please renew the API key|was reported as leaked\. Please use another API key)\.$/i,
    verdict: 'bad-key',
    blame: 'key',
  },
  {
    status: 404,
    type: 'NOT_FOUND',
    sentence:
      /^models\/[^]* is not found for API version \w+, or is not supported for \w+\. Call ModelService\.ListModels to see the list of available models and their supported methods\.$/,
    verdict: 'no-such-model',
    blame: 'model',
  },
  {
    status: 429,
    message: /prepa\w{1,8} credits? (?:are|is) depleted/i,
    verdict: 'no-credit',
    blame: 'account',
  },
  // Nothing is allowed of this model in this tier: waiting does not help, another key of a paid
  // project may.
  { status: 429, message: /\blimit: 0\b/, verdict: 'not-in-tier', blame: 'model' },
  {
    status: 429,
    body: (complaint) => {
      const { quotaIds } = googleDetails(complaint)
      return quotaIds.length > 0 && !quotaIds.some((id) => id.includes('PerModel'))
    },
    verdict: 'rate-limited',
    blame: 'account',
  },
]

// https://openrouter.ai/docs/api/reference/errors-and-debugging
export const openrouter: readonly ErrorRule[] = [
  {
    status: 403,
    body: (complaint) =>
      lookUp(complaint, 'metadata', 'reasons') !== undefined ||
      lookUp(complaint, 'metadata', 'flagged_input') !== undefined,
    verdict: 'content-policy',
    blame: 'request',
  },
  // A key's own limit: only money or a higher limit helps, and the key is good.
  { message: /key limit exceeded/i, verdict: 'spend-limit', blame: 'account' },
  {
    status: 403,
    message: /requiring a key to access this model\b/i,
    verdict: 'not-in-tier',
    blame: 'model',
  },
  { status: 400, sentence: /^[^]* is not a valid model ID$/, verdict: 'no-such-model', blame: 'model' },
  // Refused by a provider behind the router with the router's own key.
  {
    status: [401, 402, 403],
    body: (complaint) => typeof lookUp(complaint, 'metadata', 'provider_name') === 'string',
    verdict: 'upstream-refused',
    blame: 'unknown',
  },
  { message: /free-models-per-day/, verdict: 'daily-quota', blame: 'account', period: 'day' },
  {
    body: (complaint) => lookUp(complaint, 'metadata', 'limit_source') === 'openrouter_free_tier_daily',
    verdict: 'daily-quota',
    blame: 'account',
    period: 'day',
  },
  { message: /free-models-per-min/, verdict: 'rate-limited', blame: 'account', period: 'minute' },
  {
    body: (complaint) => lookUp(complaint, 'metadata', 'limit_source') === 'openrouter_shared_capacity',
    verdict: 'rate-limited',
    blame: 'model',
    period: 'minute',
  },
  { status: 429, message: /rate-limited upstream/i, verdict: 'rate-limited-upstream', blame: 'model' },
  // Too much at once for the credit that is left; it comes with a retry-after.
  {
    status: 402,
    body: (complaint) =>
      [lookUpText(complaint, 'code'), lookUpText(complaint, 'metadata', 'limit_source')].includes(
        'openrouter_in_flight_budget',
      ),
    verdict: 'rate-limited',
    blame: 'account',
  },
  // Too dear for what is left: the request asks for too many tokens, and a smaller one is served.
  {
    status: 402,
    sentence:
      /^This request requires more credits, or fewer max_tokens\. You requested up to \d+ tokens, but can only afford \d+\.[^]*$/,
    verdict: 'larger-than-window',
    blame: 'model',
  },
  {
    status: 402,
    sentence: /^Prompt tokens limit exceeded: \d+ > \d+\.[^]*$/,
    verdict: 'larger-than-window',
    blame: 'model',
  },
  {
    status: 404,
    message: /no endpoints (?:found|available) (?:that|which) (?:support|can handle)/i,
    verdict: 'unsupported',
    blame: 'request',
  },
  {
    status: 404,
    message: /no (?:endpoints found|allowed providers)/i,
    verdict: 'no-such-model',
    blame: 'model',
  },
]

// https://help.openai.com/en/articles/10910291: another account may be verified.
export const openai: readonly ErrorRule[] = [
  {
    status: [400, 403, 404],
    sentence:
      /^Your organization must be verified to use (?:this model|the model [`'"][^`'"\s]*[`'"])\. Please go to: https:\/\/platform\.openai\.com\/settings\/organization\/general and click on Verify Organization\.(?: If you just verified, it can take up to \d+ minutes for access to propagate\.)?$/,
    verdict: 'not-in-tier',
    blame: 'model',
  },
  // Only to stream it, or for summaries of its reasoning: requests without these are served.
  {
    status: [400, 403, 404],
    sentence:
      /^Your organization must be verified to (?:stream|generate reasoning summaries for|generate reasoning summaries with) (?:this model|the model [`'"][^`'"\s]*[`'"])\. Please go to: https:\/\/platform\.openai\.com\/settings\/organization\/general and click on Verify Organization\.(?: If you just verified, it can take up to \d+ minutes for access to propagate\.)?$/,
    verdict: 'not-in-tier',
    blame: 'model',
    doubtful: true,
  },
]

// https://docs.x.ai: a bad key is a 400 with the code of any other bad argument.
export const xai: readonly ErrorRule[] = [
  {
    status: 400,
    sentence:
      /^Incorrect API key provided(?:: [\w*.[\]-]+)?\.(?: You can obtain an API key from https:\/\/console\.x\.ai\.?)?$/,
    verdict: 'bad-key',
    blame: 'key',
  },
]

export const cohere: readonly ErrorRule[] = [
  {
    status: 404,
    sentence:
      /^model '[^]*' not found, make sure the correct model ID was used and that you have access to the model\.$/,
    verdict: 'no-such-model',
    blame: 'model',
  },
]

export const mistral: readonly ErrorRule[] = [
  // The model is busy for everyone in this tier; the key has done nothing.
  { status: 429, code: '3505', verdict: 'overloaded', blame: 'provider' },
  { type: /request_tier_capacity_exceeded/, verdict: 'overloaded', blame: 'provider' },
]

// https://console.groq.com/docs/errors
export const groq: readonly ErrorRule[] = [
  // The model wrote a call that does not fit its schema: another try, here or elsewhere, may go
  // well.
  { code: /^(?:tool_use|json_validate)_failed$/, verdict: 'tool-use-failed', blame: 'unknown' },
  { status: 403, message: /network settings/i, verdict: 'region', blame: 'region' },
]

// https://docs.together.ai/docs/error-codes: 403 is "input and max_tokens too long" there
export const together: readonly ErrorRule[] = [
  { status: 403, message: /tokens?|context|length|too long/i, verdict: 'context-too-long', blame: 'request' },
]

export const fireworks: readonly ErrorRule[] = [{ status: 412, verdict: 'suspended', blame: 'account' }]

// https://huggingface.co/docs/inference-providers/pricing: credits come anew with each calendar
// month
export const huggingface: readonly ErrorRule[] = [
  { status: 402, verdict: 'monthly-quota', blame: 'account', period: 'month' },
]

export const nvidia: readonly ErrorRule[] = [
  {
    status: 400,
    sentence: /^Function id '[^']*': DEGRADED function cannot be invoked\.?$/,
    verdict: 'overloaded',
    blame: 'provider',
  },
  { message: /function .{0,120}not found for account/i, verdict: 'no-such-model', blame: 'model' },
]

export const github: readonly ErrorRule[] = [
  // `UserByDay` counts for the account; `UserByModelByDay` for the model, which is the rule.
  { status: 429, message: /\bfor User(?:By(?!Model)|Concurrent)/, verdict: 'rate-limited', blame: 'account' },
]

// https://developers.cloudflare.com/workers-ai/platform/errors/ (2026-07-29)
export const workersAi: readonly ErrorRule[] = [
  // 4006 is what is sent, 3036 what is documented.
  { code: /^(?:3036|4006)$/, verdict: 'daily-quota', blame: 'account', period: 'day' },
  { code: '3040', verdict: 'overloaded', blame: 'provider' },
  { code: '3023', verdict: 'suspended', blame: 'account' },
  { code: /^(?:5007|3042|5016|5018|3041)$/, verdict: 'no-such-model', blame: 'model' },
  { code: /^(?:5005|5019)$/, verdict: 'unsupported', blame: 'request' },
  // "Could not route to /accounts/…": the account id in front of the token is wrong.
  { code: '7003', verdict: 'bad-key', blame: 'key' },
]
