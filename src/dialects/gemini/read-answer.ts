/**
 * Answers and chunks to events. Both have the same shape, and a whole answer is read as if it were
 * one chunk, so that a stream and the same answer whole cannot be understood differently.
 */
import { append } from '../../chat/append.ts'
import type { ChatEvent, Finish } from '../../chat/events.ts'
import type { Json, JsonObject } from '../../chat/json.ts'
import type { FilePart, Opaque } from '../../chat/request.ts'
import { listIn, numberIn, objectIn, textIn } from '../json-read.ts'
import { readBlock, readFinish } from './finish.ts'
import { GroundingReader } from './read-grounding.ts'
import { readLogprobs } from './logprobs.ts'
import { readMedia } from './media.ts'
import { CallReader } from './tool-calls.ts'
import { readUsage } from './usage.ts'

/**
 * Reads the chunks of one stream, or the one body of a whole answer. Errors are for others to look
 * for.
 */
export class AnswerReader {
  #id: string | undefined
  #finished = false
  readonly #candidates = new Map<number, CandidateReader>()

  push(chunk: JsonObject): ChatEvent[] {
    const events = this.#start(chunk)
    for (const candidate of listIn(chunk.candidates)) {
      const read = objectIn(candidate) ?? {}
      const reader = this.#candidate(numberIn(read.index) ?? 0)
      append(events, reader.push(read))
      this.#finished ||= reader.finished
    }
    const block = textIn(objectIn(chunk.promptFeedback)?.blockReason)
    if (block !== undefined) {
      this.#candidate(0).block(block, textIn(objectIn(chunk.promptFeedback)?.blockReasonMessage))
      this.#finished = true
    }
    const usage = readUsage(chunk)
    if (usage) events.push({ type: 'usage-report', usage })
    return events
  }

  /**
   * Why each candidate finished. It is said last: more text may follow the first time that a
   * provider says it.
   */
  close(): ChatEvent[] {
    return [...this.#candidates.values()].flatMap((candidate) => candidate.close())
  }

  /** Whether the provider has said of any candidate why it finished. */
  get finished(): boolean {
    return this.#finished
  }

  #start(chunk: JsonObject): ChatEvent[] {
    if (this.#id !== undefined) return []
    this.#id = textIn(chunk.responseId) ?? ''
    const createdAt = Date.parse(textIn(chunk.createTime) ?? '') || 0
    return [{ type: 'response-start', id: this.#id, model: textIn(chunk.modelVersion) ?? '', createdAt }]
  }

  #candidate(index: number): CandidateReader {
    let reader = this.#candidates.get(index)
    if (!reader) {
      reader = new CandidateReader(index, this.#id ?? '')
      this.#candidates.set(index, reader)
    }
    return reader
  }
}

/** One of the answers that were asked for. */
class CandidateReader {
  readonly #index: number
  readonly #calls: CallReader
  readonly #grounding: GroundingReader
  #finish: { raw: string; read: (raw: string, toolCalls: boolean) => Finish } | undefined
  /** What is said of the finish, in words. */
  #words: string | undefined
  #spoke = false

  constructor(index: number, responseId: string) {
    this.#index = index
    this.#calls = new CallReader(index, responseId)
    this.#grounding = new GroundingReader(index)
  }

  get finished(): boolean {
    return this.#finish !== undefined
  }

  push(candidate: JsonObject): ChatEvent[] {
    const parts = listIn(objectIn(candidate.content)?.parts)
    const events = parts.flatMap((part) => this.#readPart(objectIn(part) ?? {}))
    this.#grounding.note(candidate.groundingMetadata)
    const logprobs = readLogprobs(candidate.logprobsResult)
    if (logprobs.length > 0) events.push({ type: 'logprobs-delta', choice: this.#index, logprobs })
    this.#spoke ||= events.some(({ type }) => type !== 'reasoning-delta' && type !== 'reasoning-seal')
    const raw = textIn(candidate.finishReason)
    this.#words = textIn(candidate.finishMessage) ?? this.#words
    if (raw !== undefined) this.#finish = { raw, read: readFinish }
    return events
  }

  block(raw: string, words: string | undefined): void {
    this.#words = words
    this.#finish = { raw, read: readBlock }
  }

  close(): ChatEvent[] {
    const cited = this.#grounding.close()
    if (!this.#finish) return cited
    const finish = this.#finish.read(this.#finish.raw, this.#calls.any)
    const choice = this.#index
    const isRefusal = finish.reason === 'content-filter' || finish.reason === 'other'
    const words = isRefusal && !this.#spoke ? this.#words : undefined
    return [
      ...cited,
      ...(words === undefined ? [] : [{ type: 'refusal-delta' as const, choice, text: words }]),
      { type: 'choice-finish', choice, finish },
    ]
  }

  /**
   * Code that ran at Google, and what came of it, is shown by this dialect only and read over here.
   */
  #readPart(part: JsonObject): ChatEvent[] {
    const choice = this.#index
    const said = part.thought === true ? undefined : textIn(part.text)
    this.#grounding.addPart(said ?? '')
    const opaque = sealOf(part)
    const call = objectIn(part.functionCall)
    if (call) return this.#calls.push(call, opaque)
    const seal: ChatEvent[] = opaque ? [{ type: 'reasoning-seal', choice, opaque }] : []
    const text = textIn(part.text)
    if (part.thought === true) {
      return text === undefined ? seal : [{ type: 'reasoning-delta', choice, text }, ...seal]
    }
    // A signature on any other part seals the thoughts that came before it.
    if (text !== undefined) return [...seal, { type: 'text-delta', choice, text }]
    const file = fileIn(part.inlineData)
    return file ? [...seal, { type: 'file-attach', choice, file }] : seal
  }
}

function sealOf({ thoughtSignature }: JsonObject): Opaque | undefined {
  const data = textIn(thoughtSignature)
  return data === undefined ? undefined : { dialect: 'gemini', data }
}

function fileIn(inlineData: Json | undefined): FilePart | undefined {
  const { data, mimeType } = objectIn(inlineData) ?? {}
  const bytes = textIn(data)
  if (bytes === undefined) return undefined
  return readMedia({ inlineData: { data: bytes, mimeType: textIn(mimeType) ?? null } })
}
