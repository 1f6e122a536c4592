/**
 * Answers and stream events to canonical events. A whole answer is read as if each of its blocks
 * came whole, so that a stream and the same answer whole cannot be understood differently. Errors
 * and the end of a stream are for others to look for.
 */
import { append } from '../../chat/append.ts'
import { mostCitations, namesSource, type Citation } from '../../chat/citation.ts'
import type { ChatEvent } from '../../chat/events.ts'
import type { Json, JsonObject } from '../../chat/json.ts'
import type { FilePart, Opaque } from '../../chat/request.ts'
import { listIn, objectIn, textIn } from '../json-read.ts'
import { readCitation } from './citations.ts'
import { readFinish } from './finish.ts'
import { readMadeFile } from './made-files.ts'
import { readRedacted, readSignature } from './reasoning-blocks.ts'
import { mergeCounts, usageOf, type Counts } from './usage.ts'

/** There is one answer to a request in this dialect. */
const choice = 0

/** The block that is being read. Blocks never overlap in this dialect. */
type OpenBlock =
  | { type: 'text'; start: number; citations: Citation[] }
  | { type: 'thinking'; signature: string }
  | { type: 'tool_use'; call: number; given: string; written: boolean }
  | { type: 'other' }

export class AnswerReader {
  #begun = false
  #counts: Counts = {}
  #calls = 0
  #callStates = new Map<string, Opaque>()
  #open: OpenBlock = { type: 'other' }
  /** A call without arguments that may yet turn out to be cut off. */
  #silentCall: number | undefined
  /** How much text there is so far, in UTF-16 code units. */
  #said = 0
  /** Why the answer ended, as its head said already. */
  #foretold: string | undefined
  #cited = 0
  #isFinished = false

  /** Whether it is known why the answer ended. */
  get finished(): boolean {
    return this.#isFinished || this.#foretold !== undefined
  }

  /**
   * The head of an answer. Proxies send it twice. Calls that a program of the model makes stand in
   * it whole:
   * https://platform.claude.com/docs/en/agents-and-tools/tool-use/programmatic-tool-calling
   */
  start(message: JsonObject): ChatEvent[] {
    const events: ChatEvent[] = []
    if (!this.#begun) {
      this.#begun = true
      // This dialect does not say when an answer was made.
      const { id, model } = message
      events.push({ type: 'response-start', id: textIn(id) ?? '', model: textIn(model) ?? '', createdAt: 0 })
      append(events, this.#readBlocks(message))
      this.#foretold = textIn(message.stop_reason)
    }
    return [...events, ...this.#report(message)]
  }

  #readBlocks({ content }: JsonObject): ChatEvent[] {
    return listIn(content).flatMap((block) => [
      ...this.startBlock(objectIn(block) ?? {}),
      ...this.stopBlock(),
    ])
  }

  startBlock(block: JsonObject): ChatEvent[] {
    const events = [...this.stopBlock(), ...this.#completeSilentCall()]
    switch (block.type) {
      case 'text':
        this.#open = { type: 'text', start: this.#said, citations: this.#sourcesIn(listIn(block.citations)) }
        return [...events, ...this.#say(textIn(block.text))]
      case 'thinking':
        this.#open = { type: 'thinking', signature: textIn(block.signature) ?? '' }
        return [...events, ...reasoningDelta(textIn(block.thinking))]
      case 'redacted_thinking': {
        const state = readRedacted(textIn(block.data) ?? '')
        if (state?.callId !== undefined) this.#callStates.set(state.callId, state.opaque)
        else if (state) events.push({ type: 'reasoning-seal', choice, opaque: state.opaque })
        return events
      }
      case 'tool_use':
        return [...events, this.#startCall(block)]
      case 'image': {
        const file = readImage(objectIn(block.source) ?? {})
        return file ? [...events, { type: 'file-attach', choice, file }] : events
      }
      default:
        // A tool that Anthropic runs, or what this dialect may yet have: no other dialect has words
        // for it.
        return events
    }
  }

  addDelta(delta: JsonObject): ChatEvent[] {
    switch (delta.type) {
      case 'text_delta':
        return this.#say(textIn(delta.text))
      case 'thinking_delta':
        return reasoningDelta(textIn(delta.thinking))
      case 'signature_delta':
        if (this.#open.type === 'thinking') this.#open.signature = textIn(delta.signature) ?? ''
        return []
      case 'input_json_delta': {
        const text = textIn(delta.partial_json)
        if (this.#open.type !== 'tool_use' || text === undefined) return []
        this.#open.written = true
        return [{ type: 'tool-call-delta', choice, call: this.#open.call, arguments: text }]
      }
      case 'citations_delta':
        // They come before the words or after them; the block is known once it ends.
        if (this.#open.type === 'text')
          append(this.#open.citations, this.#sourcesIn([delta.citation ?? null]))
        return []
      default:
        return []
    }
  }

  stopBlock(): ChatEvent[] {
    const open = this.#open
    this.#open = { type: 'other' }
    switch (open.type) {
      case 'text': {
        const place = { start: open.start, end: this.#said }
        const at = place.end > place.start ? { place } : {}
        return open.citations.map((citation) => ({
          type: 'citation-add',
          choice,
          citation: { ...at, ...citation },
        }))
      }
      case 'thinking': {
        const opaque = readSignature(open.signature)
        return opaque ? [{ type: 'reasoning-seal', choice, opaque }] : []
      }
      case 'tool_use': {
        if (open.written) return []
        // The input was in the start of the block, as it is in a whole answer and at some proxies.
        if (open.given !== '{}')
          return [{ type: 'tool-call-delta', choice, call: open.call, arguments: open.given }]
        this.#silentCall = open.call
        return []
      }
      case 'other':
        return []
    }
  }

  /** The citations that name a source, as many as an answer may have. */
  #sourcesIn(citations: Json[]): Citation[] {
    const left = mostCitations - this.#cited
    const sources = citations.flatMap(sourceIn).slice(0, left)
    this.#cited += sources.length
    return sources
  }

  /** What is said of the answer as a whole once it is made: why it ended, and its final counts. */
  finish(message: JsonObject, reason: JsonObject): ChatEvent[] {
    const raw = textIn(reason.stop_reason)
    return [...(raw === undefined ? [] : this.#finish(raw)), ...this.#report(message)]
  }

  /** What is left to say once the provider has ended cleanly: proxies leave out why. */
  close(): ChatEvent[] {
    return [...this.stopBlock(), ...this.#finish(this.#foretold ?? '')]
  }

  #finish(raw: string): ChatEvent[] {
    if (this.#isFinished) return []
    this.#isFinished = true
    const finish = raw === '' ? { reason: 'stop' as const, raw } : readFinish(raw)
    const events = this.stopBlock()
    // A call that was cut off before its first argument must not look like one that has none.
    if (finish.reason !== 'length') append(events, this.#completeSilentCall())
    return [...events, { type: 'choice-finish', choice, finish }]
  }

  #say(text: string | undefined): ChatEvent[] {
    if (text === undefined) return []
    const file = readMadeFile(text)
    if (file) return [{ type: 'file-attach', choice, file }]
    this.#said += text.length
    return [{ type: 'text-delta', choice, text }]
  }

  #startCall(block: JsonObject): ChatEvent {
    const call = this.#calls++
    this.#open = { type: 'tool_use', call, given: JSON.stringify(block.input ?? {}), written: false }
    const id = textIn(block.id) ?? ''
    const opaque = this.#callStates.get(id)
    return {
      type: 'tool-call-start',
      choice,
      call,
      id,
      name: textIn(block.name) ?? '',
      ...(opaque && { opaque }),
    }
  }

  /** A call that takes no arguments has an empty text here and an empty object elsewhere. */
  #completeSilentCall(): ChatEvent[] {
    const call = this.#silentCall
    this.#silentCall = undefined
    return call === undefined ? [] : [{ type: 'tool-call-delta', choice, call, arguments: '{}' }]
  }

  #report(message: JsonObject): ChatEvent[] {
    const counts = mergeCounts(this.#counts, message.usage)
    if (!counts) return []
    this.#counts = counts
    return [{ type: 'usage-report', usage: usageOf(counts) }]
  }
}

/** The events of a whole answer. */
export function readWholeAnswer(message: JsonObject): ChatEvent[] {
  const reader = new AnswerReader()
  const events = reader.start(message)
  return [...events, ...reader.finish({}, message), ...reader.close()]
}

function sourceIn(value: Json): Citation[] {
  const citation = readCitation(value)
  return citation && namesSource(citation) ? [citation] : []
}

function reasoningDelta(text: string | undefined): ChatEvent[] {
  return text === undefined ? [] : [{ type: 'reasoning-delta', choice, text }]
}

/** An image in an answer is one of another dialect, which came through a hub. */
function readImage({ type, media_type, data, url }: JsonObject): FilePart | undefined {
  const file = { type: 'file' as const, kind: 'image' as const }
  if (type === 'url' && typeof url === 'string') return { ...file, source: { type: 'url', url } }
  if (type !== 'base64' || typeof data !== 'string') return undefined
  const mediaType = textIn(media_type)
  return { ...file, ...(mediaType && { mediaType }), source: { type: 'base64', data } }
}
