/**
 * Answers to events. Items are told apart by their place and not by their id: GitHub Copilot gives
 * an item another id when it is done than when it was begun. Whatever was not streamed is read from
 * the item when it is done, and what was not done from the whole answer at the end, so that a whole
 * answer is read as a stream that has nothing but its last event.
 */
import { append } from '../../chat/append.ts'
import type { ChatEvent } from '../../chat/events.ts'
import type { Json, JsonObject } from '../../chat/json.ts'
import { entryOf, listIn, numberIn, objectIn, textIn, timeIn } from '../json-read.ts'
import { readFinish } from './finish.ts'
import { CitationReader } from './read-citations.ts'
import { paragraph, readReasoning } from './state.ts'
import { readUsage } from './usage.ts'

/** The answers that are counted: this dialect gives one. */
const choice = 0

/** What an event says: the kind of text, and the member that holds all of it when it is done. */
const texts: Readonly<Record<string, { kind: Text['kind']; whole: string }>> = {
  'response.output_text': { kind: 'text', whole: 'text' },
  'response.refusal': { kind: 'refusal', whole: 'refusal' },
  'response.reasoning_summary_text': { kind: 'reasoning', whole: 'text' },
  'response.reasoning_text': { kind: 'reasoning', whole: 'text' },
  'response.function_call_arguments': { kind: 'arguments', whole: 'arguments' },
}

interface Text {
  kind: 'text' | 'refusal' | 'reasoning' | 'arguments'
  /** Which part of its item it belongs to. */
  part: string
  text: string
}

/** What must be remembered of one item. */
interface Progress {
  /** The parts of which there was something to read. */
  said: Set<string>
  /** Its number among the calls, once it is known to be one. */
  call?: number
  /** Arguments that came before the name of their call. */
  nameless?: string
  logprobs?: true
  done?: true
}

/**
 * Reads the events of one stream, or the one body of a whole answer. Errors are for others to look
 * for.
 */
export class AnswerReader {
  #started = false
  readonly #items = new Map<number, Progress>()
  #calls = 0
  #refused = false
  /** The place of the message that spoke last. */
  #speaker: number | undefined
  readonly #citations = new CitationReader(choice)

  /** Any event but the last. */
  push(type: string, event: JsonObject): ChatEvent[] {
    const place = numberIn(event.output_index) ?? 0
    switch (type) {
      case 'response.created':
      case 'response.in_progress':
        return this.#start(objectIn(event.response) ?? {})
      case 'response.output_item.added':
        return this.#begin(place, objectIn(event.item) ?? {})
      case 'response.output_item.done':
        return this.#complete(place, objectIn(event.item) ?? {})
      // The second name is that of older servers.
      case 'response.output_text.annotation.added':
      case 'response.output_text_annotation.added':
        return this.#citations.add(place, event)
      case 'response.content_part.done':
        return this.#citations.complete(place, numberIn(event.content_index) ?? 0, objectIn(event.part) ?? {})
      default:
        return this.#readText(type, place, event)
    }
  }

  /** The last event: the whole answer. */
  finish(response: JsonObject): ChatEvent[] {
    const events = this.#start(response)
    for (const [place, item] of listIn(response.output).entries())
      append(events, this.#complete(place, objectIn(item) ?? {}))
    append(events, this.#citations.flush())
    const held = { refusal: this.#refused, toolCalls: this.#calls > 0 }
    events.push({ type: 'choice-finish', choice, finish: readFinish(response, held) })
    const usage = readUsage(response)
    if (usage) events.push({ type: 'usage-report', usage })
    return events
  }

  #start(response: JsonObject): ChatEvent[] {
    if (this.#started) return []
    this.#started = true
    const createdAt = timeIn(response.created_at)
    const id = textIn(response.id) ?? ''
    return [{ type: 'response-start', id, model: textIn(response.model) ?? '', createdAt }]
  }

  #at(place: number): Progress {
    const known = this.#items.get(place)
    if (known) return known
    const progress: Progress = { said: new Set() }
    this.#items.set(place, progress)
    return progress
  }

  #begin(place: number, item: JsonObject, isDone = false): ChatEvent[] {
    const progress = this.#at(place)
    if (item.type !== 'function_call' || progress.call !== undefined) return []
    const name = textIn(item.name)
    if (name === undefined && !isDone) return []
    const call = this.#calls++
    progress.call = call
    const id = textIn(item.call_id) ?? textIn(item.id) ?? ''
    // What is done has all of its arguments.
    const before = (isDone ? textIn(item.arguments) : undefined) ?? progress.nameless
    return [
      { type: 'tool-call-start', choice, call, id, name: name ?? '' },
      ...(before === undefined || progress.said.size === 0
        ? []
        : [{ type: 'tool-call-delta' as const, choice, call, arguments: before }]),
    ]
  }

  #complete(place: number, item: JsonObject): ChatEvent[] {
    const progress = this.#at(place)
    if (progress.done)
      return [...readLogprobsOf(progress, item), ...this.#citations.completeItem(place, item)]
    progress.done = true
    const events = this.#begin(place, item, true)
    if (progress.said.size === 0)
      append(
        events,
        partsOf(item).flatMap((text) => this.#say(place, progress, text)),
      )
    switch (item.type) {
      case 'message':
        return [...events, ...readLogprobsOf(progress, item), ...this.#citations.completeItem(place, item)]
      case 'reasoning': {
        const read = readReasoning(item)
        const opaque = read.type === 'reasoning' ? read.part.opaque : undefined
        return opaque ? [...events, { type: 'reasoning-seal', choice, opaque }] : events
      }
      case 'image_generation_call': {
        const data = textIn(item.result)
        if (data === undefined) return events
        const mediaType = `image/${textIn(item.output_format) ?? 'png'}`
        const file = {
          type: 'file' as const,
          kind: 'image' as const,
          mediaType,
          source: { type: 'base64' as const, data },
        }
        return [...events, { type: 'file-attach', choice, file }]
      }
      default:
        return events
    }
  }

  /** A piece of text, or all of it where it did not come in pieces. */
  #readText(type: string, place: number, event: JsonObject): ChatEvent[] {
    const end = type.lastIndexOf('.')
    const stem = type.slice(0, end)
    const said = entryOf(texts, stem)
    if (!said) return []
    const isWhole = type.endsWith('.done')
    const text = textIn(isWhole ? event[said.whole] : event.delta)
    const part = `${stem}/${numberIn(event.summary_index) ?? numberIn(event.content_index) ?? 0}`
    const progress = this.#at(place)
    const isNew = text !== undefined && !(isWhole && progress.said.has(part))
    return [
      ...(isNew ? this.#say(place, progress, { kind: said.kind, part, text }) : []),
      ...(isWhole && progress.logprobs ? [] : readLogprobs(progress, event.logprobs)),
    ]
  }

  #say(place: number, progress: Progress, { kind, part, text }: Text): ChatEvent[] {
    const isNextPart = progress.said.size > 0 && !progress.said.has(part)
    progress.said.add(part)
    switch (kind) {
      case 'text': {
        // Two messages of one answer: a comment on what comes next, and what comes next.
        const isNextMessage = this.#speaker !== undefined && this.#speaker !== place
        this.#speaker = place
        const lead = isNextMessage ? paragraph : ''
        const cited = this.#citations.addText(place, indexOf(part), text, lead)
        return [{ type: 'text-delta', choice, text: lead + text }, ...cited]
      }
      case 'reasoning':
        return [{ type: 'reasoning-delta', choice, text: isNextPart ? paragraph + text : text }]
      case 'refusal':
        this.#refused = true
        return [{ type: 'refusal-delta', choice, text }]
      case 'arguments':
        if (progress.call === undefined) {
          progress.nameless = (progress.nameless ?? '') + text
          return []
        }
        return [{ type: 'tool-call-delta', choice, call: progress.call, arguments: text }]
    }
  }
}

/** All there is to read in an item that was not streamed. */
function partsOf({ type, content, summary, arguments: given }: JsonObject): Text[] {
  switch (type) {
    case 'message':
      return listIn(content).flatMap((part, index): Text[] => [
        ...textOf('text', `text/${index}`, objectIn(part)?.text),
        ...textOf('refusal', `refusal/${index}`, objectIn(part)?.refusal),
      ])
    case 'reasoning':
      return [...listIn(summary), ...listIn(content)].flatMap((part, index) =>
        textOf('reasoning', `reasoning/${index}`, objectIn(part)?.text),
      )
    case 'function_call':
      return textOf('arguments', 'arguments', given)
    default:
      return []
  }
}

/** The number in the name of a part. */
function indexOf(part: string): number {
  return Number(part.slice(part.lastIndexOf('/') + 1))
}

function textOf(kind: Text['kind'], part: string, value: Json | undefined): Text[] {
  const text = textIn(value)
  return text === undefined ? [] : [{ kind, part, text }]
}

/** Those of an item, unless they have come before. */
function readLogprobsOf(progress: Progress, item: JsonObject): ChatEvent[] {
  if (progress.logprobs) return []
  return listIn(item.content).flatMap((part) => readLogprobs(progress, objectIn(part)?.logprobs))
}

/**
 * Log probabilities, once: they come with the pieces of a text or with the whole of it, and often
 * with both.
 */
function readLogprobs(progress: Progress, value: Json | undefined): ChatEvent[] {
  const logprobs = listIn(value)
  if (logprobs.length === 0) return []
  progress.logprobs = true
  return [{ type: 'logprobs-delta', choice, logprobs }]
}
