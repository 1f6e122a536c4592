/**
 * Events of a stream to canonical ones. A whole answer is read as the stream that it would have
 * been, so that the two cannot be understood differently. https://docs.cohere.com/docs/streaming
 */
import type { ChatEvent } from '../../chat/events.ts'
import type { Json, JsonObject } from '../../chat/json.ts'
import { shortId } from '../fit/short-id.ts'
import { listIn, numberIn, objectIn, textIn } from '../json-read.ts'
import { CitationPlacer } from '../citation-placer.ts'
import { readCitations } from './citations.ts'
import { readFinish } from './finish.ts'
import { readLogprobs } from './logprobs.ts'
import { type ReasoningField, sealOf } from './seal.ts'
import { readUsage } from './usage.ts'

/** Cohere gives one answer. */
const choice = 0

/** Reads the events of one stream. Errors are for others to look for. */
export class AnswerReader {
  finished = false
  #id = ''
  #called = false
  /** Calls that have begun, and arguments that came before the name of theirs. */
  readonly #begun = new Set<number>()
  readonly #nameless = new Map<number, { id: string | undefined; text: string }>()
  /** Where the reasoning stands that is not sealed yet. */
  #open: ReasoningField | undefined
  readonly #placer = new CitationPlacer(choice, 'code-points')

  push(event: JsonObject): ChatEvent[] {
    const message = objectIn(objectIn(event.delta)?.message) ?? {}
    switch (event.type) {
      case 'message-start':
        this.#id = textIn(event.id) ?? ''
        // Neither the model nor the time is said.
        return [{ type: 'response-start', id: this.#id, model: '', createdAt: 0 }]
      case 'content-start':
      case 'content-delta':
        return this.#readContent(objectIn(message.content) ?? {}, event.logprobs)
      case 'tool-plan-delta':
        return this.#reason('tool_plan', message.tool_plan)
      case 'content-end':
        return this.#seal()
      case 'tool-call-start':
      case 'tool-call-delta':
        return this.#readCall(numberIn(event.index) ?? 0, objectIn(message.tool_calls) ?? {})
      case 'citation-start':
        return this.#placer.add(readCitations(message.citations))
      case 'message-end':
        return this.#readEnd(objectIn(event.delta) ?? {})
      default:
        return []
    }
  }

  /** What is left to say where the stream ended and did not say why. */
  close(): ChatEvent[] {
    return this.finished ? [] : this.#finish('COMPLETE', '')
  }

  #readContent(part: JsonObject, logprobs: Json | undefined): ChatEvent[] {
    const text = textIn(part.text)
    const events = this.#reason('thinking', part.thinking)
    if (text !== undefined)
      events.push(...this.#seal(), { type: 'text-delta', choice, text }, ...this.#placer.addText(text))
    const tokens = readLogprobs(logprobs)
    if (tokens.length > 0) events.push({ type: 'logprobs-delta', choice, logprobs: tokens })
    return events
  }

  #readCall(call: number, fragment: JsonObject): ChatEvent[] {
    const { name, arguments: given } = objectIn(fragment.function) ?? {}
    const called = textIn(name)
    const before = this.#nameless.get(call)
    const ownId = textIn(fragment.id) ?? before?.id
    const text = (before?.text ?? '') + (textIn(given) ?? '')
    const events: ChatEvent[] = []
    if (called === undefined && !this.#begun.has(call)) {
      this.#nameless.set(call, { id: ownId, text })
      return []
    }
    this.#nameless.delete(call)
    if (called !== undefined) {
      this.#called = true
      this.#begun.add(call)
      const id = ownId ?? `call_${shortId(`${this.#id}/${call}`)}`
      events.push(...this.#seal(), { type: 'tool-call-start', choice, call, id, name: called })
    }
    if (text !== '') events.push({ type: 'tool-call-delta', choice, call, arguments: text })
    return events
  }

  #reason(field: ReasoningField, value: Json | undefined): ChatEvent[] {
    const text = textIn(value)
    if (text === undefined) return []
    const before = this.#open === field ? [] : this.#seal()
    this.#open = field
    return [...before, { type: 'reasoning-delta', choice, text }]
  }

  #seal(): ChatEvent[] {
    const field = this.#open
    this.#open = undefined
    return field ? [{ type: 'reasoning-seal', choice, opaque: sealOf(field) }] : []
  }

  #readEnd(end: JsonObject): ChatEvent[] {
    const raw = textIn(end.finish_reason) ?? ''
    const events = this.#finish(raw || 'COMPLETE', raw)
    const usage = readUsage(end.usage)
    if (usage) events.push({ type: 'usage-report', usage })
    return events
  }

  #finish(reason: string, raw: string): ChatEvent[] {
    this.finished = true
    const finish = { ...readFinish(reason, { toolCalls: this.#called }), raw }
    return [...this.#seal(), ...this.#placer.flush(), { type: 'choice-finish', choice, finish }]
  }
}

/** A whole answer as canonical events. */
export function readAnswer(body: JsonObject): ChatEvent[] {
  const reader = new AnswerReader()
  return eventsOf(body).flatMap((event) => reader.push(event))
}

/** The events in which a stream would have said it, as far as they are read. */
function eventsOf({ id = '', message, logprobs, finish_reason, usage }: JsonObject): JsonObject[] {
  const { content, tool_plan, tool_calls, citations } = objectIn(message) ?? {}
  // A whole answer does not say which of its parts the probabilities belong to.
  const probable = logprobs === undefined ? [] : [{ type: 'content-delta', logprobs }]
  return [
    { type: 'message-start', id },
    ...(tool_plan === undefined ? [] : [delta('tool-plan-delta', { tool_plan })]),
    ...partsOf(content).flatMap((part) => [
      delta('content-delta', { content: part }),
      { type: 'content-end' },
    ]),
    ...listIn(citations).map((citation) => delta('citation-start', { citations: citation })),
    ...probable,
    ...listIn(tool_calls).map((call, index) => ({
      ...delta('tool-call-start', { tool_calls: call }),
      index,
    })),
    { type: 'message-end', delta: { finish_reason: finish_reason ?? null, usage: usage ?? null } },
  ]
}

function delta(type: string, message: JsonObject): JsonObject {
  return { type, delta: { message } }
}

/** Content is a list of parts; a text alone is taken for one of them. */
function partsOf(content: Json | undefined): Json[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : listIn(content)
}
