/**
 * Which result answers which call. Ids are optional in this dialect: calls without one get one made
 * of their place, and a result without one answers the first open call of its name, as Gemini
 * itself counts.
 */

interface Call {
  id: string
  name: string
  isAnswered: boolean
}

interface Named {
  id?: string | null | undefined
  name: string
}

/** Calls that share an id or a name, in their order. */
class CallLine {
  readonly #calls: Call[] = []
  #at = 0

  add(call: Call): void {
    this.#calls.push(call)
  }

  /** The first that has no answer yet. */
  get open(): Call | undefined {
    while (this.#calls[this.#at]?.isAnswered) this.#at++
    return this.#calls[this.#at]
  }
}

export class CallMatcher {
  readonly #byId = new Map<string, CallLine>()
  readonly #byName = new Map<string, CallLine>()

  /** @returns the id of this call. */
  open({ id, name }: Named, place: string): string {
    const call = { id: id || `call_${place}`, name, isAnswered: false }
    lineIn(this.#byId, call.id).add(call)
    lineIn(this.#byName, name).add(call)
    return call.id
  }

  /** @returns the id of the call that this result answers. */
  close({ id, name }: Named, place: string): string {
    const answered = (id ? this.#byId.get(id)?.open : undefined) ?? this.#byName.get(name)?.open
    // A result to nothing keeps an id of its own, for the provider to judge.
    if (!answered) return id || `call_${place}`
    answered.isAnswered = true
    return answered.id
  }
}

function lineIn(lines: Map<string, CallLine>, key: string): CallLine {
  const known = lines.get(key)
  if (known) return known
  const line = new CallLine()
  lines.set(key, line)
  return line
}
