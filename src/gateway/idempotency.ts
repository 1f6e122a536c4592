/**
 * One call, however often it is sent. Of all requests with the same `idempotency-key`, one leads:
 * it goes the usual way, and its answer is kept, sealed, in the user's object. The others wait, ask
 * that object now and then, and get the same answer. Who may lead is decided there
 * (`user/idempotency.ts`); what a client gets meanwhile, and in the end, is decided here.
 */
import { renewCaller } from '../auth/caller.ts'
import { HubError, toHubError } from '../errors.ts'
import { encodeSse } from '../http/sse.ts'
import { StreamWriter } from '../http/stream-writer.ts'
import { sha256 } from '../ids.ts'
import { type ClaimAnswer, type ClaimedCall, type ClaimOutcome, renewMs } from '../user/idempotency.ts'
import { userStub } from '../user/stub.ts'
import { budgets } from './timeouts.ts'
import { complete, type CompletionInput } from './complete.ts'
import { early, factsComment, holdHeaders, keepCompany, streamHeaders } from './keep-alive.ts'
import { type Gathered, gather, type KeptAnswer, openKept, passOn, sealKept } from './replayed-answer.ts'
import { clientLeftStatus } from './request-record.ts'
import { pause } from '../http/sleep.ts'

/**
 * `true` on an answer that was given before; `false` where it was too large to keep, so that it had
 * to be made again.
 */
const replayedHeader = 'x-hub-replayed'

/**
 * Between two questions whether the answer is there; each pause is longer than the one before.
 * Milliseconds.
 */
const pauses = { firstMs: 100, growth: 1.5, longestMs: 2_000 }

/**
 * The idempotency key of a request, where it has one.
 * @throws {HubError} VALIDATION_ERROR where it is no key.
 */
export function readIdempotencyKey(header: string | undefined): string | undefined {
  if (header === undefined || /^[ -~]{1,255}$/.test(header)) return header
  throw new HubError(
    'VALIDATION_ERROR',
    'The header "idempotency-key" must have 1 to 255 printable ASCII characters.',
    { param: 'idempotency-key' },
  )
}

/**
 * Answers one chat request as `complete` does, or as it was answered before.
 * @param sent everything that makes the request what it is: under one key it must be the same each
 *   time.
 * @throws {HubError} as `complete` does; CONFLICT where something else was sent under the key.
 */
export async function completeOnce(input: CompletionInput, key: string, sent: string): Promise<Response> {
  const { token, session } = input.caller
  const whose = token?.id ?? session?.id
  if (whose === undefined) {
    throw new HubError(
      'VALIDATION_ERROR',
      'The header "idempotency-key" requires a token. Send "Authorization: Bearer <token>".',
      { param: 'idempotency-key' },
    )
  }
  const [name, body] = await Promise.all([
    sha256(JSON.stringify([whose, input.request.origin.dialect, key])),
    sha256(sent),
  ])
  return new SharedCall(input, { name, body }).respond()
}

class SharedCall {
  readonly #input: CompletionInput
  readonly #call: ClaimedCall
  readonly #deadlineAt: number
  #abandoned = false

  constructor(input: CompletionInput, call: ClaimedCall) {
    this.#input = input
    this.#call = call
    this.#deadlineAt = Date.now() + (input.timeoutMs ?? budgets.wholeMs)
  }

  /** Claims the call, and does what follows from that. */
  async respond(): Promise<Response> {
    const first = await this.#object().claim(this.#call)
    if (first.type !== 'wait') return this.#proceed(first)
    const waiting = this.#wait()
    return this.#input.request.stream ? this.#keepCompany(waiting) : waiting
  }

  /** Asks until the call is made, or is this request's to make. */
  async #wait(): Promise<Response> {
    for (let pauseMs = pauses.firstMs; ; pauseMs = Math.min(pauseMs * pauses.growth, pauses.longestMs)) {
      await pause(Math.min(pauseMs, this.#remainingMs()), [this.#input.clientLeft])
      if (this.#abandoned || this.#input.clientLeft.aborted) return nobodyReadsThis()
      const answer = await this.#ask()
      if (answer.type !== 'wait') return this.#proceed(answer)
      if (this.#remainingMs() > 0) continue
      throw new HubError(
        'REQUEST_TIMEOUT',
        'The request timed out while an earlier one with the same idempotency key was running.',
      )
    }
  }

  async #ask(): Promise<ClaimAnswer | Extract<ClaimOutcome, { type: 'wait' }>> {
    try {
      return await this.#object().claim(this.#call)
    } catch (thrown) {
      // An object that is being moved is back when it is asked again.
      console.warn(`${this.#input.requestId} could not ask for the answer that it waits for.`, thrown)
      return { type: 'wait' }
    }
  }

  async #proceed(answer: Exclude<ClaimAnswer, { type: 'wait' }>): Promise<Response> {
    switch (answer.type) {
      case 'lead':
        return this.#lead(answer.ticket)
      case 'kept':
        return this.#replay(answer)
      case 'too-large': {
        const response = await complete({ ...this.#input, timeoutMs: this.#remainingMs() })
        response.headers.set(replayedHeader, 'false')
        return response
      }
      case 'conflict':
        throw new HubError(
          'CONFLICT',
          'This idempotency key was used for a different request. Use a new key.',
          { param: 'idempotency-key' },
        )
    }
  }

  /**
   * Gives an answer again, to a caller who is still known: no lease is asked for that would tell.
   * One that does not open is made anew.
   */
  async #replay({ sealed, epoch, ticket }: Extract<ClaimAnswer, { type: 'kept' }>): Promise<Response> {
    const { env, caller } = this.#input
    if (epoch > caller.configuration.epoch) await renewCaller(env, caller, Date.now())
    const kept = await openKept(env, sealed, this.#sealedFor())
    if (!kept) {
      this.#call.unreadable = ticket
      return this.respond()
    }
    const response = new Response(kept.body, kept.head)
    response.headers.set(replayedHeader, 'true')
    return response
  }

  /**
   * Makes the call. It runs on when its client leaves, as long as the platform lets it: whoever
   * asks again wants the answer.
   */
  async #lead(ticket: string): Promise<Response> {
    const { background, request, answered } = this.#input
    const stopRenewing = this.#renew(ticket)
    let wentWell = false
    const end = async (head: KeptAnswer['head'], gathered: Gathered): Promise<void> => {
      stopRenewing()
      await (wentWell ? this.#keep(ticket, head, gathered) : this.#release(ticket))
    }
    const completing = complete({
      ...this.#input,
      clientLeft: new AbortController().signal,
      timeoutMs: this.#remainingMs(),
      answered: (answer, served) => {
        wentWell = true
        answered?.(answer, served)
      },
    })
    background(completing.catch(() => {}))
    let response: Response
    try {
      response = await completing
    } catch (thrown) {
      stopRenewing()
      background(this.#release(ticket))
      throw thrown
    }
    const head = { status: response.status, headers: [...response.headers] }
    if (!request.stream || !response.body) {
      const body = await response.text()
      background(end(head, gather(body)))
      return new Response(body, head)
    }
    const { readable, writable } = new IdentityTransformStream()
    background(passOn(response.body, writable).then((gathered) => end(head, gathered)))
    return new Response(readable, head)
  }

  /** Keeps the claim alive. @returns what ends that. */
  #renew(ticket: string): () => void {
    const timer = setInterval(() => {
      // One that fails is made good by the next.
      void this.#object()
        .renewClaim(this.#call.name, ticket)
        .catch(() => {})
    }, renewMs)
    return () => clearInterval(timer)
  }

  async #keep(ticket: string, head: KeptAnswer['head'], gathered: Gathered): Promise<void> {
    const { env } = this.#input
    const { name } = this.#call
    switch (gathered.type) {
      case 'whole': {
        const sealed = await sealKept(env, { head, body: gathered.body }, this.#sealedFor())
        return this.#object().keepAnswer(name, ticket, sealed)
      }
      case 'too-large':
        return this.#object().keepAnswer(name, ticket, undefined)
      case 'broken':
        return this.#release(ticket)
    }
  }

  #release(ticket: string): Promise<void> {
    return this.#object().releaseClaim(this.#call.name, ticket)
  }

  /**
   * A stream that waits: its headers are held as those of any other, and then comments keep the
   * client company.
   */
  async #keepCompany(waiting: Promise<Response>): Promise<Response> {
    const first = await holdHeaders(waiting)
    if (first !== early) return first
    const { requestId, request, background } = this.#input
    const { readable, writable } = new IdentityTransformStream()
    background(this.#streamLate(waiting, new StreamWriter(writable, request.framing)))
    const headers = new Headers([['x-hub-request-id', requestId], ...streamHeaders(request.framing)])
    return new Response(readable, { headers })
  }

  /**
   * Comments until the answer is there, then the answer, and last the facts that had no headers to
   * stand in.
   */
  async #streamLate(waiting: Promise<Response>, writer: StreamWriter): Promise<void> {
    const { inbound, requestId } = this.#input
    try {
      const response = await keepCompany(writer, waiting, () => {
        this.#abandoned = true
      })
      if (response.body) await writer.pass(response.body)
      await writer.write(factsComment([...response.headers].filter(([name]) => name.startsWith('x-'))))
    } catch (thrown) {
      const messages = inbound.renderStreamError(toHubError(thrown), requestId, Date.now())
      await writer.write(messages.map(encodeSse).join('')).catch(() => {})
    }
    await writer.close()
  }

  #remainingMs(): number {
    return Math.max(0, this.#deadlineAt - Date.now())
  }

  /** What a kept answer is bound to. */
  #sealedFor(): string[] {
    return [this.#input.caller.configuration.user.id, 'idempotency', this.#call.name]
  }

  /** Made anew for each question: one that has failed once fails for ever. */
  #object(): ReturnType<typeof userStub> {
    return userStub(this.#input.env, this.#input.caller.configuration.user.id)
  }
}

/** The client has left; the status is for completeness. */
function nobodyReadsThis(): Response {
  return new Response(null, { status: clientLeftStatus })
}
