/**
 * The trial of one key: the smallest request there is, sent with that key and no other, in
 * quarantine or not.
 */
import type { Caller } from '../auth/caller.ts'
import { ownModelOf } from '../chat/model.ts'
import { inbound, spokenDialects } from '../dialects/index.ts'
import type { Env } from '../env.ts'
import type { Fault } from '../errors.ts'
import type { Need, Outcome } from '../quota/rpc.ts'
import { poolStub } from '../quota/stub.ts'
import { estimatedUsage } from '../chat/events.ts'
import { attempt } from './upstream-call.ts'
import type { KnownProvider } from './provider-directory.ts'
import { estimateTokens, tokensOf } from './estimate.ts'
import { Ledger } from './request-record.ts'
import { chooseDialect } from './choose-dialect.ts'
import type { Candidate } from './plan.ts'
import { withMoney } from './price-bounds.ts'
import { hubFault } from './provider-fault.ts'
import { ownsRow } from './redirect.ts'
import { settlementOf } from './settlement.ts'

export interface TrialInput {
  env: Env
  caller: Caller
  requestId: string
  receivedAt: number
  known: KnownProvider
  key: { id: string; allowedModels: string[] | null; defaultModel: string | null }
  /** The pool that decides about the key: its owner. */
  poolOwner: string
  clientLeft: AbortSignal
}

/** What came of it. Times are milliseconds since the epoch. */
export interface TrialResult {
  ok: boolean
  model: string
  verdict: string
  blame: Fault['blame'] | null
  message: string
  status: number | null
  latencyMs: number
  retryAt?: number
}

/** The result for a key that nobody said a model of. */
const noModel: TrialResult = {
  ok: false,
  model: '',
  verdict: 'no-model',
  blame: null,
  message: 'No call was made: neither the key nor its provider has a default model. Set one for the key.',
  status: null,
  latencyMs: 0,
}

/** How long an answer is waited for. */
const patienceMs = 30_000

/**
 * Tries a key. The pool learns of it what it would of any call: a success lifts the quarantine, a
 * failure rests what is to blame, and quota counts. The request is in the log.
 */
export async function tryKey(input: TrialInput): Promise<TrialResult> {
  const { env, caller, known, key, poolOwner, requestId, receivedAt } = input
  const model = ownModelOf(key, known.provider.defaultModel)
  if (model === undefined) return noModel
  const dialect = chooseDialect(known.provider, { clientDialect: 'openai-chat', spoken: spokenDialects })
  if (!dialect) throw new Error(`The hub does not support an API format of ${known.provider.name}.`)
  const request = parseSmallest(known.id, model)
  const candidate: Candidate = {
    providerId: known.id,
    provider: known.provider,
    row: known.row,
    model,
    dialect,
    poolOwners: [poolOwner],
  }
  const estimate = withMoney(candidate, caller.configuration, estimateTokens(request))
  const ledger = new Ledger(requestId, receivedAt, caller, request)
  const need: Need = {
    requestId,
    user: caller.configuration.user.id,
    model,
    defaultModel: model,
    estimate,
    excludedKeys: [],
    onlyKey: key.id,
    record: ledger.record(Date.now()),
  }
  const pool = poolStub(env, poolOwner, known.id)
  const admission = await pool.admit(need)
  if (admission.type !== 'lease') {
    const [refusal] = admission.type === 'refusal' ? admission.refusals : []
    return {
      ok: false,
      model,
      verdict: refusal?.reason ?? 'unknown-key',
      blame: null,
      message: refusal?.detail ?? 'The key is not ready yet. Try again in a few seconds.',
      status: null,
      latencyMs: 0,
      ...(refusal?.retryAt !== undefined && { retryAt: refusal.retryAt }),
    }
  }
  const { lease } = admission
  const startedAt = Date.now()
  const entry = ledger.open(candidate, lease, startedAt)
  const result = await attempt({
    env,
    request,
    candidate,
    lease,
    ownsRow: ownsRow(caller, known.row),
    clientLeft: input.clientLeft,
    deadline: AbortSignal.timeout(patienceMs),
  }).catch((thrown: unknown) => ({ type: 'hub-fault' as const, thrown, begun: {}, stated: undefined }))
  const now = Date.now()
  const latencyMs = now - startedAt
  const { stated } = result
  const finish = async (outcome: Outcome, status: number): Promise<void> => {
    const usage = outcome.type === 'success' ? outcome.usage : undefined
    if (usage) ledger.count(entry, usage)
    const record = ledger.record(now, { status })
    await pool.settle(settlementOf(candidate, lease, { outcome, record, ...(stated && { stated }) }))
  }
  switch (result.type) {
    case 'whole': {
      ledger.close(entry, 'ok', now)
      const usage = result.usage ?? estimatedUsage(estimate.inputTokens, tokensOf(result.text))
      await finish({ type: 'success', usage, latencyMs }, 200)
      return { ok: true, model, verdict: 'ok', blame: null, message: 'It works.', status: 200, latencyMs }
    }
    case 'fault': {
      const fault = faultOfTrial(result.fault)
      ledger.close(entry, fault, now)
      await finish({ type: 'failure', fault }, fault.status ?? 502)
      return {
        ok: false,
        model,
        verdict: fault.verdict,
        blame: fault.blame,
        message: fault.message,
        status: fault.status ?? null,
        latencyMs,
        ...(fault.retryAt !== undefined && { retryAt: fault.retryAt }),
      }
    }
    case 'hub-fault':
      ledger.close(entry, hubFault, now)
      await finish({ type: 'failure', fault: hubFault }, 500)
      throw result.thrown
    case 'stream':
    case 'unfit':
    case 'client-left':
      await pool.settle({ leaseId: lease.id, outcome: { type: 'unused' } })
      throw new Error(`The trial of a key came to "${result.type}".`)
  }
}

/**
 * A fault as a test finds it. The request is the hub's own and asks for the key's default model, so
 * that a refusal which names nothing is the key's.
 */
function faultOfTrial(fault: Fault): Fault {
  return fault.verdict === 'forbidden' ? { ...fault, blame: 'key' } : fault
}

function parseSmallest(providerId: string, model: string) {
  const listener = inbound['openai-chat']
  if (!listener) throw new Error('The OpenAI dialect is not spoken.')
  return listener.parseRequest({
    model: `${providerId}/${model}`,
    messages: [{ role: 'user', content: 'Say OK.' }],
    max_tokens: 16,
  })
}
