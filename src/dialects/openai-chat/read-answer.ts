/**
 * Answers and chunks to events. A whole answer is read as if it were one chunk (`message` is a
 * `delta` that comes at once), so that a stream and the same answer whole cannot be understood
 * differently.
 */
import type { ChatEvent } from '../../chat/events.ts'
import type { Json, JsonObject } from '../../chat/json.ts'
import type { FilePart } from '../../chat/request.ts'
import { readAnnotation } from '../annotations.ts'
import { CitationPlacer } from '../citation-placer.ts'
import { listIn, numberIn, objectIn, textIn, timeIn } from '../json-read.ts'
import { readUrl } from '../data-url.ts'
import { DetailsCollector } from './details.ts'
import { readFinish } from './finish.ts'
import { readDetailsText, thinkingText } from './reasoning.ts'
import { SourceList } from './sources.ts'
import { ToolCallReader } from './tool-calls.ts'
import { readUsage } from './usage.ts'

/**
 * Reads the chunks of one stream, or the one body of a whole answer. Errors are for others to look
 * for.
 */
export class AnswerReader {
  #id: string | undefined
  readonly #isWhole: boolean
  #choices = new Map<number, ChoiceReader>()
  /** How many of them have not finished. */
  #open = 0
  readonly #sources = new SourceList()

  /**
   * @param kind a whole answer says everything in `message`, a stream in `delta`, whatever else
   * they hold.
   */
  constructor(kind: 'stream' | 'whole') {
    this.#isWhole = kind === 'whole'
  }

  push(chunk: JsonObject): ChatEvent[] {
    const events: ChatEvent[] = []
    const choices = listIn(chunk.choices)
    // Azure opens with a chunk about the prompt, without id, model or choices.
    if (this.#id === undefined && (choices.length > 0 || textIn(chunk.id) !== undefined)) {
      this.#id = textIn(chunk.id) ?? ''
      const createdAt = timeIn(chunk.created)
      events.push({ type: 'response-start', id: this.#id, model: textIn(chunk.model) ?? '', createdAt })
    }
    this.#sources.note(chunk)
    const said = choices.flatMap((choice) => this.#readChoice(objectIn(choice) ?? {}))
    const usage = readUsage(chunk)
    return [...events, ...said, ...(usage ? [{ type: 'usage-report' as const, usage }] : [])]
  }

  /**
   * What is left to say once the provider has ended cleanly: some leave out why a choice finished.
   */
  close(): ChatEvent[] {
    this.#open = 0
    return [...this.#choices.values()].flatMap((choice) => choice.close())
  }

  /**
   * Whether every choice that was begun has finished: then the end of the input is the end of the
   * answer.
   */
  get finished(): boolean {
    return this.#choices.size > 0 && this.#open === 0
  }

  #readChoice(choice: JsonObject): ChatEvent[] {
    const index = numberIn(choice.index) ?? 0
    let reader = this.#choices.get(index)
    if (!reader) {
      reader = new ChoiceReader(index, this.#id ?? '', this.#sources)
      this.#choices.set(index, reader)
      this.#open++
    }
    const wasFinished = reader.finished
    const events = reader.push(choice, this.#isWhole ? wholeOf(choice) : reader.deltaOf(choice))
    if (reader.finished && !wasFinished) this.#open--
    return events
  }
}

/** One of the answers that were asked for. */
class ChoiceReader {
  finished = false
  readonly #index: number
  readonly #calls: ToolCallReader
  readonly #details = new DetailsCollector()
  #refused = false
  /** Whether there was reasoning beside `reasoning_details`, which then only repeats it. */
  #reasoned = false
  readonly #placer: CitationPlacer
  readonly #sources: SourceList
  #cited = new Set<string>()
  #said = false

  constructor(index: number, responseId: string, sources: SourceList) {
    this.#index = index
    this.#calls = new ToolCallReader(index, responseId)
    this.#placer = new CitationPlacer(index, 'code-points')
    this.#sources = sources
  }

  /** Perplexity repeats all text so far in `message`: it counts where nothing came in pieces. */
  deltaOf(choice: JsonObject): JsonObject {
    const delta = objectIn(choice.delta)
    const message = objectIn(choice.message) ?? {}
    const isSilent = !delta || (!this.#said && !saysSomething(delta) && saysSomething(message))
    return isSilent ? message : delta
  }

  push(choice: JsonObject, delta: JsonObject): ChatEvent[] {
    this.#said ||= saysSomething(delta)
    const events = [...this.#readReasoning(delta), ...this.#sealBefore(this.#readContent(delta))]
    const cited = this.#readCitations(delta, events)
    const logprobs = readLogprobs(choice.logprobs)
    const raw = textIn(choice.finish_reason)
    return [
      ...events,
      ...cited,
      ...(logprobs ? [{ type: 'logprobs-delta' as const, choice: this.#index, logprobs }] : []),
      ...(raw === undefined ? [] : this.#finish(raw, raw)),
    ]
  }

  close(): ChatEvent[] {
    return this.finished ? [...this.#seal(), ...this.#closeCitations()] : this.#finish('stop', '')
  }

  #readCitations({ annotations }: JsonObject, events: ChatEvent[]): ChatEvent[] {
    const text = events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('')
    const ready = text === '' ? [] : this.#placer.addText(text)
    const found = listIn(annotations).flatMap((annotation) => readAnnotation(annotation) ?? [])
    for (const { citation } of found) if (citation.url !== undefined) this.#cited.add(citation.url)
    return [...ready, ...this.#placer.add(found)]
  }

  #closeCitations(): ChatEvent[] {
    const listed = this.#sources.citationsOf(this.#placer.text, this.#cited)
    for (const { citation } of listed) this.#cited.add(citation.url ?? '')
    return [...this.#placer.flush(), ...this.#placer.add(listed)]
  }

  #readReasoning(delta: JsonObject): ChatEvent[] {
    const details = listIn(delta.reasoning_details)
    this.#details.add(details, objectIn(delta.extra_content))
    // Where both of these are set, they say the same.
    const plain = textIn(delta.reasoning_content) ?? textIn(delta.reasoning)
    this.#reasoned ||= plain !== undefined
    const text = plain ?? (this.#reasoned ? '' : readDetailsText(details))
    return text === '' ? [] : [{ type: 'reasoning-delta', choice: this.#index, text }]
  }

  #readContent(delta: JsonObject): ChatEvent[] {
    const choice = this.#index
    const events = this.#readParts(delta.content)
    // What a model says aloud has no other text.
    const spoken = events.length === 0 ? textIn(objectIn(delta.audio)?.transcript) : undefined
    if (spoken !== undefined) events.push({ type: 'text-delta', choice, text: spoken })
    const refusal = textIn(delta.refusal)
    if (refusal !== undefined) events.push({ type: 'refusal-delta', choice, text: refusal })
    this.#refused ||= events.some((event) => event.type === 'refusal-delta')
    for (const image of listIn(delta.images)) {
      const file = readImage(image)
      if (file) events.push({ type: 'file-attach', choice, file })
    }
    return [...events, ...this.#calls.push(listIn(delta.tool_calls), objectIn(delta.function_call))]
  }

  /** Content is a text; at Mistral a list of parts once there is thinking among it. */
  #readParts(content: Json | undefined): ChatEvent[] {
    const choice = this.#index
    if (typeof content === 'string')
      return content === '' ? [] : [{ type: 'text-delta', choice, text: content }]
    return listIn(content).flatMap((entry): ChatEvent[] => {
      const part = objectIn(entry) ?? {}
      const thought = part.type === 'thinking' ? thinkingText(part.thinking) : ''
      if (thought !== '') return [{ type: 'reasoning-delta', choice, text: thought }]
      const refusal = part.type === 'refusal' ? textIn(part.refusal) : undefined
      if (refusal !== undefined) return [{ type: 'refusal-delta', choice, text: refusal }]
      const text = part.type === 'text' ? textIn(part.text) : undefined
      return text === undefined ? [] : [{ type: 'text-delta', choice, text }]
    })
  }

  /** The seal of the reasoning goes before the first content after it. */
  #sealBefore(content: ChatEvent[]): ChatEvent[] {
    const isContent = content.some((event) => event.type !== 'reasoning-delta')
    return isContent ? [...this.#seal(), ...content] : content
  }

  #seal(): ChatEvent[] {
    const opaque = this.#details.take()
    return opaque ? [{ type: 'reasoning-seal', choice: this.#index, opaque }] : []
  }

  /** OpenRouter says the reason again with the usage that follows. */
  #finish(reason: string, raw: string): ChatEvent[] {
    const events = this.#seal()
    if (this.finished) return events
    this.finished = true
    events.push(...this.#calls.close())
    const finish = readFinish(reason, { refusal: this.#refused, toolCalls: this.#calls.any })
    const cited = this.#closeCitations()
    return [...events, ...cited, { type: 'choice-finish', choice: this.#index, finish: { ...finish, raw } }]
  }
}

/**
 * What a choice of a whole answer says. Perplexity's have an empty `delta` beside their `message`.
 */
function wholeOf(choice: JsonObject): JsonObject {
  const message = objectIn(choice.message)
  const delta = objectIn(choice.delta) ?? {}
  return message && (saysSomething(message) || !saysSomething(delta)) ? message : delta
}

/** Whether there is more to a message than its role. */
function saysSomething(message: JsonObject): boolean {
  return Object.entries(message).some(
    ([name, value]) =>
      name !== 'role' && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0),
  )
}

/** The tokens of the content, or of the refusal where there is one instead. */
function readLogprobs(logprobs: Json | undefined): Json[] | undefined {
  const { content, refusal } = objectIn(logprobs) ?? {}
  const tokens = listIn(content).length > 0 ? listIn(content) : listIn(refusal)
  return tokens.length > 0 ? tokens : undefined
}

/** OpenRouter's form of an image that a model made. */
function readImage(image: Json): FilePart | undefined {
  const url = textIn(objectIn(objectIn(image)?.image_url)?.url)
  return url === undefined ? undefined : { type: 'file', kind: 'image', ...readUrl(url) }
}
