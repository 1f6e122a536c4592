/**
 * What errors mean at every provider by their structure: code, type and details, and last the
 * status. Rules are tried in order; the first that matches decides. Words are in `word-rules.ts`.
 */
import { googleDetails } from './error-object.ts'
import type { ErrorRule, Meaning, Provider } from './provider.ts'

/** Rules that read no words. They come before all rules that do. */
export const structureRules: readonly ErrorRule[] = [
  {
    status: [400, 413, 422],
    code: /^(?:context_length_exceeded|string_above_max_length|tokens_limit_reached)$/i,
    verdict: 'context-too-long',
    blame: 'request',
  },
  {
    status: [400, 413, 422],
    type: /^too_many_(?:prompt_)?tokens$/i,
    verdict: 'context-too-long',
    blame: 'request',
  },

  { code: /^unsupported_(?:country|region)\w*$/i, verdict: 'region', blame: 'region' },

  {
    code: /^(?:(?:account|organi[sz]ation|project)_(?:deactivated|suspended|disabled|restricted)|access_terminated)$/i,
    verdict: 'suspended',
    blame: 'account',
  },

  {
    status: [400, 403, 422],
    code: /^(?:content_?(?:policy|filter)\w*|\w{0,40}moderation\w{0,40}|ResponsibleAI\w*)$/i,
    verdict: 'content-policy',
    blame: 'request',
  },

  {
    code: /^(?:\w{0,40}(?:spend|usage|budget)_limit(?:_exceeded|_reached)?|blocked_api_access)$/i,
    verdict: 'spend-limit',
    blame: 'account',
  },
  {
    code: /^(?:insufficient_(?:\w+_)?(?:quota|balance|credits?|funds)|credit_balance_exhausted|billing_\w+|credit_limit|arrearage)$/i,
    verdict: 'no-credit',
    blame: 'account',
  },
  {
    type: /^(?:insufficient_(?:quota|balance|credits?)|billing_error|credit_limit)$/,
    verdict: 'no-credit',
    blame: 'account',
  },

  // The model is gone for everyone, and no waiting brings it back.
  {
    code: /^model_(?:decommissioned|deprecated|retired|removed|gone)$/i,
    verdict: 'gone',
    blame: 'model',
  },
  {
    code: /^(?:model_?not_?found|deployment_?not_?found|(?:invalid|unknown|unsupported)_model|model_not_(?:available|supported|exist))$/i,
    verdict: 'no-such-model',
    blame: 'model',
  },
  { status: [400, 404, 422], type: 'invalid_model', verdict: 'no-such-model', blame: 'model' },
  // This account may not use the model, or not yet; another may.
  {
    code: /^(?:no_access|model_permission\w*|model_terms_required|model[._]?access\w*|AllocationQuota\.FreeTierOnly)$/i,
    verdict: 'not-in-tier',
    blame: 'model',
  },
  // The key works and lacks a permission. Which one depends on what is asked for.
  { status: [401, 403], code: /^(?:missing_scope|insufficient_(?:permissions?|scope))\w*$/i, ...forbidden() },

  {
    status: [400, 401, 403],
    code: /^(?:invalid_api_key|API_KEY_INVALID|(?:expired|revoked)_api_key|api_key_(?:expired|revoked))$/i,
    verdict: 'bad-key',
    blame: 'key',
  },
  // Google, whoever speaks its dialect.
  {
    status: [400, 401, 403],
    body: (complaint) => googleDetails(complaint).reason === 'API_KEY_INVALID',
    verdict: 'bad-key',
    blame: 'key',
  },

  { type: /^(?:\w+_)?overloaded(?:_error)?$/, verdict: 'overloaded', blame: 'provider' },
  {
    code: /^(?:server_is_overloaded|engine_overloaded\w*|capacity_exceeded)$/,
    verdict: 'overloaded',
    blame: 'provider',
  },
  // A request to slow down is about this account, whatever status it has.
  { code: 'slow_down', verdict: 'rate-limited', blame: 'account' },
]

/** A refusal that names nothing: the key may be good for every other model. */
function forbidden(): Meaning {
  return { verdict: 'forbidden', blame: 'model' }
}

/** What a status means where neither structure nor words say more. */
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
      return forbidden()
    case 404:
      // A model, an address or a file: who does not know harms nobody, and the next candidate is
      // asked.
      return { verdict: 'not-found', blame: 'unknown' }
    case 410:
      return { verdict: 'gone', blame: 'model' }
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
