/**
 * A canonical stream as a Chat client reads it: chunks without event names, then the usage if asked
 * for, then [DONE].
 */
import type { Citation } from '../../chat/citation.ts'
import type { ChatEvent, Usage } from '../../chat/events.ts'
import type { Json, JsonObject } from '../../chat/json.ts'
import type { ChatRequest, ReasoningPart } from '../../chat/request.ts'
import type { SseMessage } from '../../http/sse.ts'
import { CustomInput } from '../custom-input.ts'
import type { Codec } from '../dialect.ts'
import { doneMark } from '../stray-events.ts'
import { writeFinish } from './finish.ts'
import { sealCallId } from './call-id.ts'
import { callFieldsOf, fieldsOf, isForeign } from './opaque.ts'
import { customTools, renderCitations, renderImage, renderLogprobs } from './render-answer.ts'
import { writeUsage } from './usage.ts'

type ChoiceEvent = Extract<ChatEvent, { choice: number }>

/** What must be remembered of one choice. */
interface Progress {
  refused: boolean
  finished: boolean
  /**
   * Reasoning since the last seal: a seal of another dialect travels with the text that it belongs
   * to.
   */
  unsealed: string
  /** Reasoning that another dialect sealed, until a call carries it. */
  foreign: ReasoningPart[]
  /** The place of each call, rising from zero here whatever the provider counts. */
  calls: Map<number, number>
  text: string
  /** Said once, before the finish: OpenAI's SDK keeps the last list that comes, and no others. */
  citations: Citation[]
  /** The texts of custom tools' calls, while they come. */
  inputs: Map<number, CustomInput>
}

export class StreamRenderer implements Codec<ChatEvent, SseMessage> {
  readonly #showUsage: boolean
  readonly #custom: ReadonlySet<string>
  readonly #choices = new Map<number, Progress>()
  #head: JsonObject = { id: '', object: 'chat.completion.chunk', created: 0, model: '' }
  #usage: Usage | undefined

  constructor(request: Pick<ChatRequest, 'streamUsage' | 'tools'>) {
    this.#showUsage = request.streamUsage
    this.#custom = customTools(request)
  }

  push(event: ChatEvent): SseMessage[] {
    switch (event.type) {
      case 'response-start': {
        const created = Math.floor(event.createdAt / 1000)
        this.#head = { id: event.id, object: 'chat.completion.chunk', created, model: event.model }
        return this.#begin(0)
      }
      case 'usage-report':
        this.#usage = event.usage
        return []
      case 'response-end':
        return [...this.#renderUsage(), { data: doneMark }]
      case 'stream-error':
        // How a broken stream ends is the pipeline's to say, with `renderStreamError`.
        return []
      default:
        return [...this.#begin(event.choice), ...this.#renderChoice(event)]
    }
  }

  end(): SseMessage[] {
    return []
  }

  /** The first chunk of a choice names the role. */
  #begin(choice: number): SseMessage[] {
    if (this.#choices.has(choice)) return []
    this.#choices.set(choice, {
      refused: false,
      finished: false,
      unsealed: '',
      foreign: [],
      calls: new Map(),
      text: '',
      citations: [],
      inputs: new Map(),
    })
    return [this.#delta(choice, { role: 'assistant', content: '' })]
  }

  #renderChoice(event: ChoiceEvent): SseMessage[] {
    const progress = this.#choices.get(event.choice)
    if (!progress) return []
    switch (event.type) {
      case 'text-delta':
        progress.text += event.text
        return [this.#delta(event.choice, { content: event.text })]
      case 'reasoning-delta':
        progress.unsealed += event.text
        return [this.#delta(event.choice, { reasoning_content: event.text })]
      case 'reasoning-seal': {
        const fields = fieldsOf(event.opaque, progress.unsealed)
        if (isForeign(event.opaque)) {
          progress.foreign.push({ type: 'reasoning', text: progress.unsealed, opaque: event.opaque })
        }
        progress.unsealed = ''
        return [this.#delta(event.choice, { ...fields })]
      }
      case 'refusal-delta':
        progress.refused = true
        return [this.#delta(event.choice, { refusal: event.text })]
      case 'file-attach':
        return [this.#delta(event.choice, { images: [renderImage(event.file)] })]
      case 'tool-call-start': {
        const index = progress.calls.size
        progress.calls.set(event.call, index)
        const { name, opaque } = event
        const reasoning = progress.foreign.splice(0)
        const id = sealCallId(event.id, { reasoning, ...(opaque && isForeign(opaque) && { opaque }) })
        const isCustom = this.#custom.has(name)
        if (isCustom) progress.inputs.set(event.call, new CustomInput())
        const called = isCustom
          ? { type: 'custom', custom: { name, input: '' } }
          : { type: 'function', function: { name, arguments: '' } }
        const call = { index, id, ...called }
        return [this.#delta(event.choice, { tool_calls: [{ ...call, ...(opaque && callFieldsOf(opaque)) }] })]
      }
      case 'tool-call-delta': {
        const index = progress.calls.get(event.call) ?? 0
        const input = progress.inputs.get(event.call)
        if (input) return this.#input(event.choice, index, input.push(event.arguments))
        return [
          this.#delta(event.choice, { tool_calls: [{ index, function: { arguments: event.arguments } }] }),
        ]
      }
      case 'logprobs-delta': {
        const tokens = Array.isArray(event.logprobs) ? event.logprobs : [event.logprobs]
        return [this.#chunk(event.choice, {}, null, renderLogprobs(tokens, progress.refused))]
      }
      case 'citation-add':
        progress.citations.push(event.citation)
        return progress.finished ? this.#renderCitations(event.choice, progress) : []
      case 'choice-finish':
        progress.finished = true
        return [
          ...this.#renderCitations(event.choice, progress),
          ...[...progress.inputs].flatMap(([call, input]) =>
            this.#input(event.choice, progress.calls.get(call) ?? 0, input.close()),
          ),
          this.#chunk(event.choice, {}, writeFinish(event.finish, progress.refused), null),
        ]
    }
  }

  #renderCitations(choice: number, { citations, text }: Progress): SseMessage[] {
    if (citations.length === 0) return []
    return [this.#delta(choice, { annotations: renderCitations(citations, text) })]
  }

  /** More of the text of a custom tool's call. */
  #input(choice: number, index: number, input: string): SseMessage[] {
    return input === '' ? [] : [this.#delta(choice, { tool_calls: [{ index, custom: { input } }] })]
  }

  #delta(index: number, delta: JsonObject): SseMessage {
    return this.#chunk(index, delta, null, null)
  }

  #chunk(index: number, delta: JsonObject, finish: string | null, logprobs: Json): SseMessage {
    const choices = [{ index, delta, logprobs, finish_reason: finish }]
    // A client that asked for usage finds the field in every chunk: null in all but the last.
    return { data: JSON.stringify({ ...this.#head, choices, ...(this.#showUsage && { usage: null }) }) }
  }

  #renderUsage(): SseMessage[] {
    if (!this.#showUsage || !this.#usage) return []
    return [{ data: JSON.stringify({ ...this.#head, choices: [], usage: writeUsage(this.#usage) }) }]
  }
}
