/** One upstream call with one key: from the lease to a whole answer, a stream with its first content, or a fault. */
import type { Complaint, Usage } from '../chat/events.ts'
import { isJsonObject } from '../chat/json.ts'
import type { ChatRequest } from '../chat/request.ts'
import type { ChatResponse } from '../chat/response.ts'
import { unfold } from '../chat/fold.ts'
import { findReason } from '../dialects/complaint.ts'
import { inbound, outbound } from '../dialects/index.ts'
import { otherChoices } from '../dialects/spend-fields.ts'
import type { Call, Inbound, Outbound, Served } from '../dialects/dialect.ts'
import { parseJson } from '../dialects/read.ts'
import type { Env } from '../env.ts'
import { type Fault, HubError } from '../errors.ts'
import { BodyTooLargeError, BrokenBodyError, readBeginning, readText } from '../http/bounded-reader.ts'
import { addressRules, safeFetch } from '../http/safe-fetch.ts'
import { encodeSse } from '../http/sse.ts'
import { addressFor } from '../providers/auth.ts'
import { faultOfException } from '../providers/classify.ts'
import { isBuiltIn } from '../providers/registry.ts'
import { answerSandbox, sandboxHost } from '../providers/sandbox/index.ts'
import type { Sent } from '../providers/sent-words.ts'
import { statedLimits } from '../providers/stated-limits.ts'
import type { Lease, Settlement } from '../quota/lease.ts'
import { AnswerStream, cutFault } from './answer-stream.ts'
import { budgets, largeRequestBytes, maxAnswerBytes, maxErrorBytes, withEcho } from './budgets.ts'
import { callHeaders, unsendable } from './call-headers.ts'
import { ContentMeter } from './content-meter.ts'
import { openCredential, secretsOf } from './credential.ts'
import { fitCall, type FittedCall } from './fit-call.ts'
import { foldStream, isEventStream } from './fold-stream.ts'
import { interruption, LinkedAbort } from './interruption.ts'
import { headOf, Relay, Translation } from './passage.ts'
import type { Candidate } from './plan.ts'
import { failureOfComplaint, malformedAnswer, tooLongAnswer } from './provider-fault.ts'
import { isRedirect, redirectFault } from './redirect.ts'

export interface AttemptInput {
  env: Env
  request: ChatRequest
  candidate: Candidate
  lease: Lease
  /** Whether the caller made the provider's row, and may learn where it lives. */
  ownsRow: boolean
  /** Fires when the client leaves. */
  clientLeft: AbortSignal
  /** Fires when the request's whole time is over. */
  deadline: AbortSignal
}

/** What came of a call, and what the provider said of its limits by the way. */
export type AttemptResult = Answered & { stated?: NonNullable<Settlement['stated']> }

type Answered =
  /** The answer in the client's dialect, as JSON text or, where the client wanted a stream, as one. */
  | { type: 'whole'; text: string; usage: Usage | undefined; meter: ContentMeter; dropped: string[] }
  | { type: 'stream'; stream: AnswerStream; dropped: string[]; secrets: readonly string[]; sent: Sent }
  /** `own` is the complaint in the provider's own words, where limits may be learned from it. */
  | { type: 'fault'; fault: Fault; begun?: Begun; own?: Complaint; dropped?: string[] }
  | { type: 'client-left'; begun?: Begun }
  /** Our own code failed after the call was made. */
  | { type: 'hub-fault'; thrown: unknown; begun: Begun }
  /** The provider's dialect has no words for this request: no call was made. */
  | { type: 'unfit'; error: HubError }

/** An answer that the provider may have begun, and whose end was not seen: it may bill all of it. */
export interface Begun {
  /** The last report of usage, unchecked. */
  claimed?: Usage | undefined
  /** How much content came, where any did. */
  meter?: ContentMeter
}

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
  const { call, speaker } = fitted
  const headers = callHeaders(request, candidate, credential, secret)
  if (!headers) return { type: 'fault', fault: unsendable }
  // Made before the call: an error in here is ours, and must not be taken for one of the network.
  const body = JSON.stringify(call.body)
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
    listener,
    abort,
    secrets,
    sent,
    sentBytes: new TextEncoder().encode(body).byteLength,
    isRelayed: speaker.id === listener.id && !call.isTranslated,
    dropped: call.dropped,
    url: call.url,
  }
  try {
    const answered = await readAnswer(response, conversation)
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

/** All that a provider can quote of a call: its body, the model in its address, headers that the client chose. */
function sentBy({ candidate, lease, request }: AttemptInput, { body }: Call): Sent {
  const headers = candidate.dialect === request.origin.dialect ? (request.origin.headers ?? {}) : {}
  return { body, model: lease.model, texts: [lease.model, request.model, ...Object.values(headers)] }
}

function readAnswer(response: Response, conversation: Conversation): Promise<Answered> {
  const { request } = conversation
  const contentType = response.headers.get('content-type') ?? ''
  if (isRedirect(response)) return readRedirect(response, conversation)
  if (response.status >= 300) return readRefusal(response, conversation)
  if (request.stream && response.body && !contentType.includes('json'))
    return openStream(response.body, conversation)
  return readWhole(response, conversation)
}

/** What every step after the headers needs. */
interface Conversation extends AttemptInput {
  speaker: Outbound
  listener: Inbound
  abort: LinkedAbort
  /** The key and the header values of the call. */
  secrets: readonly string[]
  sent: Sent
  sentBytes: number
  /** The answer goes to the client as it came. */
  isRelayed: boolean
  dropped: string[]
  /** The address that was called. */
  url: string
}

async function openStream(body: ReadableStream<Uint8Array>, conversation: Conversation): Promise<Answered> {
  const { speaker, listener, request, abort, secrets, sent, sentBytes, isRelayed, dropped } = conversation
  const passage = isRelayed
    ? new Relay(speaker, request.streamUsage, sentBytes)
    : new Translation(speaker, listener, request, servedBy(conversation), sentBytes)
  const stream = new AnswerStream(body, passage, abort, sentBytes)
  const end = await stream.start()
  const begun: Begun = { claimed: stream.claimed, meter: stream.meter }
  switch (end.type) {
    case 'good':
      return { type: 'stream', stream, dropped, secrets, sent }
    case 'complaint':
      return readComplaint(conversation, 200, new Headers(), end.complaint)
    case 'cut':
      return { type: 'fault', fault: cutFault('before any content'), begun }
    case 'malformed':
      return { type: 'fault', fault: malformedAnswer(end.problem, 200), begun }
    case 'too-long':
      return { type: 'fault', fault: tooLongAnswer(end.problem), begun }
    case 'interrupted':
      return { ...(interruption(end.cause) ?? { type: 'client-left' }), begun }
  }
}

async function readWhole(response: Response, conversation: Conversation): Promise<Answered> {
  const { speaker, listener, request, isRelayed, dropped, secrets, abort, sentBytes } = conversation
  let text: string
  try {
    text = await readText(response, withEcho(maxAnswerBytes, sentBytes))
  } catch (thrown) {
    if (thrown instanceof BodyTooLargeError) {
      const faultOf = sentBytes >= largeRequestBytes ? tooLongAnswer : malformedAnswer
      return { type: 'fault', fault: faultOf(thrown.message, response.status), begun: {} }
    }
    if (!(thrown instanceof BrokenBodyError)) throw thrown
    const fault = faultOfException(thrown.cause, secrets)
    return { ...(interruption(abort.cause) ?? { type: 'fault', fault }), begun: {} }
  } finally {
    abort.release()
  }
  const body = parseJson(text)
  if (body === undefined && speaker.id !== 'openai-embeddings' && isEventStream(text))
    return readFolded(text, response, conversation)
  if (!isJsonObject(body)) {
    const message = `The provider answered ${response.status} with something that is not JSON, or is too deep.`
    return { type: 'fault', fault: malformedAnswer(message, response.status), begun: {} }
  }
  const isAnswer = speaker.isAnswer(body)
  const complaint = speaker.readComplaint(body) ?? (isAnswer ? undefined : findReason(body))
  if (complaint) {
    return readComplaint(conversation, response.status, response.headers, complaint)
  }
  if (!isAnswer) return { type: 'fault', fault: malformedAnswer(noAnswer, response.status) }
  const meter = new ContentMeter()
  meter.addJson(body)
  const measured = { usage: speaker.readUsage(body), meter }
  const isOwn = isRelayed && !request.stream
  const answer = isOwn ? text : renderWhole(speaker.parseResponse(body), conversation)
  return { type: 'whole', text: answer, ...measured, dropped }
}

const noAnswer = 'The provider answered without an answer: no choice, no candidate, no content.'

/** An event stream, read to its end: relays send it where none was asked for. */
function readFolded(text: string, response: Response, conversation: Conversation): Answered {
  const { speaker, dropped } = conversation
  const folded = foldStream(text, speaker)
  switch (folded.type) {
    case 'answer': {
      const { usage, meter } = folded
      return { type: 'whole', text: renderWhole(folded.response, conversation), usage, meter, dropped }
    }
    case 'complaint':
      return readComplaint(conversation, response.status, response.headers, folded.complaint)
    case 'cut':
      return { type: 'fault', fault: cutFault('before it was complete') }
  }
}

async function readRedirect(response: Response, conversation: Conversation): Promise<Answered> {
  const { url: called, ownsRow: mayName, secrets, abort } = conversation
  await response.body?.cancel().catch(() => {})
  abort.release()
  return { type: 'fault', fault: redirectFault(response, { called, mayName, secrets }) }
}

async function readRefusal(response: Response, conversation: Conversation): Promise<Answered> {
  const { speaker, abort } = conversation
  const text = await readRefusalText(response)
  abort.release()
  const complaint = speaker.parseError(parseJson(text) ?? text)
  return readComplaint(conversation, response.status, response.headers, complaint)
}

function readComplaint(
  { candidate, secrets, sent, dropped }: Conversation,
  status: number,
  headers: Headers,
  complaint: Complaint,
): Answered {
  const { provider } = candidate
  const failed = { provider, status, headers, complaint, now: Date.now(), secret: secrets, sent }
  return { type: 'fault', ...failureOfComplaint(failed), dropped }
}

function servedBy({ candidate, lease }: Conversation): Served {
  return { provider: candidate.providerId, model: lease.model, at: Date.now() }
}

/** The sandbox is a provider without a network: its address is answered here. What a user supplied is looked at before each call. */
function send({ env, candidate }: AttemptInput, url: string, init: RequestInit): Promise<Response> {
  if (!isBuiltIn(candidate.providerId, candidate.provider))
    return safeFetch(url, init, addressRules(env, candidate.row.byAdmin))
  return new URL(url).hostname === sandboxHost ? answerSandbox(new Request(url, init)) : fetch(url, init)
}

/** A whole answer in the client's dialect: as the stream that it asked for, or as JSON. */
function renderWhole(response: ChatResponse, conversation: Conversation): string {
  const { listener, request } = conversation
  const served = servedBy(conversation)
  const whole = headOf(response, served)
  if (!request.stream) return JSON.stringify(listener.renderResponse(whole, request, served))
  const renderer = listener.renderStream(request, served)
  const messages = unfold(whole).flatMap((event) => renderer.push(event))
  return [...messages, ...renderer.end()].map(encodeSse).join('')
}

/** The beginning of an error body. One that breaks off leaves the status to judge by. */
async function readRefusalText(response: Response): Promise<string> {
  try {
    return (await readBeginning(response, maxErrorBytes)).text
  } catch (thrown) {
    if (thrown instanceof BrokenBodyError) return ''
    throw thrown
  }
}
