/**
 * A canonical stream as a Gemini client reads it: chunks that are answers themselves, each with
 * some more text. Calls come whole, so they wait; they, the finish and the usage are in the last
 * chunk. Nothing marks the end.
 */
import type { Citation } from '../../chat/citation.ts'
import type { ChatEvent, Finish, Usage } from '../../chat/events.ts'
import type { Json, JsonObject } from '../../chat/json.ts'
import type { ToolCallPart } from '../../chat/request.ts'
import type { SseMessage } from '../../http/sse.ts'
import type { Codec, Served } from '../dialect.ts'
import { compact } from '../json-read.ts'
import { wholeCalls } from './answer-calls.ts'
import { writeLogprobs } from './logprobs.ts'
import { PartWriter } from './part-writer.ts'
import { renderHead } from './render-answer.ts'
import { writeUsage } from './usage.ts'
import { writeGrounding } from './write-grounding.ts'

type ChoiceEvent = Extract<ChatEvent, { choice: number }>

/** What must be remembered of one choice. */
interface Progress {
  writer: PartWriter
  /**
   * Reasoning since the last seal: a seal of another dialect travels with the text that it belongs
   * to.
   */
  unsealed: string
  calls: Map<number, ToolCallPart>
  finish: Finish
  text: string
  citations: Citation[]
}

export class StreamRenderer implements Codec<ChatEvent, SseMessage> {
  readonly #served: Served | undefined
  readonly #choices = new Map<number, Progress>()
  #head: JsonObject = {}
  #usage: Usage | undefined

  constructor(served: Served | undefined) {
    this.#served = served
  }

  push(event: ChatEvent): SseMessage[] {
    switch (event.type) {
      case 'response-start':
        this.#head = renderHead(event, this.#served)
        return []
      case 'usage-report':
        this.#usage = event.usage
        return []
      case 'response-end':
        return [this.#renderLast()]
      case 'stream-error':
        // How a broken stream ends is the pipeline's to say, with `renderStreamError`.
        return []
      default:
        return this.#renderChoice(event, this.#progressOf(event.choice))
    }
  }

  end(): SseMessage[] {
    return []
  }

  #progressOf(choice: number): Progress {
    const known = this.#choices.get(choice)
    if (known) return known
    const finish: Finish = { reason: 'other', raw: '' }
    const progress = {
      writer: new PartWriter('client'),
      unsealed: '',
      calls: new Map(),
      finish,
      text: '',
      citations: [],
    }
    this.#choices.set(choice, progress)
    return progress
  }

  #renderChoice(event: ChoiceEvent, progress: Progress): SseMessage[] {
    switch (event.type) {
      case 'text-delta':
        progress.text += event.text
        return this.#renderParts(event.choice, progress.writer.text(event.text))
      case 'refusal-delta':
        return this.#renderParts(event.choice, progress.writer.text(event.text))
      case 'reasoning-delta':
        progress.unsealed += event.text
        return this.#renderParts(event.choice, progress.writer.reasoning(event.text))
      case 'reasoning-seal': {
        const text = progress.unsealed
        progress.unsealed = ''
        return this.#renderParts(event.choice, progress.writer.seal(event.opaque, text))
      }
      case 'file-attach':
        return this.#renderParts(event.choice, progress.writer.file(event.file))
      case 'logprobs-delta': {
        const tokens: Json[] = Array.isArray(event.logprobs) ? event.logprobs : [event.logprobs]
        return [this.#chunk([{ index: event.choice, logprobsResult: writeLogprobs(tokens) }])]
      }
      case 'tool-call-start': {
        const { id, name, opaque } = event
        const call = { type: 'tool-call' as const, id, name, arguments: '', ...(opaque && { opaque }) }
        progress.calls.set(event.call, call)
        return []
      }
      case 'tool-call-delta': {
        const call = progress.calls.get(event.call)
        if (call) call.arguments += event.arguments
        return []
      }
      case 'citation-add':
        progress.citations.push(event.citation)
        return []
      case 'choice-finish':
        progress.finish = event.finish
        return []
    }
  }

  #renderParts(index: number, parts: JsonObject[]): SseMessage[] {
    return parts.length > 0 ? [this.#chunk([{ content: { parts, role: 'model' }, index }])] : []
  }

  #renderLast(): SseMessage {
    const candidates = [...this.#choices].map(([index, progress]): JsonObject => {
      const { writer, calls: given, finish, citations, text } = progress
      const { calls, finishReason } = wholeCalls([...given.values()], finish)
      const parts = [...calls.flatMap((call) => writer.call(call)), ...writer.flush()]
      // Google's last chunk has an empty text where there is nothing more to say.
      return compact({
        content: { parts: parts.length > 0 ? parts : [{ text: '' }], role: 'model' },
        finishReason,
        index,
        groundingMetadata: writeGrounding(citations, text),
      })
    })
    return this.#chunk(candidates, this.#usage && writeUsage(this.#usage))
  }

  #chunk(candidates: JsonObject[], usageMetadata?: JsonObject): SseMessage {
    return { data: JSON.stringify(compact({ candidates, usageMetadata, ...this.#head })) }
  }
}
