/**
 * The way of a request through the hub: search for a key that serves, relay its answer, settle, and
 * keep the books. The steps are in the files beside this one; this page is their order.
 */
import { HubError, toHubError } from '../errors.ts'
import { headerText, namesForHeader } from '../http/header-text.ts'
import { encodeSse, SseDecoder } from '../http/sse.ts'
import { StreamWriter } from '../http/stream-writer.ts'
import type { Inbound } from '../dialects/dialect.ts'
import type { Outcome } from '../quota/rpc.ts'
import type { Usage } from '../chat/events.ts'
import { type AnswerStream, cutFault, type StreamEnd } from './answer-stream.ts'
import { budgets } from './timeouts.ts'
import { concealsFrom } from './conceal.ts'
import { early, factsComment, holdHeaders, keepCompany, streamHeaders } from './keep-alive.ts'
import { interruption } from './abort.ts'
import { clientLeftStatus } from './request-record.ts'
import type { Served } from './attempt.ts'
import { settleCall } from './pool-settlements.ts'
import { faultOfComplaint, hubFault, malformedAnswer, tooLongAnswer } from './provider-fault.ts'
import { Search } from './fallback.ts'
import type { SearchInput } from './request-context.ts'
import { settlementOf } from './settlement.ts'
import { Transcript } from '../transcripts/transcript.ts'

export interface CompletionInput extends Omit<SearchInput, 'deadline' | 'deadlineAt'> {
  inbound: Inbound
  /** Called with the whole answer, or the last message of its stream, once it has gone out well. */
  answered?: (answer: string, served: Served) => void
  /** The time for the whole request in milliseconds, where the client set one. */
  timeoutMs: number | undefined
}

/**
 * Answers one chat request.
 * @throws {HubError} when nobody can serve it and no headers have gone out yet.
 */
export async function complete(input: CompletionInput): Promise<Response> {
  const deadline = new AbortController()
  const wholeMs = input.timeoutMs ?? budgets.wholeMs
  const deadlineAt = Date.now() + wholeMs
  const timer = setTimeout(() => deadline.abort(), wholeMs)
  // That a client has left may be told by the platform, or shown by a keep-alive that cannot be
  // written.
  const left = new AbortController()
  if (input.clientLeft.aborted) left.abort()
  else input.clientLeft.addEventListener('abort', () => left.abort(), { once: true })
  const search = new Search({ ...input, clientLeft: left.signal, deadline: deadline.signal, deadlineAt })
  const completion = new Completion(input, search, left, () => clearTimeout(timer))
  return input.request.stream ? completion.stream() : completion.whole()
}

class Completion {
  readonly #input: CompletionInput
  readonly #search: Search
  readonly #left: AbortController
  readonly #stopClock: () => void
  readonly #transcript: Transcript

  /**
   * @param left fired when a keep-alive cannot be written: nobody is there to read it.
   * @param stopClock called when the request is over, whatever came of it.
   */
  constructor(input: CompletionInput, search: Search, left: AbortController, stopClock: () => void) {
    this.#input = input
    this.#search = search
    this.#left = left
    this.#stopClock = stopClock
    this.#transcript = new Transcript(input, () => search.caller.configuration.user)
  }

  async whole(): Promise<Response> {
    try {
      const served = await this.#search.run()
      if (!served) return clientLeft()
      if (served.answer.type !== 'whole') throw new Error('A stream came for a request that wanted none.')
      const headers = this.#headers(served)
      headers.set('content-type', 'application/json')
      this.#settleWhole(served, served.answer)
      this.#input.answered?.(served.answer.text, served)
      this.#transcript.hear(served.answer.text)
      return new Response(served.answer.text, { headers })
    } catch (thrown) {
      this.#hearError(toHubError(thrown))
      throw thrown
    } finally {
      this.#done()
    }
  }

  /**
   * Headers wait for the outcome, but not for ever; when they go early, it follows in the stream.
   */
  async stream(): Promise<Response> {
    const finding = this.#search.run()
    const first = await holdHeaders(finding.catch((error: unknown) => toHubError(error)))
    if (first instanceof HubError) {
      this.#hearError(first)
      this.#done()
      throw first
    }
    if (first === undefined) {
      this.#done()
      return clientLeft()
    }
    const { readable, writable } = new IdentityTransformStream()
    const { framing } = this.#input.request
    const writer = new StreamWriter(writable, framing, (text) => this.#transcript.hear(text))
    const headers = first === early ? this.#commonHeaders() : this.#headers(first)
    for (const [name, value] of streamHeaders(framing)) headers.set(name, value)
    this.#input.background(first === early ? this.#streamLate(finding, writer) : this.#relay(first, writer))
    return new Response(readable, { headers })
  }

  /** Comments until the outcome is there, then the outcome. */
  async #streamLate(finding: Promise<Served | undefined>, writer: StreamWriter): Promise<void> {
    let served: Served | undefined
    try {
      served = await keepCompany(writer, finding, () => this.#left.abort())
    } catch (thrown) {
      await this.#writeError(writer, toHubError(thrown))
      this.#done()
      return
    }
    if (served) return this.#relay(served, writer, this.#headers(served))
    await writer.close()
    this.#done()
  }

  /**
   * Pumps an answer to its end, and settles it.
   * @param facts what the headers would have said, for a last comment.
   */
  async #relay(served: Served, writer: StreamWriter, facts?: Headers): Promise<void> {
    const { answer } = served
    try {
      if (answer.type === 'whole') {
        await writer.write(answer.text).catch(() => {})
        this.#settleWhole(served, answer)
        const last = new SseDecoder(Infinity).push(answer.text).findLast(({ data }) => data !== undefined)
        if (last?.data !== undefined) this.#input.answered?.(last.data, served)
      } else {
        const end = await answer.stream.pump(writer)
        const error = this.#settleStream(served, answer, end)
        if (error) return await this.#writeError(writer, error, answer.stream)
      }
      if (facts) await writer.write(factsComment(facts)).catch(() => {})
      await writer.close()
    } catch (thrown) {
      // A fault of the hub's own. The lease is settled all the same, and the client is told.
      console.error(`${this.#input.requestId} broke off`, thrown)
      const error = toHubError(thrown)
      this.#settleHubFault(served, error)
      await this.#writeError(writer, error)
    } finally {
      this.#done()
    }
  }

  /** Settles a stream that is over. @returns the error to tell the client, where it ended badly. */
  #settleStream(served: Served, answer: StreamAnswer, end: StreamEnd): HubError | undefined {
    const { stream } = answer
    const { claimed, meter, isComplete } = stream
    // A client may leave between the last word and the report of usage.
    const isKnown = end.type === 'good' || (isComplete && claimed !== undefined)
    const usage = this.#search.usageOf({ ...served, claimed, meter, complete: isKnown })
    if (end.type === 'good') {
      this.#settleGood(served, usage)
      if (stream.lastData !== undefined) this.#input.answered?.(stream.lastData, served)
      return undefined
    }
    if (end.type === 'interrupted' && end.cause === 'client-left') {
      this.#settle(served, { type: 'cancelled', usage }, 'client-left', { status: clientLeftStatus })
      return undefined
    }
    const fault = faultOfEnd(end, served, answer)
    const code =
      fault.verdict === 'deadline'
        ? 'REQUEST_TIMEOUT'
        : fault.verdict === 'timeout'
          ? 'PROVIDER_TIMEOUT'
          : 'PROVIDER_ERROR'
    const concealed = concealsFrom(this.#search.caller)
    const message = concealed ? 'The answer broke off.' : `The answer broke off: ${fault.message}`
    const error = new HubError(code, message, { trail: this.#search.ledger.trail, concealed })
    this.#settle(served, { type: 'failure', fault, usage }, fault, { status: error.status, error })
    return error
  }

  /** Ends a lease whose answer our own code failed on: the provider did its part. */
  #settleHubFault(served: Served, error: HubError): void {
    const { answer } = served
    const seen = answer.type === 'stream' ? answer.stream : { meter: answer.meter, claimed: answer.usage }
    const { meter, claimed } = seen
    const usage = this.#search.usageOf({ ...served, claimed, meter, complete: answer.type === 'whole' })
    const outcome: Outcome = { type: 'failure', fault: hubFault, usage }
    this.#settle(served, outcome, hubFault, { status: error.status, error })
  }

  #settleWhole(served: Served, { usage: claimed, meter }: WholeAnswer): void {
    this.#settleGood(served, this.#search.usageOf({ ...served, claimed, meter, complete: true }))
  }

  #settleGood(served: Served, usage: Usage): void {
    const latencyMs = (this.#search.ledger.firstContentAt ?? Date.now()) - served.entry.startedAt
    this.#settle(served, { type: 'success', usage, latencyMs }, 'ok', { status: 200 })
  }

  #settle(
    { candidate, lease, poolOwner, entry, answer: { stated }, stopRenewing }: Served,
    outcome: Outcome,
    end: Parameters<Search['ledger']['close']>[1],
    ending: Parameters<Search['ledger']['record']>[1],
  ): void {
    const { ledger } = this.#search
    const now = Date.now()
    stopRenewing()
    ledger.close(entry, end, now)
    if (outcome.type !== 'unused' && outcome.usage) ledger.count(entry, outcome.usage)
    const record = ledger.record(now, ending)
    const settlement = settlementOf(candidate, lease, { outcome, record, ...(stated && { stated }) })
    const pool = { poolOwner, provider: candidate.providerId }
    this.#input.background(settleCall(this.#input.env, pool, lease, settlement))
    this.#search.gate.close(ledger.uses)
  }

  async #writeError(writer: StreamWriter, error: HubError, stream?: AnswerStream): Promise<void> {
    const { inbound, requestId } = this.#input
    const now = Date.now()
    const text =
      stream?.fail(error, requestId, now) ??
      inbound.renderStreamError(error, requestId, now).map(encodeSse).join('')
    await writer.write(text).catch(() => {})
    await writer.close()
  }

  /** An error that has a response of its own, which others write. */
  #hearError(error: HubError): void {
    const { inbound, requestId } = this.#input
    if (!this.#transcript.isWanted) return
    this.#transcript.hear(JSON.stringify(inbound.renderError(error, requestId, Date.now())))
  }

  /** The request is over, whatever came of it. */
  #done(): void {
    this.#stopClock()
    this.#input.background(this.#transcript.keep())
  }

  #commonHeaders(): Headers {
    return new Headers({ 'x-hub-request-id': this.#input.requestId })
  }

  #headers({ candidate, lease, answer }: Served): Headers {
    const { ledger, caller } = this.#search
    const headers = this.#commonHeaders()
    headers.set('x-hub-attempts', String(ledger.trail.length))
    if (answer.dropped.length > 0) headers.set('x-hub-dropped', namesForHeader(answer.dropped))
    if (caller.configuration.settings.exposeServedBy) {
      headers.set('x-llm-provider', candidate.providerId)
      headers.set('x-llm-model', headerText(lease.model))
      headers.set('x-llm-key-id', lease.keyId)
      headers.set('x-llm-latency-ms', String((ledger.firstContentAt ?? Date.now()) - ledger.receivedAt))
    }
    return headers
  }
}

type WholeAnswer = Extract<Served['answer'], { type: 'whole' }>
type StreamAnswer = Extract<Served['answer'], { type: 'stream' }>

/** The fault of a stream that broke after its first content. */
function faultOfEnd(
  end: Exclude<StreamEnd, { type: 'good' }>,
  { candidate }: Served,
  { secrets, sent }: StreamAnswer,
) {
  switch (end.type) {
    case 'complaint':
      return faultOfComplaint({
        provider: candidate.provider,
        status: 200,
        headers: new Headers(),
        complaint: end.complaint,
        now: Date.now(),
        secret: secrets,
        sent,
      })
    case 'cut':
      return cutFault('before it was complete')
    case 'malformed':
      return malformedAnswer(end.problem)
    case 'too-long':
      return tooLongAnswer(end.problem)
    case 'interrupted': {
      const result = interruption(end.cause)
      return result?.type === 'fault' ? result.fault : cutFault('because the client left')
    }
  }
}

/** An answer for a client that has left: the log shows its status. */
function clientLeft(): Response {
  return new Response(null, { status: clientLeftStatus })
}
