/** Words alone blame a model or an account only until a second key says the same. */
import { describe, expect, it } from 'vitest'
import type { Json } from '../../src/chat/json.ts'
import { outbound } from '../../src/dialects/index.ts'
import type { Fault } from '../../src/errors.ts'
import { catalog, type ProviderId } from '../../src/providers/catalog.ts'
import { classify } from '../../src/providers/classify.ts'
import type { Provider } from '../../src/providers/provider.ts'
import { restAfter } from '../../src/quota/cooldown.ts'

const now = Date.UTC(2026, 10, 21, 9, 40)
const custom: Provider = { name: 'Custom', dialects: {}, defaultModel: 'm', models: {} }

function read(provider: ProviderId | 'custom', status: number, body: Json): Fault {
  const complaint = outbound['openai-chat']?.parseError(body)
  if (!complaint) throw new Error('The dialect openai-chat is missing.')
  const row: Provider = provider === 'custom' ? custom : catalog[provider]
  return classify({ provider: row, status, headers: {}, complaint, now })
}

const said = (message: string, more: Record<string, Json> = {}): Json => ({ error: { message, ...more } })

describe('a verdict on a model', () => {
  it.each<[ProviderId | 'custom', number, Json]>([
    ['deepseek', 400, said('Model Not Exist')],
    ['custom', 400, said('This model has been retired.')],
    ['custom', 404, said('The model is not available.')],
    ['custom', 410, said('The model has reached its end of life.')],
    ['custom', 410, ''],
    ['custom', 422, said('No such model.')],
    ['custom', 403, said('The model is blocked for this project.')],
    ['openrouter', 404, said('No allowed providers are available for the selected model.', { code: 404 })],
    [
      'openai',
      400,
      said(
        'Your organization must be verified to stream this model. Please go to: https://platform.openai.com/settings/organization/general and click on Verify Organization.',
      ),
    ],
  ])('is doubtful where only words give it, and then short: %s %i %j', (provider, status, body) => {
    const fault = read(provider, status, body)
    expect(fault).toMatchObject({ blame: 'model', doubtful: true })
    expect(restAfter(undefined, fault, now, now).until).toBe(now + 2_000)
  })

  it.each<[ProviderId | 'custom', number, Json]>([
    ['openai', 404, said('No.', { code: 'model_not_found' })],
    ['custom', 410, said('Gone.', { code: 'model_retired' })],
    ['anthropic', 404, said('model: claude-x', { type: 'not_found_error' })],
    ['mistral', 400, { message: 'Invalid model: x', type: 'invalid_model', code: '1500' }],
    ['openrouter', 400, said('x is not a valid model ID', { code: 400 })],
  ])('is not where a code or a fixed sentence does: %s %i %j', (provider, status, body) => {
    const fault = read(provider, status, body)
    expect(fault).toMatchObject({ blame: 'model' })
    expect(fault.doubtful).toBeUndefined()
  })

  it('is for each key to find out where it is a matter of size', () => {
    const words = 'Request too large for model `x` on tokens per minute (TPM): Limit 6000, Requested 7000'
    expect(read('groq', 413, said(words)).doubtful).toBeUndefined()
  })
})

describe('an account', () => {
  it.each([
    'Your organization has disabled the web search tool.',
    'The web search tool of your organization has been disabled.',
    'Your organization has been restricted from using web search.',
    'Your project settings are restricted: code execution is disabled.',
    'Your account cannot use files that have been blocked.',
    'Your organization owner says that the tool is disabled.',
    'The team tool is disabled.',
    'Computer use is blocked by a project policy.',
  ])('is open, whatever of it is closed: %s', (words) => {
    for (const status of [400, 403])
      expect(read('custom', status, said(words))).not.toMatchObject({ blame: 'account' })
  })

  it.each([
    'This organization has been disabled.',
    'Your account has been suspended.',
    'Your account is suspended, please check your plan and billing details',
    'Account x is suspended, possibly due to reaching the monthly spending limit or failure to pay past invoices.',
    'Your account org-1234<ak-5678> is suspended due to insufficient balance',
    'Organization has been restricted. Please reach out to support if you believe this was in error.',
    'The OpenAI account associated with this API key has been deactivated.',
    'Access denied. Your project has been suspended.',
    'Your team is currently blocked.',
  ])('is closed where a sentence says so: %s', (words) => {
    expect(read('custom', 403, said(words))).toMatchObject({
      blame: 'account',
      verdict: 'suspended',
      doubtful: true,
    })
  })
})

describe('a 403', () => {
  it.each([
    'The safety model refused this request.',
    'This tool cannot be used with the model that you chose.',
    'Request blocked: the model was asked to do harm.',
    'Your model parameter is fine, the rest is not.',
  ])('is not about a model because it says the word: %s', (words) => {
    expect(read('custom', 403, said(words)).verdict).not.toBe('not-in-tier')
  })

  it.each([
    'The model `x` is blocked at the project level. Please have a project admin enable this model.',
    'The requested model is not enabled for your organization.',
    'You are not authorized to access this model.',
    'Your plan is not allowed to use the model.',
  ])('is where a sentence says that it is closed: %s', (words) => {
    expect(read('custom', 403, said(words))).toMatchObject({
      blame: 'model',
      verdict: 'not-in-tier',
      doubtful: true,
    })
  })

  it.each([
    'Your organization has disabled the web search tool.',
    'Code execution is not enabled for this key.',
    'You do not have permission to access this file.',
  ])('about a tool or a file is the request’s: %s', (words) => {
    expect(read('custom', 403, said(words))).toMatchObject({ blame: 'request' })
  })
})
