/**
 * Which result answers which call. Ids are optional in this dialect: calls without one get one made of their place, and a
 * result without one answers the first open call of its name, as Gemini itself counts.
 */

interface OpenCall {
  id: string
  name: string
}

interface Named {
  id?: string | null | undefined
  name: string
}

export class CallMatcher {
  #open: OpenCall[] = []

  /** @returns the id of this call. */
  open({ id, name }: Named, place: string): string {
    const call = { id: id || `call_${place}`, name }
    this.#open.push(call)
    return call.id
  }

  /** @returns the id of the call that this result answers. */
  close({ id, name }: Named, place: string): string {
    const answered =
      this.#open.find((call) => call.id === id) ?? this.#open.find((call) => call.name === name)
    // A result to nothing keeps an id of its own, for the provider to judge.
    if (!answered) return id || `call_${place}`
    this.#open.splice(this.#open.indexOf(answered), 1)
    return answered.id
  }
}
