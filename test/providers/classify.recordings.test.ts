/** Every error that was recorded, or quoted in a thread, is laid at the right door. */
import { describe, expect, it } from 'vitest'
import { outbound } from '../../src/dialects/index.ts'
import type { Fault } from '../../src/errors.ts'
import { classify } from '../../src/providers/classify.ts'
import type { Provider } from '../../src/providers/provider.ts'
import { findProvider } from '../../src/providers/registry.ts'
import { type Exchange, readRecordings } from '../recordings.ts'

const now = Date.UTC(2026, 7, 5, 12)
/** When an error came that states a date: a day's quota ends within a day. */
const cameAt: Record<string, number> = {
  'openrouter/transcribed_429_free_per_day.json': 1_788_825_600_000 - 3_600_000,
  'openrouter/transcribed_429_free_per_day_high_balance.json': 1_786_233_600_000 - 3_600_000,
}
const day = 24 * 3_600_000

/** What is known of each recording: verdict and blame, and what is said of the time. */
const expectations: Record<string, Partial<Fault>> = {
  'anthropic/error_400_context_length.json': { blame: 'request', verdict: 'context-too-long' },
  'anthropic/error_400_effort.json': { blame: 'request', verdict: 'invalid-request' },
  'anthropic/error_401.json': { blame: 'key', verdict: 'bad-key' },
  'anthropic/error_404_model.json': { blame: 'model', verdict: 'no-such-model' },
  'anthropic/transcribed_429_rate_limit.json': {
    blame: 'model',
    verdict: 'rate-limited',
    period: 'minute',
  },
  'azure/error_401.json': { blame: 'key', verdict: 'bad-key' },
  'azure/error_429.json': { blame: 'account', verdict: 'rate-limited', retryAt: now + 1_000 },
  'cerebras/transcribed_400_reasoning_content.json': { blame: 'request', verdict: 'invalid-request' },
  'cohere/error_400_context_length.json': { blame: 'request', verdict: 'context-too-long' },
  'cohere/error_401.json': { blame: 'key', verdict: 'bad-key' },
  'cohere/error_404_model.json': { blame: 'model', verdict: 'no-such-model' },
  'deepseek/error_400_image_unsupported.json': { blame: 'request', verdict: 'invalid-request' },
  'deepseek/error_400_tool_choice_thinking.json': { blame: 'request', verdict: 'invalid-request' },
  'deepseek/error_401.json': { blame: 'key', verdict: 'bad-key' },
  'deepseek/responses_rejects_interleaved.json': { blame: 'request', verdict: 'invalid-request' },
  'deepseek/transcribed_400_reasoning_content_required.json': {
    blame: 'request',
    verdict: 'invalid-request',
  },
  'fireworks/transcribed_412_suspended.json': { blame: 'account', verdict: 'suspended' },
  'gemini/error_400_bad_key.json': { blame: 'key', verdict: 'bad-key' },
  'gemini/error_404_model_stream.json': { blame: 'model', verdict: 'no-such-model' },
  'gemini/error_429_paid_tpm.json': {
    blame: 'model',
    verdict: 'rate-limited',
    period: 'minute',
    retryAt: now + 48_940,
  },
  'gemini/transcribed_400_missing_thought_signature.json': { blame: 'request', verdict: 'invalid-request' },
  'gemini/transcribed_400_schema_unknown_name.json': { blame: 'request', verdict: 'invalid-request' },
  'gemini/transcribed_429_free_tier_day_and_minute.json': {
    blame: 'model',
    verdict: 'daily-quota',
    period: 'day',
    retryAt: Date.UTC(2026, 7, 6, 7),
  },
  'github-models/transcribed_429_by_day.json': {
    blame: 'model',
    verdict: 'daily-quota',
    retryAt: now + 5_631_000,
  },
  'groq/error_404_model.json': { blame: 'model', verdict: 'no-such-model' },
  'groq/error_tool_use_failed.json': { blame: 'unknown', verdict: 'tool-use-failed' },
  'groq/transcribed_429_tpd.json': { blame: 'model', verdict: 'daily-quota', retryAt: now + 578_016 },
  'groq/transcribed_429_tpm.json': { blame: 'model', verdict: 'rate-limited', retryAt: now + 11_455 },
  'huggingface/transcribed_402_credits.json': {
    blame: 'account',
    period: 'month',
    retryAt: Date.UTC(2026, 8, 1),
  },
  'mistral/error_400_invalid_model.json': { blame: 'model', verdict: 'no-such-model' },
  'mistral/error_400_logprobs.json': { blame: 'request', verdict: 'invalid-request' },
  'mistral/error_401_detail_shape.json': { blame: 'key', verdict: 'bad-key' },
  'mistral/transcribed_400_tool_call_id.json': { blame: 'request', verdict: 'invalid-request' },
  'nvidia/transcribed_400_degraded.json': { blame: 'provider', verdict: 'overloaded' },
  'ollama/error_400_context_length.json': { blame: 'request', verdict: 'context-too-long' },
  'openai-chat/error_400_developer_role.json': { blame: 'request', verdict: 'invalid-request' },
  'openai-chat/error_401.json': { blame: 'key', verdict: 'bad-key' },
  'openai-chat/error_404_model.json': { blame: 'model', verdict: 'no-such-model' },
  'openai-chat/image_url.json': { blame: 'request', verdict: 'invalid-request' },
  'openai-chat/transcribed_429_insufficient_quota.json': { blame: 'account', verdict: 'spend-limit' },
  'openai-responses/error_400_model_not_found.json': { blame: 'model', verdict: 'no-such-model' },
  'openai-responses/error_400_orphan_reasoning.json': { blame: 'request', verdict: 'invalid-request' },
  'openai-responses/error_401.json': { blame: 'key', verdict: 'bad-key' },
  'openrouter/error_400_context_length.json': { blame: 'request', verdict: 'context-too-long' },
  'openrouter/error_400_model.json': { blame: 'model', verdict: 'no-such-model' },
  'openrouter/error_401.json': { blame: 'key', verdict: 'bad-key' },
  'openrouter/error_429_upstream.json': { blame: 'model', verdict: 'rate-limited-upstream' },
  'openrouter/transcribed_429_free_per_day.json': {
    blame: 'account',
    period: 'day',
    retryAt: 1_788_825_600_000,
  },
  'openrouter/transcribed_429_free_per_day_high_balance.json': {
    blame: 'account',
    period: 'day',
    retryAt: 1_786_233_600_000,
  },
  'perplexity/error_400_context_length.json': { blame: 'request', verdict: 'context-too-long' },
  'perplexity/error_401.json': { blame: 'key', verdict: 'bad-key' },
  'together/transcribed_402_credit_limit.json': { blame: 'account', verdict: 'no-credit' },
  'workers-ai/transcribed_429_neurons.json': {
    blame: 'account',
    verdict: 'daily-quota',
    retryAt: Date.UTC(2026, 7, 6),
  },
  'xai/error_400_bad_key.json': { blame: 'key', verdict: 'bad-key' },
  'xai/transcribed_403_credits.json': { blame: 'account', verdict: 'no-credit' },
}

/** What must hold of a recording for the class that a person gave it. */
const classRules: readonly [RegExp, (fault: Fault) => void][] = [
  [/^cooling/, (fault) => expect(['account', 'model']).toContain(fault.blame)],
  [/^cooling/, (fault) => expect(fault.retryAt ?? fault.period).toBeDefined()],
  [/account$/, (fault) => expect(fault.blame).toBe('account')],
  [/model$/, (fault) => expect(fault.blame).toBe('model')],
  [/^key-dead/, (fault) => expect(['key', 'account']).toContain(fault.blame)],
  [/^request/, (fault) => expect(fault.blame).toBe('request')],
  [/^provider/, (fault) => expect(fault.blame).toBe('provider')],
]

/** The body as it came over the wire, where it was JSON all the same. */
function bodyOf({ body, sse }: Exchange['response']): string {
  return sse ?? JSON.stringify(body ?? '')
}

const unknownProvider: Provider = { name: 'Unknown', dialects: {}, defaultModel: '', models: {} }

const failures = readRecordings().flatMap(({ name, provider, expectedClass, exchanges }) =>
  exchanges
    .filter(({ response }) => response.status >= 400)
    .map(({ response }, index) => ({
      name,
      provider,
      expectedClass,
      response,
      title: `${name} #${index + 1}`,
    })),
)

// Without recordings there is nothing to classify; a file without a test would fail.
if (failures.length === 0) it('needs RECORDINGS_DIR to be set', () => expect(failures).toEqual([]))
else
  describe('recorded errors', () => {
    it.each(failures)('$title', ({ name, provider, expectedClass, response }) => {
      const known = findProvider(provider.replace(/^openai-.*/, 'openai'))?.provider ?? unknownProvider
      const at = cameAt[name] ?? now
      const complaint = outbound['openai-chat']?.parseError(bodyOf(response))
      if (!complaint) throw new Error('The dialect openai-chat is missing.')
      const fault = classify({
        provider: known,
        status: response.status,
        headers: response.headers,
        complaint,
        now: at,
      })

      expect(fault).toMatchObject(expectations[name] ?? {})
      expect(fault.status).toBe(response.status)
      for (const [pattern, check] of classRules)
        if (expectedClass && pattern.test(expectedClass)) check(fault)
      if (response.status === 401) expect(fault.blame).toBe('key')
      if (response.status === 429) expect(['account', 'model', 'provider']).toContain(fault.blame)
      if (response.status >= 500) expect(fault.blame).toBe('provider')
      if (fault.blame === 'request' || fault.blame === 'unknown') expect(fault.retryAt).toBeUndefined()
      if (fault.retryAt !== undefined) {
        expect(fault.retryAt).toBeGreaterThan(at)
        expect(fault.retryAt).toBeLessThanOrEqual(at + 31 * day)
      }
    })
  })
