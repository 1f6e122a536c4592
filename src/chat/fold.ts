/** The fold of a stream's events into the whole answer, and its inverse. */
import { byPlace, type Citation } from './citation.ts'
import type { ChatEvent } from './events.ts'
import type { ChatResponse, Choice } from './response.ts'
import type { AssistantPart, ToolCallPart } from './request.ts'
import type { Json } from './json.ts'

/**
 * Gathers the events of one stream. An error event is not part of an answer: callers look for it
 * themselves.
 */
export class Fold {
  #response: ChatResponse = { id: '', model: '', createdAt: 0, choices: [] }
  readonly #choices = new Map<number, Choice>()
  #calls = new Map<string, ToolCallPart>()

  push(event: ChatEvent): void {
    switch (event.type) {
      case 'response-start':
        this.#response.id = event.id
        this.#response.model = event.model
        this.#response.createdAt = event.createdAt
        break
      case 'text-delta':
        extend(this.#choice(event.choice).content, 'text', event.text)
        break
      case 'reasoning-delta':
        extend(this.#choice(event.choice).content, 'reasoning', event.text)
        break
      case 'refusal-delta':
        extend(this.#choice(event.choice).content, 'refusal', event.text)
        break
      case 'reasoning-seal':
        seal(this.#choice(event.choice).content, event)
        break
      case 'file-attach':
        this.#choice(event.choice).content.push(event.file)
        break
      case 'tool-call-start': {
        const { id, name, opaque } = event
        const call: ToolCallPart = { type: 'tool-call', id, name, arguments: '', ...(opaque && { opaque }) }
        this.#choice(event.choice).content.push(call)
        this.#calls.set(`${event.choice}/${event.call}`, call)
        break
      }
      case 'tool-call-delta': {
        const call = this.#calls.get(`${event.choice}/${event.call}`)
        if (call) call.arguments += event.arguments
        break
      }
      case 'logprobs-delta': {
        const choice = this.#choice(event.choice)
        choice.logprobs ??= []
        for (const logprob of asList(event.logprobs)) choice.logprobs.push(logprob)
        break
      }
      case 'citation-add': {
        const choice = this.#choice(event.choice)
        choice.citations ??= []
        choice.citations.push(event.citation)
        break
      }
      case 'choice-finish':
        this.#choice(event.choice).finish = event.finish
        break
      case 'usage-report':
        this.#response.usage = event.usage
        break
      case 'stream-error':
      case 'response-end':
        break
    }
  }

  /**
   * The answer so far. A choice that did not finish says so: reason `other`, and no word of the
   * provider's.
   */
  result(): ChatResponse {
    return { ...this.#response, choices: this.#response.choices.toSorted((a, b) => a.index - b.index) }
  }

  #choice(index: number): Choice {
    const known = this.#choices.get(index)
    if (known) return known
    const choice: Choice = { index, content: [], finish: { reason: 'other', raw: '' } }
    this.#choices.set(index, choice)
    this.#response.choices.push(choice)
    return choice
  }
}

/** The whole answer that a stream amounts to. */
export function foldEvents(events: Iterable<ChatEvent>): ChatResponse {
  const fold = new Fold()
  for (const event of events) fold.push(event)
  return fold.result()
}

/**
 * A whole answer as the stream that folds to it, for a client that wants a stream where the
 * provider gave none.
 */
export function unfold(response: ChatResponse): ChatEvent[] {
  const { id, model, createdAt, choices, usage } = response
  return [
    { type: 'response-start', id, model, createdAt },
    ...choices.flatMap(unfoldChoice),
    ...(usage ? [{ type: 'usage-report' as const, usage }] : []),
    { type: 'response-end' },
  ]
}

function unfoldChoice({ index: choice, content, logprobs, citations, finish }: Choice): ChatEvent[] {
  let calls = 0
  const cited = new CitedText(choice, citations ?? [])
  const events = content.flatMap((part): ChatEvent[] => {
    switch (part.type) {
      case 'text':
        return cited.say(part.text)
      case 'refusal':
        return [{ type: 'refusal-delta', choice, text: part.text }]
      case 'reasoning':
        return [
          { type: 'reasoning-delta', choice, text: part.text },
          ...(part.opaque ? [{ type: 'reasoning-seal' as const, choice, opaque: part.opaque }] : []),
        ]
      case 'file':
        return [{ type: 'file-attach', choice, file: part }]
      case 'tool-call': {
        const call = calls++
        const { id, name, opaque } = part
        return [
          { type: 'tool-call-start', choice, call, id, name, ...(opaque && { opaque }) },
          { type: 'tool-call-delta', choice, call, arguments: part.arguments },
        ]
      }
    }
  })
  return [
    ...events,
    ...(logprobs ? [{ type: 'logprobs-delta' as const, choice, logprobs }] : []),
    ...cited.end(),
    { type: 'choice-finish', choice, finish },
  ]
}

/** Text with each citation directly before the words that it is for. */
class CitedText {
  readonly #choice: number
  #waiting: Citation[]
  #said = 0

  constructor(choice: number, citations: Citation[]) {
    this.#choice = choice
    this.#waiting = byPlace(citations)
  }

  say(text: string): ChatEvent[] {
    const end = this.#said + text.length
    const events: ChatEvent[] = []
    let left = text
    while (startOf(this.#waiting[0]) < end) {
      const before = left.slice(0, Math.max(0, startOf(this.#waiting[0]) - this.#said))
      if (before !== '') events.push(this.#delta(before))
      left = left.slice(before.length)
      events.push(...this.#cite(this.#waiting.splice(0, 1)))
    }
    return left === '' && text !== '' ? events : [...events, this.#delta(left)]
  }

  /** The citations that are for no words of the text. */
  end(): ChatEvent[] {
    return this.#cite(this.#waiting)
  }

  #delta(text: string): ChatEvent {
    this.#said += text.length
    return { type: 'text-delta', choice: this.#choice, text }
  }

  #cite(citations: Citation[]): ChatEvent[] {
    return citations.map((citation) => ({ type: 'citation-add', choice: this.#choice, citation }))
  }
}

function startOf(citation: Citation | undefined): number {
  return citation?.place?.start ?? Infinity
}

/**
 * Adds text to the part that is being written, or begins a new one. A sealed reasoning part takes
 * no more text.
 */
function extend(content: AssistantPart[], type: 'text' | 'reasoning' | 'refusal', text: string): void {
  const last = content.at(-1)
  if (last?.type === type && !('opaque' in last)) last.text += text
  else content.push({ type, text })
}

/**
 * Seals the reasoning that came before; where a provider keeps its reasoning to itself, the seal is
 * all there is of it.
 */
function seal(content: AssistantPart[], { opaque }: Extract<ChatEvent, { type: 'reasoning-seal' }>): void {
  const open = content.findLast((part) => part.type === 'reasoning')
  if (open && !open.opaque) open.opaque = opaque
  else content.push({ type: 'reasoning', text: '', opaque })
}

function asList(value: Json): Json[] {
  return Array.isArray(value) ? value : [value]
}
