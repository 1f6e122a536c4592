/**
 * Why a request would be served by whom: the plan of a route and what each pool would say, without
 * a call and without quota.
 */
import { scopes } from '../domain/scopes.ts'
import { z } from 'zod'
import type { Caller } from '../auth/caller.ts'
import { countDisabledKeys } from '../db/disabled-keys.ts'
import { inbound, spokenDialects } from '../dialects/index.ts'
import type { Env } from '../env.ts'
import { HubError } from '../errors.ts'
import type { Directory, KnownProvider } from '../gateway/provider-directory.ts'
import { estimateTokens } from '../gateway/estimate.ts'
import { Ledger } from '../gateway/request-record.ts'
import { withDisabledKeys } from '../gateway/left-out.ts'
import { needsOf } from '../gateway/capabilities.ts'
import { type Candidate, makePlan } from '../gateway/plan.ts'
import { type PricedCandidate, withMoney } from '../gateway/price-bounds.ts'
import type { Explanation, Need } from '../quota/rpc.ts'
import { poolStub } from '../quota/stub.ts'
import { Time, toTimeOrNull } from './schemas/common.ts'

/** What the imagined request is like. */
export const ExplainInput = z.strictObject({
  inputTokens: z.int().min(0).max(10_000_000).optional(),
  outputTokens: z.int().min(1).max(1_000_000).optional(),
  tools: z.boolean().optional(),
  images: z.boolean().optional(),
  jsonSchema: z.boolean().optional(),
})

const Refusal = z.object({
  keyId: z.string(),
  reason: z.string(),
  also: z.array(z.string()),
  retryAt: Time.nullable(),
  verdict: z.string().nullable(),
  detail: z.string().nullable(),
})

const ExplainedPool = z.object({
  provider: z.string(),
  model: z.string().nullable(),
  scope: z.enum(scopes),
  /** The key that would serve; null where none can. */
  keyId: z.string().nullable(),
  retryAt: Time.nullable(),
  refusals: z.array(Refusal),
})

export const Explained = z.object({
  /** Who would serve; null where nobody can now. */
  serves: z.object({ provider: z.string(), model: z.string().nullable(), keyId: z.string() }).nullable(),
  /** When somebody could, where nobody can now. */
  retryAt: Time.nullable(),
  /** Every pool in the order in which it is asked. */
  pools: z.array(ExplainedPool),
  /** Candidates that are not asked, and why. */
  leftOut: z.array(z.object({ provider: z.string(), model: z.string().nullable(), reason: z.string() })),
})

/** Why a key is used, or is not. */
export const ExplainedKey = z.object({
  serves: z.boolean(),
  /** The key that goes before it, where another one would serve. */
  goesFirst: z.string().nullable(),
  /** What speaks against it; null where nothing does, and it only is not its turn. */
  refusal: Refusal.nullable(),
})

interface Question {
  env: Env
  caller: Caller
  directory: Directory
  asked: string
  input: z.infer<typeof ExplainInput>
  requestId: string
}

/**
 * Who would serve a request, and why others would not.
 * @throws {HubError} NOT_FOUND where the name means nothing.
 */
export async function explain(question: Question): Promise<z.infer<typeof Explained>> {
  const explained = await findWhoServes(question)
  const disabled = await countDisabledKeys(question.env.DB, question.caller.configuration.user.id)
  return { ...explained, leftOut: withDisabledKeys(explained.leftOut, disabled) }
}

/**
 * As `explain`, without reading which keys are disabled.
 * @throws {HubError} NOT_FOUND where the name means nothing.
 */
export async function findWhoServes(question: Question): Promise<z.infer<typeof Explained>> {
  const { env, caller, directory, asked, input } = question
  const { request, estimate, needFor } = imagine(question)
  const plan = makePlan({
    asked,
    routes: caller.configuration.routes,
    directory,
    clientDialect: 'openai-chat',
    spoken: spokenDialects,
    allowedModels: null,
    allowedProviders: null,
    needs: {
      ...needsOf(request, estimate),
      tools: input.tools ?? false,
      jsonSchema: input.jsonSchema ?? false,
      input: new Set(input.images ? ['image' as const] : []),
    },
    turnOf: () => 0,
    heardOf: () => ({}),
  })
  if (plan instanceof HubError) throw plan
  const pools = await Promise.all(
    plan.candidates.flatMap((candidate) =>
      candidate.poolOwners.map(async (poolOwner) => {
        const need = { ...needFor(candidate), row: candidate.row.binding.owner }
        const explanation = await poolStub(env, poolOwner, candidate.providerId).explain(need)
        return showPool(candidate, poolOwner, explanation)
      }),
    ),
  )
  const first = pools.find(({ keyId }) => keyId !== null)
  const times = pools.flatMap(({ retryAt }) => retryAt ?? [])
  return {
    serves: first?.keyId ? { provider: first.provider, model: first.model, keyId: first.keyId } : null,
    retryAt: first ? null : (times.toSorted()[0] ?? null),
    pools,
    leftOut: plan.leftOut,
  }
}

/**
 * Why a key would serve a request for a model, or would not. `asked` of the question is the model;
 * empty for the key's default.
 */
export async function explainKey(
  question: Omit<Question, 'directory'>,
  key: { id: string; poolOwner: string; known: KnownProvider },
): Promise<z.infer<typeof ExplainedKey>> {
  const { id: providerId, provider, row } = key.known
  const need = imagine(question).needFor({
    providerId,
    provider,
    row,
    ...(question.asked !== '' && { model: question.asked }),
    poolOwners: [key.poolOwner],
  })
  const { keyId, refusals } = await poolStub(question.env, key.poolOwner, providerId).explain(need)
  const refusal = refusals.find((one) => one.keyId === key.id)
  return {
    serves: keyId === key.id,
    goesFirst: keyId !== undefined && keyId !== key.id ? keyId : null,
    refusal: refusal ? showRefusal(refusal, true) : null,
  }
}

/** A request that nobody sends, of the size that was asked about. */
function imagine({ caller, asked, input, requestId }: Omit<Question, 'directory'>) {
  const listener = inbound['openai-chat']
  if (!listener) throw new Error('The OpenAI dialect is not spoken.')
  const request = listener.parseRequest({ model: asked, messages: [{ role: 'user', content: 'Hello!' }] })
  const usual = estimateTokens(request)
  const estimate = {
    inputTokens: input.inputTokens ?? usual.inputTokens,
    outputTokens: input.outputTokens ?? usual.outputTokens,
  }
  const now = Date.now()
  const record = new Ledger(requestId, now, caller, request).record(now)
  const { maxShare } = caller.configuration.user
  const needFor = (candidate: PricedCandidate): Need => ({
    requestId,
    user: caller.configuration.user.id,
    ...(maxShare !== null && { maxShare }),
    ...(candidate.model !== undefined && { model: candidate.model }),
    defaultModel: candidate.provider.defaultModel,
    estimate: withMoney(candidate, caller.configuration, estimate),
    excludedKeys: [],
    record,
  })
  return { request, estimate, needFor }
}

function showPool(
  candidate: Candidate,
  poolOwner: string,
  { keyId, retryAt, refusals }: Explanation,
): z.infer<typeof ExplainedPool> {
  const shared = poolOwner === 'hub'
  return {
    provider: candidate.providerId,
    model: candidate.model ?? null,
    scope: shared ? 'hub' : 'user',
    keyId: keyId ?? null,
    retryAt: toTimeOrNull(retryAt),
    // A provider's words about an account are for its owner.
    refusals: refusals.map((refusal) => showRefusal(refusal, !shared)),
  }
}

function showRefusal(
  { keyId, reason, also, retryAt, verdict, detail }: Explanation['refusals'][number],
  withDetail: boolean,
): z.infer<typeof Refusal> {
  return {
    keyId,
    reason,
    also,
    retryAt: toTimeOrNull(retryAt),
    verdict: verdict ?? null,
    detail: withDetail ? (detail ?? null) : null,
  }
}
