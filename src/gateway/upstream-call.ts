/**
 * One upstream call with one key: from the lease to a whole answer, a stream with its first
 * content, or a fault.
 */
import { isJsonObject } from '../chat/json.ts'
import { encodeJson, utf8Length } from '../chat/json-bytes.ts'
import type { ChatRequest } from '../chat/request.ts'
import type { Call } from '../dialects/dialect.ts'
import { inbound, outbound } from '../dialects/index.ts'
import { otherChoices } from '../dialects/spend-fields.ts'
import type { Env } from '../env.ts'
import { HubError } from '../errors.ts'
import { addressRules, safeFetch } from '../http/safe-fetch.ts'
import { addressFor } from '../providers/auth.ts'
import { faultOfException } from '../providers/classify.ts'
import { isBuiltIn } from '../providers/registry.ts'
import { answerSandbox, sandboxHost } from '../providers/sandbox/index.ts'
import type { Sent } from '../providers/client-words.ts'
import { statedLimits } from '../providers/stated-limits.ts'
import type { Lease, Settlement } from '../quota/rpc.ts'
import { budgets } from './timeouts.ts'
import { callHeaders, unsendable } from './call-headers.ts'
import type { ShownAs } from './conceal.ts'
import { openCredential, secretsOf } from './credential.ts'
import { fitCall, type FittedCall } from './fit-call.ts'
import { interruption, LinkedAbort } from './abort.ts'
import type { Candidate } from './plan.ts'
import { type Answered, type Conversation, readAnswer } from './read-answer.ts'
import { withMaker } from './sign-state.ts'
import { makerOf, stateMakers } from './state-makers.ts'

export interface AttemptInput {
  env: Env
  request: ChatRequest
  candidate: Candidate
  lease: Lease
  /** Whether the caller made the provider's row, and may learn where it lives. */
  ownsRow: boolean
  /**
   * The name of the model and the id that the answer bears; absent where the client may learn the
   * real ones.
   */
  shownAs?: ShownAs | undefined
  /** Fires when the client leaves. */
  clientLeft: AbortSignal
  /** Fires when the request's whole time is over. */
  deadline: AbortSignal
  /**
   * The time to the whole answer or a stream's first content, in milliseconds; absent for no limit.
   */
  limitMs?: number | undefined
  /** Whether the body is to be written without its whole text in memory. */
  isLarge?: boolean
}

/** What came of a call, and what the provider said of its limits by the way. */
export type AttemptResult = Answered & { stated?: NonNullable<Settlement['stated']> }

/** Makes the call. Throws only where our own code fails before it: nothing was sent then. */
export async function attempt(input: AttemptInput): Promise<AttemptResult> {
  const { candidate, lease, request } = input
  const spoken = outbound[candidate.dialect]
  const listener = inbound[request.origin.dialect]
  if (!spoken || !listener) throw new Error(`The dialect ${candidate.dialect} is planned and not spoken.`)

  const credential = await openCredential(input.env, lease, candidate)
  if ('fault' in credential) return { type: 'fault', fault: credential.fault }
  // The sandbox needs no key, and its placeholder is a word of its messages.
  const secrets = lease.secret.type === 'none' ? [] : secretsOf(credential)
  const { baseUrl, secret } = addressFor(candidate.provider, candidate.dialect, credential.secret)
  let fitted: FittedCall
  try {
    fitted = fitCall(spoken, request, candidate, { baseUrl, model: lease.model })
  } catch (thrown) {
    if (thrown instanceof HubError) return { type: 'unfit', error: thrown }
    throw thrown
  }
  const { call } = fitted
  const maker = makerOf(candidate, lease)
  const speaker = withMaker(fitted.speaker, maker, stateMakers)
  const headers = callHeaders(request, candidate, credential, secret)
  if (!headers) return { type: 'fault', fault: unsendable }
  // Made before the call: an error in here is ours, and must not be taken for one of the network.
  const body = input.isLarge ? encodeJson(call.body) : JSON.stringify(call.body)
  const sentBytes = typeof body === 'string' ? utf8Length(body) : body.byteLength
  const init = {
    method: 'POST',
    headers,
    body,
    // A key must not follow a provider's redirect to another host.
    redirect: 'manual',
  } as const
  const abort = new LinkedAbort()
  abort.follow(input.clientLeft, 'client-left')
  abort.follow(input.deadline, 'deadline')
  const { limitMs } = input
  if (limitMs !== undefined) {
    abort.abortAfter(limitMs, limitMs < budgets.answerMs ? 'short-limit' : 'answer')
  }
  const impatience = request.stream ? setTimeout(() => abort.abort('headers'), budgets.headersMs) : undefined

  // A client that left, or whose time was over, before this has cost nothing.
  const isSent = !abort.signal.aborted
  let response: Response
  try {
    response = await send(input, call.url, { ...init, signal: abort.signal })
  } catch (thrown) {
    abort.release()
    const interrupted = interruption(abort.cause)
    if (!interrupted) return { type: 'fault', fault: faultOfException(thrown, secrets) }
    // A provider that does not answer in time has begun nothing; one that is left alone may go on.
    return isSent && abort.cause !== 'headers' ? { ...interrupted, begun: {} } : interrupted
  } finally {
    if (impatience !== undefined) clearTimeout(impatience)
  }

  const at = Date.now()
  const sent = sentBy(input, call)
  const conversation: Conversation = {
    ...input,
    speaker,
    maker,
    listener,
    abort,
    secrets,
    sent,
    sentBytes,
    isRelayed: speaker.id === listener.id && !call.isTranslated,
    dropped: call.dropped,
    url: call.url,
  }
  try {
    const answered = await readAnswer(response, conversation)
    abort.stopClock()
    const own = answered.type === 'fault' ? answered.own : undefined
    const limits = statedLimits(candidate.provider, response.headers, own, at)
    // Limits of another model or provider than the one that was asked for are not the account's.
    if (limits.length === 0 || (isJsonObject(call.body) && otherChoices(call.body).elsewhere)) return answered
    return { ...answered, stated: { limits, at, ...(own && { refused: true as const }) } }
  } catch (thrown) {
    // Faults of the network are values by now: this is an error of our own code.
    abort.release()
    await response.body?.cancel().catch(() => {})
    return { type: 'hub-fault', thrown, begun: {} }
  }
}

/**
 * All that a provider can quote of a call: its body, the model in its address, headers that the
 * client chose.
 */
function sentBy({ candidate, lease, request }: AttemptInput, { body }: Call): Sent {
  const headers = candidate.dialect === request.origin.dialect ? (request.origin.headers ?? {}) : {}
  return { body, model: lease.model, texts: [lease.model, request.model, ...Object.values(headers)] }
}

/**
 * The sandbox is a provider without a network: its address is answered here. What a user supplied
 * is looked at before each call.
 */
function send({ env, candidate }: AttemptInput, url: string, init: RequestInit): Promise<Response> {
  if (!isBuiltIn(candidate.providerId, candidate.provider))
    return safeFetch(url, init, addressRules(env, candidate.row.byAdmin))
  return new URL(url).hostname === sandboxHost ? answerSandbox(new Request(url, init)) : fetch(url, init)
}
