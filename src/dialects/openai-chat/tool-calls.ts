/**
 * The tool calls of one choice, from chunks. They are keyed by `index` in the dialect; servers
 * leave it out, leave ids out, repeat names, or give every parallel call the same index. Joining
 * two calls would make invalid JSON that poisons the next request, so whatever tells them apart is
 * used.
 */
import type { ChatEvent } from '../../chat/events.ts'
import type { Json, JsonObject } from '../../chat/json.ts'
import { numberIn, objectIn, textIn } from '../json-read.ts'
import { callSealOf } from './opaque.ts'
import { shortId } from '../fit/short-id.ts'

interface OpenCall {
  call: number
  /** As the provider gave it; absent where it gave none. */
  id: string | undefined
}

/** What came of a call before its name. */
interface Nameless {
  id: string | undefined
  text: string
  extra: JsonObject | undefined
}

export class ToolCallReader {
  readonly #choice: number
  readonly #responseId: string
  readonly #byIndex = new Map<number, OpenCall>()
  /** Fragments that came before the name of their call, by their index. */
  readonly #nameless = new Map<number | undefined, Nameless>()
  #last: OpenCall | undefined
  #count = 0

  constructor(choice: number, responseId: string) {
    this.#choice = choice
    this.#responseId = responseId
  }

  /** Whether there was any call. */
  get any(): boolean {
    return this.#count > 0
  }

  /**
   * @param legacy the single `function_call` that came before there were tools; it has neither id
   *   nor index.
   */
  push(calls: Json[], legacy: JsonObject | undefined): ChatEvent[] {
    const events = calls.flatMap((call) => this.#read(objectIn(call) ?? {}))
    return legacy ? [...events, ...this.#read({ index: 0, function: legacy })] : events
  }

  #read(delta: JsonObject): ChatEvent[] {
    const index = numberIn(delta.index)
    const { name, arguments: given } = objectIn(delta.function) ?? {}
    let id = textIn(delta.id)
    let text = typeof given === 'string' ? given : objectIn(given) ? JSON.stringify(given) : ''
    const open = index === undefined ? this.#last : this.#byIndex.get(index)
    const events: ChatEvent[] = []
    let current = open
    const before = this.#nameless.get(index)
    if (!open || before || isAnother(open, index, id, textIn(name))) {
      let extra = objectIn(delta.extra_content)
      id ??= before?.id
      text = (before?.text ?? '') + text
      extra ??= before?.extra
      // A fragment begins no call before the name is there.
      if (textIn(name) === undefined) {
        this.#nameless.set(index, { id, text, extra })
        return []
      }
      this.#nameless.delete(index)
      current = this.#begin(index, id)
      const opaque = callSealOf(extra)
      const named = id ?? `call_${shortId(`${this.#responseId}/${this.#choice}/${current.call}`)}`
      events.push({
        type: 'tool-call-start',
        choice: this.#choice,
        call: current.call,
        id: named,
        name: textIn(name) ?? '',
        ...(opaque && { opaque }),
      })
    }
    if (current && text !== '') {
      events.push({ type: 'tool-call-delta', choice: this.#choice, call: current.call, arguments: text })
    }
    return events
  }

  /**
   * What came under another id and got no name: servers that make up an id for each fragment mean
   * the call that is open.
   */
  close(): ChatEvent[] {
    const events = [...this.#nameless].flatMap(([index, { text }]): ChatEvent[] => {
      const open = index === undefined ? this.#last : this.#byIndex.get(index)
      if (!open || text === '') return []
      return [{ type: 'tool-call-delta', choice: this.#choice, call: open.call, arguments: text }]
    })
    this.#nameless.clear()
    return events
  }

  #begin(index: number | undefined, id: string | undefined): OpenCall {
    const opened = { call: this.#count++, id }
    if (index !== undefined) this.#byIndex.set(index, opened)
    this.#last = opened
    return opened
  }
}

/**
 * Whether a fragment begins another call than the one that is open at its place. Its name may come
 * later than its id.
 */
function isAnother(
  open: OpenCall,
  index: number | undefined,
  id: string | undefined,
  name: string | undefined,
) {
  if (name === undefined) return id !== undefined && open.id !== undefined && id !== open.id
  return id === undefined ? index === undefined : id !== open.id
}
