/**
 * Reads what a provider answered: a whole answer, a stream up to its first content, or what went
 * wrong.
 */
import type { Complaint, Usage } from '../chat/events.ts'
import { unfold } from '../chat/fold.ts'
import { isJsonObject } from '../chat/json.ts'
import type { ChatResponse } from '../chat/response.ts'
import { findReason } from '../dialects/provider-error.ts'
import type { Inbound, Outbound, Served } from '../dialects/dialect.ts'
import { parseJson } from '../dialects/json-read.ts'
import type { Fault, HubError } from '../errors.ts'
import {
  BodyTooLargeError,
  BrokenBodyError,
  readBeginning,
  type ReadingTime,
  readText,
} from '../http/bounded-reader.ts'
import { encodeSse, EventTooLongError } from '../http/sse.ts'
import { faultOfException } from '../providers/classify.ts'
import type { Sent } from '../providers/client-words.ts'
import { AnswerStream, cutFault } from './answer-stream.ts'
import type { AttemptInput } from './upstream-call.ts'
import { budgets, largeRequestBytes, maxAnswerBytes, maxErrorBytes, withEcho } from './timeouts.ts'
import { concealAnswer } from './conceal.ts'
import { ContentMeter } from './content-meter.ts'
import { type Folded, foldStream, isEventStream } from './fold-stream.ts'
import { interruption, type LinkedAbort } from './abort.ts'
import { excessParts, TooManyPartsError } from './part-counter.ts'
import { headOf, Relay, simplifierOf, Translation } from './stream-transform.ts'
import { failureOfComplaint, malformedAnswer, tooLongAnswer } from './provider-fault.ts'
import { isRedirect, redirectFault } from './redirect.ts'
import { stateMakers } from './state-makers.ts'

/** What the provider's answer came to. */
export type Answered =
  /**
   * The answer in the client's dialect, as JSON text or, where the client wanted a stream, as one.
   */
  | { type: 'whole'; text: string; usage: Usage | undefined; meter: ContentMeter; dropped: string[] }
  | { type: 'stream'; stream: AnswerStream; dropped: string[]; secrets: readonly string[]; sent: Sent }
  /** `own` is the complaint in the provider's own words, where limits may be learned from it. */
  | { type: 'fault'; fault: Fault; begun?: Begun; own?: Complaint; dropped?: string[] }
  | { type: 'client-left'; begun?: Begun }
  /** Our own code failed after the call was made. */
  | { type: 'hub-fault'; thrown: unknown; begun: Begun }
  /** The provider's dialect has no words for this request: no call was made. */
  | { type: 'unfit'; error: HubError }

/**
 * An answer that the provider may have begun, and whose end was not seen: it may bill all of it.
 */
export interface Begun {
  /** The last report of usage, unchecked. */
  claimed?: Usage | undefined
  /** How much content came, where any did. */
  meter?: ContentMeter
}

/** What every step after the headers needs. */
export interface Conversation extends Pick<
  AttemptInput,
  'request' | 'candidate' | 'lease' | 'ownsRow' | 'shownAs'
> {
  speaker: Outbound
  /** Who is asked, as the maker of what the answer seals. */
  maker: string
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

/** Reads an answer: whole, or to its first content where it streams. */
export function readAnswer(response: Response, conversation: Conversation): Promise<Answered> {
  const { request } = conversation
  const contentType = response.headers.get('content-type') ?? ''
  if (isRedirect(response)) return readRedirect(response, conversation)
  if (response.status >= 300) return readRefusal(response, conversation)
  if (request.stream && response.body && !contentType.includes('json'))
    return openStream(response.body, conversation)
  return readWhole(response, conversation)
}

async function openStream(body: ReadableStream<Uint8Array>, conversation: Conversation): Promise<Answered> {
  const { speaker, listener, request, abort, secrets, sent, sentBytes, isRelayed, dropped } = conversation
  const { readsTextOnly } = request.origin
  const passage = isRelayed
    ? new Relay(speaker, request.streamUsage, sentBytes, { shownAs: conversation.shownAs, readsTextOnly })
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
  const { speaker, request, isRelayed, dropped, secrets, abort, sentBytes } = conversation
  let text: string
  try {
    text = await readText(response, withEcho(maxAnswerBytes, sentBytes), pauseLimit(abort, budgets.idleMs))
  } catch (thrown) {
    if (thrown instanceof BodyTooLargeError) return overlong(thrown, response, conversation)
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
    const message = `The provider answered ${response.status} with invalid JSON or JSON nested too deeply.`
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
  stateMakers.noteAnswer(text, conversation.maker)
  if (isRelayed && !request.stream) {
    const { shownAs } = conversation
    const shown = shownAs === undefined ? text : JSON.stringify(concealAnswer(body, shownAs))
    const simplify = simplifierOf(speaker, request.origin.readsTextOnly)
    return { type: 'whole', text: simplify(shown), ...measured, dropped }
  }
  const parsed = speaker.parseResponse(body)
  const excess = excessParts(parsed)
  if (excess) return overlong(excess, response, conversation)
  return { type: 'whole', text: renderWhole(parsed, conversation), ...measured, dropped }
}

const noAnswer = 'The provider sent an empty answer: no choice, no candidate, no content.'

/** An event stream, read to its end: relays send it where none was asked for. */
function readFolded(text: string, response: Response, conversation: Conversation): Answered {
  const { speaker, dropped } = conversation
  let folded: Folded
  try {
    folded = foldStream(text, speaker)
  } catch (thrown) {
    if (thrown instanceof EventTooLongError || thrown instanceof TooManyPartsError)
      return overlong(thrown, response, conversation)
    throw thrown
  }
  switch (folded.type) {
    case 'answer': {
      const { usage, meter } = folded
      return { type: 'whole', text: renderWhole(folded.response, conversation), usage, meter, dropped }
    }
    case 'complaint':
      return readComplaint(conversation, response.status, response.headers, folded.complaint)
    case 'cut':
      return { type: 'fault', fault: cutFault('before it was complete'), begun: {} }
  }
}

/** An answer that passes its bound: the provider's fault, unless the request may have caused it. */
function overlong({ message }: Error, { status }: Response, { sentBytes }: Conversation): Answered {
  const faultOf = sentBytes >= largeRequestBytes ? tooLongAnswer : malformedAnswer
  return { type: 'fault', fault: faultOf(message, status), begun: {} }
}

async function readRedirect(response: Response, conversation: Conversation): Promise<Answered> {
  const { url: called, ownsRow: mayName, secrets, abort } = conversation
  await response.body?.cancel().catch(() => {})
  abort.release()
  return { type: 'fault', fault: redirectFault(response, { called, mayName, secrets }) }
}

async function readRefusal(response: Response, conversation: Conversation): Promise<Answered> {
  const { speaker, abort } = conversation
  const text = await readRefusalText(response, abort)
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

function servedBy({ candidate, lease, shownAs }: Conversation): Served {
  const at = Date.now()
  return shownAs === undefined
    ? { provider: candidate.providerId, model: lease.model, at }
    : { ...shownAs, at }
}

/** A whole answer in the client's dialect: as the stream that it asked for, or as JSON. */
function renderWhole(response: ChatResponse, conversation: Conversation): string {
  const { listener, request } = conversation
  const served = servedBy(conversation)
  const whole = headOf(response, served)
  if (!request.stream) return JSON.stringify(listener.renderResponse(whole, request, served))
  const renderer = listener.renderStream(request, served)
  const events = unfold(whole).map((event) => renderer.push(event).map(encodeSse).join(''))
  return events.join('') + renderer.end().map(encodeSse).join('')
}

/** The beginning of an error body. One that breaks off leaves the status to judge by. */
async function readRefusalText(response: Response, abort: LinkedAbort): Promise<string> {
  try {
    const limit = pauseLimit(abort, budgets.errorBodyIdleMs)
    return (await readBeginning(response, maxErrorBytes, limit)).text
  } catch (thrown) {
    if (thrown instanceof BrokenBodyError) return ''
    throw thrown
  }
}

/** Ends the call when the next piece of a body does not come in time. */
function pauseLimit(abort: LinkedAbort, idleMs: number): ReadingTime {
  const expired = (): Error => {
    abort.abort('idle')
    return new BrokenBodyError(abort.signal.reason)
  }
  return { idleMs, wholeMs: budgets.wholeMs, expired }
}
