/**
 * A canonical answer as the events of this dialect and the Response object they amount to. The
 * whole answer and the stream are written here alike, so that they cannot say different things.
 */
import type { Citation } from '../../chat/citation.ts'
import type { ChatEvent, Finish, Usage } from '../../chat/events.ts'
import type { Json, JsonObject } from '../../chat/json.ts'
import type { ChatRequest, FilePart, ToolForm } from '../../chat/request.ts'
import { CallQueue, type CallStep } from '../call-queue.ts'
import type { Served } from '../dialect.ts'
import { objectIn } from '../json-read.ts'
import { callWriter, type CallItemWriter } from './call-forms.ts'
import { CitationWriter } from './citation-writer.ts'
import { echoOf } from './request-echo.ts'
import { writeFinish, type Outcome } from './finish.ts'
import { responseId } from './ids.ts'
import type { Place, WireEvent } from './item-writer.ts'
import { MessageWriter } from './message-writer.ts'
import { ReasoningWriter } from './reasoning-writer.ts'
import { writeUsage } from './usage.ts'
import { callStateItem, imageItem, wholeItem } from './whole-items.ts'

const inProgress = { status: 'in_progress', error: null, incomplete_details: null }

export class AnswerWriter {
  readonly #echo: JsonObject
  readonly #served: Served | undefined
  #id = ''
  #head: JsonObject = {}
  /** Every item begun, as it is when it is done. */
  readonly #items: JsonObject[] = []
  #current: MessageWriter | ReasoningWriter | undefined
  /**
   * The message that was written last, open or not: log probabilities may come after all of the
   * text.
   */
  #spoken: MessageWriter | undefined
  /** Clients keep one item at a time, so that a call is finished before the next begins. */
  readonly #calls = new CallQueue()
  #call: CallItemWriter | undefined
  readonly #citations = new CitationWriter()
  /** What the tools of the request are to its client, by the names that the model calls. */
  readonly #forms: ReadonlyMap<string, ToolForm>
  #finish: Finish = { reason: 'other', raw: '' }
  #usage: Usage | undefined
  #refused = false

  constructor(request: ChatRequest, served: Served | undefined) {
    this.#echo = echoOf(request)
    this.#forms = new Map(request.tools.flatMap(({ name, form }) => (form ? [[name, form]] : [])))
    this.#served = served
  }

  push(event: ChatEvent): WireEvent[] {
    // This dialect gives one answer.
    if ('choice' in event && event.choice !== 0) return []
    return this.#note(this.#write(event))
  }

  /** How the answer ended. */
  get outcome(): Outcome {
    return writeFinish(this.#finish, this.#refused)
  }

  /** The Response object that ends the answer. */
  whole(outcome = this.outcome): JsonObject {
    // An item that was never done has left its place empty.
    const output = this.#items.filter(({ type }) => type !== undefined)
    return { ...this.#response(outcome), output, usage: this.#usage ? writeUsage(this.#usage) : null }
  }

  #write(event: ChatEvent): WireEvent[] {
    switch (event.type) {
      case 'response-start': {
        const createdAt = event.createdAt || (this.#served?.at ?? 0)
        this.#id = responseId(event.id)
        this.#head = { created_at: Math.floor(createdAt / 1000), model: event.model }
        const response = { ...this.#response(inProgress), usage: null }
        return [
          { type: 'response.created', response },
          { type: 'response.in_progress', response },
        ]
      }
      case 'text-delta':
        return event.text === '' ? [] : this.#speak(event.text)
      case 'refusal-delta':
        this.#refused = true
        return event.text === '' ? [] : this.#say('refusal', event.text)
      case 'reasoning-delta':
        return event.text === '' ? [] : this.#think((writer) => writer.think(event.text))
      case 'reasoning-seal': {
        const events = this.#think((writer) => writer.seal(event.opaque))
        this.#current = undefined
        return events
      }
      case 'tool-call-start':
        return this.#take(this.#calls.start(event), false)
      case 'tool-call-delta':
        return this.#take(this.#calls.add(event), false)
      case 'file-attach':
        return this.#attach(event.file)
      case 'logprobs-delta':
        this.#spoken?.weigh(asList(event.logprobs))
        return []
      case 'citation-add':
        this.#citations.wait(event.citation)
        return this.#cite()
      case 'choice-finish':
        this.#finish = event.finish
        return this.#endAll(this.outcome.status !== 'completed')
      case 'usage-report':
        this.#usage = event.usage
        return []
      case 'response-end':
        // Nothing is open here unless the answer never finished.
        return this.#endAll(true)
      case 'stream-error':
        // How a broken stream ends is the pipeline's to say, with `fail`.
        return []
    }
  }

  #response(outcome: Outcome | typeof inProgress): JsonObject {
    return { id: this.#id, object: 'response', ...this.#head, ...outcome, ...this.#echo, output: this.#items }
  }

  #speak(text: string): WireEvent[] {
    const events = this.#say('output_text', text)
    this.#citations.said += text.length
    return [...events, ...this.#cite()]
  }

  #cite(isEnd = false): WireEvent[] {
    return this.#citations.take(isEnd).flatMap((citation) => this.#citeOne(citation))
  }

  #citeOne(citation: Citation): WireEvent[] {
    const part = this.#citations.partOf(citation)
    const writer = this.#current
    if (writer instanceof MessageWriter && part && writer.isWriting(part)) return writer.cite(citation)
    part?.cite(citation)
    return []
  }

  #say(type: 'output_text' | 'refusal', text: string): WireEvent[] {
    if (this.#current instanceof MessageWriter) return this.#current.say(type, text)
    const events = this.#closeAll(false)
    const writer = new MessageWriter(this.#reserve(), this.#citations)
    this.#current = writer
    this.#spoken = writer
    return [...events, ...writer.open(), ...writer.say(type, text)]
  }

  /** Text that is not the model's, and has no place in what citations count. */
  #insert(text: string): WireEvent[] {
    if (this.#current instanceof MessageWriter) return this.#current.insert(text)
    const events = this.#closeAll(false)
    const writer = new MessageWriter(this.#reserve(), this.#citations)
    this.#current = writer
    this.#spoken = writer
    return [...events, ...writer.open(), ...writer.insert(text)]
  }

  #think(write: (writer: ReasoningWriter) => WireEvent[]): WireEvent[] {
    if (this.#current instanceof ReasoningWriter) return write(this.#current)
    const events = this.#closeAll(false)
    const writer = new ReasoningWriter(this.#reserve())
    this.#current = writer
    return [...events, ...write(writer)]
  }

  #attach({ source, mediaType = 'image/png' }: FilePart): WireEvent[] {
    if (source.type !== 'base64') return source.type === 'url' ? this.#insert(`![](${source.url})`) : []
    const format = mediaType.replace(/^image\//, '')
    return [...this.#closeAll(false), ...this.#addWhole(imageItem(this.#nextPlace(), format, source.data))]
  }

  #take(steps: CallStep[], isCut: boolean): WireEvent[] {
    return steps.flatMap((step) => {
      switch (step.type) {
        case 'start':
          return this.#openCall(step.call)
        case 'arguments':
          return step.text === '' ? [] : (this.#call?.write(step.text) ?? [])
        case 'stop': {
          const events = this.#call?.close(isCut) ?? []
          this.#call = undefined
          return events
        }
      }
    })
  }

  #openCall({ id, name, opaque }: Extract<ChatEvent, { type: 'tool-call-start' }>): WireEvent[] {
    const events = this.#closeItem(false)
    if (opaque && opaque.dialect !== 'openai-responses')
      events.push(...this.#addWhole(callStateItem(this.#nextPlace(), id, opaque)))
    this.#call = callWriter(this.#reserve(), id, name, this.#forms.get(name))
    return [...events, ...this.#call.open()]
  }

  /** Ends the answer: nothing is cited any more. @param isCut the answer is not whole. */
  #endAll(isCut: boolean): WireEvent[] {
    return [...this.#cite(true), ...this.#closeAll(isCut)]
  }

  /** Ends all that was begun. */
  #closeAll(isCut: boolean): WireEvent[] {
    return [...this.#take(this.#calls.flush(), isCut), ...this.#closeItem(isCut)]
  }

  /** Ends the message or the reasoning that is being written. */
  #closeItem(isCut: boolean): WireEvent[] {
    const events = this.#current?.close(isCut) ?? []
    this.#current = undefined
    return events
  }

  #nextPlace(): Place {
    return { response: this.#id, index: this.#items.length }
  }

  /** The next place, taken: what stands there is known when the item is done. */
  #reserve(): Place {
    const place = this.#nextPlace()
    this.#items.push({})
    return place
  }

  #addWhole(item: JsonObject): WireEvent[] {
    this.#items.push(item)
    return wholeItem(this.#items.length - 1, item)
  }

  /** Keeps the items that are done. */
  #note(events: WireEvent[]): WireEvent[] {
    for (const { type, output_index: index, item } of events) {
      const done =
        type === 'response.output_item.done' && typeof index === 'number' ? objectIn(item) : undefined
      if (done) this.#items[Number(index)] = done
    }
    return events
  }
}

function asList(value: Json): Json[] {
  return Array.isArray(value) ? value : [value]
}
