/**
 * A canonical stream as a client of this dialect reads it: message_start, the blocks one after the
 * other, and message_delta with message_stop once the provider has said all.
 * https://platform.claude.com/docs/en/build-with-claude/streaming
 */
import { append } from '../../chat/append.ts'
import type { Citation } from '../../chat/citation.ts'
import type { ChatEvent, Finish, Usage } from '../../chat/events.ts'
import type { JsonObject } from '../../chat/json.ts'
import type { Opaque } from '../../chat/request.ts'
import type { SseMessage } from '../../http/sse.ts'
import { CallQueue } from '../call-queue.ts'
import type { Codec } from '../dialect.ts'
import { CitedText } from './cited-text.ts'
import { writeCitation, writeSources } from './citations.ts'
import { writeFinish } from './finish.ts'
import { writeMadeFile } from './made-files.ts'
import { renderHead } from './render-answer.ts'
import { callStateBlock, redactedBlock, writeSignature } from './reasoning-blocks.ts'
import { writeUsage } from './usage.ts'

type OpenBlock = 'text' | 'thinking' | 'tool_use'

export class StreamRenderer implements Codec<ChatEvent, SseMessage> {
  #begun = false
  #index = 0
  #open: OpenBlock | undefined
  readonly #calls = new CallQueue()
  #finish: Finish = { reason: 'other', raw: '' }
  #usage: Usage | undefined
  readonly #text = new CitedText()
  /** Whether the open block has been cited: what follows is other text. */
  #cited = false
  /** Citations for which no block is open. */
  #uncited: Citation[] = []
  #called = false
  /** Hidden state, which goes before the block that follows it. */
  #seals: JsonObject[] = []
  /** Whether there was anything but reasoning. */
  #spoke = false

  push(event: ChatEvent): SseMessage[] {
    // A client of this dialect asked for one answer.
    if ('choice' in event && event.choice !== 0) return []
    switch (event.type) {
      case 'response-start':
        return this.#begin(event.id, event.model)
      case 'text-delta':
        return event.text === '' ? [] : this.#say(event.text)
      case 'refusal-delta':
        return event.text === '' ? [] : this.#write(event.text)
      case 'citation-add':
        return this.#text.takesNow(event.citation) ? this.#cite([event.citation]) : []
      case 'reasoning-delta':
        return event.text === ''
          ? []
          : [...this.#enterThinking(), this.#delta({ type: 'thinking_delta', thinking: event.text })]
      case 'reasoning-seal':
        return this.#seal(event.opaque)
      case 'tool-call-start':
      case 'tool-call-delta':
        return this.#call(event)
      case 'file-attach':
        return [...this.#endBlocks(), ...this.#write(writeMadeFile(event.file)), ...this.#close()]
      case 'choice-finish':
        this.#finish = event.finish
        // Some name the sources of a text after they have said why it ended.
        return this.#open === 'text' ? [] : this.#endBlocks()
      case 'usage-report':
        this.#usage = event.usage
        return []
      case 'response-end':
        return [
          ...this.#begin('', ''),
          ...this.#endCitations(),
          ...this.#endBlocks(),
          ...this.#sealLast(),
          ...this.#end(),
        ]
      case 'logprobs-delta':
      case 'stream-error':
        // The first has no place here; how a broken stream ends is the pipeline's to say, with
        // `renderStreamError`.
        return []
    }
  }

  end(): SseMessage[] {
    return []
  }

  #begin(id: string, model: string): SseMessage[] {
    if (this.#begun) return []
    this.#begun = true
    return [
      named({ type: 'message_start', message: { ...renderHead(id, model), usage: writeUsage(this.#usage) } }),
    ]
  }

  #say(text: string): SseMessage[] {
    return this.#text.cut(text).flatMap((piece) => {
      const before = piece.begins || this.#cited || this.#seals.length > 0 ? this.#endText() : []
      const events = [...before, ...this.#write(piece.text)]
      return [...events, ...this.#cite([...this.#uncited.splice(0), ...piece.citations])]
    })
  }

  #write(text: string): SseMessage[] {
    return [...this.#enter('text', { type: 'text', text: '' }), this.#delta({ type: 'text_delta', text })]
  }

  #endText(): SseMessage[] {
    return this.#open === 'text' ? this.#close() : []
  }

  #cite(citations: Citation[]): SseMessage[] {
    if (citations.length === 0) return []
    if (this.#open !== 'text') {
      append(this.#uncited, citations)
      return []
    }
    this.#cited = true
    return citations.map((citation) =>
      this.#delta({ type: 'citations_delta', citation: writeCitation(citation) }),
    )
  }

  /**
   * The citations that no text took. After calls there is no place for them: a client acts on
   * those.
   */
  #endCitations(): SseMessage[] {
    const events = this.#cite(this.#text.rest())
    const left = this.#uncited.splice(0)
    if (left.length === 0 || this.#called) return events
    return [...events, ...this.#endBlocks(), ...this.#write(writeSources(left))]
  }

  #enterThinking(): SseMessage[] {
    return this.#enter('thinking', { type: 'thinking', thinking: '', signature: '' })
  }

  #seal(opaque: Opaque): SseMessage[] {
    const hidden = redactedBlock(opaque)
    if (this.#open !== 'thinking' && hidden.type === 'redacted_thinking') {
      this.#seals.push(hidden)
      return []
    }
    // Clients take a signature from its delta only.
    return [...this.#enterThinking(), ...this.#close(writeSignature(opaque))]
  }

  /**
   * State that nothing follows. No answer of Anthropic's ends with it, and Claude Code shows the
   * last block: where the model has spoken, it is left out. Gemini recommends to give it back, no
   * more.
   */
  #sealLast(): SseMessage[] {
    if (this.#spoke) this.#seals = []
    return this.#unseal()
  }

  #unseal(): SseMessage[] {
    return this.#seals.splice(0).flatMap((block) => this.#whole(block))
  }

  #call(event: Extract<ChatEvent, { type: 'tool-call-start' | 'tool-call-delta' }>): SseMessage[] {
    this.#called = true
    const steps = event.type === 'tool-call-start' ? this.#calls.start(event) : this.#calls.add(event)
    return this.#take(steps)
  }

  #take(steps: ReturnType<CallQueue['flush']>): SseMessage[] {
    return steps.flatMap((step) => {
      if (step.type === 'arguments')
        return [this.#delta({ type: 'input_json_delta', partial_json: step.text })]
      if (step.type === 'stop') return this.#close()
      const { id, name, opaque } = step.call
      const state = opaque ? this.#whole(callStateBlock(id, opaque)) : []
      return [...state, ...this.#enter('tool_use', { type: 'tool_use', id, name, input: {} })]
    })
  }

  /** Goes on with the block of this type, or begins one. */
  #enter(type: OpenBlock, block: JsonObject): SseMessage[] {
    if (this.#open === type && type !== 'tool_use' && this.#seals.length === 0) return []
    if (type !== 'thinking') this.#spoke = true
    const before = [...(type === 'tool_use' ? this.#close() : this.#endBlocks()), ...this.#unseal()]
    const events = [...before, this.#start(block)]
    this.#open = type
    return events
  }

  /** A block that comes at once. */
  #whole(block: JsonObject): SseMessage[] {
    const before = this.#open === 'tool_use' ? this.#endBlocks() : this.#close()
    const events = [...before, ...this.#unseal(), this.#start(block)]
    events.push(named({ type: 'content_block_stop', index: this.#index }))
    this.#index++
    return events
  }

  #start(block: JsonObject): SseMessage {
    this.#cited = false
    return named({ type: 'content_block_start', index: this.#index, content_block: block })
  }

  #delta(delta: JsonObject): SseMessage {
    return named({ type: 'content_block_delta', index: this.#index, delta })
  }

  /** Ends the open block, and gives out the calls that waited for it. */
  #endBlocks(): SseMessage[] {
    return [...this.#take(this.#calls.flush()), ...this.#close()]
  }

  /**
   * Ends the open block. Thinking that nobody signed is signed by us, so that it is known when it
   * comes back.
   */
  #close(signature = writeSignature(undefined)): SseMessage[] {
    if (this.#open === undefined) return []
    const events = this.#open === 'thinking' ? [this.#delta({ type: 'signature_delta', signature })] : []
    events.push(named({ type: 'content_block_stop', index: this.#index }))
    this.#open = undefined
    this.#index++
    return events
  }

  #end(): SseMessage[] {
    const delta = { stop_reason: writeFinish(this.#finish), stop_sequence: null }
    return [
      named({ type: 'message_delta', delta, usage: writeUsage(this.#usage) }),
      named({ type: 'message_stop' }),
    ]
  }
}

/** The name of an event repeats the type in its data. */
function named(event: JsonObject & { type: string }): SseMessage {
  return { event: event.type, data: JSON.stringify(event) }
}
