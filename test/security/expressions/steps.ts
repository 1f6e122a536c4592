/**
 * Counts the steps in which a backtracking engine searches a text: a measure that no busy machine
 * changes. It matches as ECMAScript says (https://tc39.es/ecma262/#sec-pattern-semantics), without
 * the shortcuts of real engines, which are never slower than this by more than a factor.
 */
import type { Node } from './parse.ts'

type Next = (at: number) => boolean

class Search {
  steps = 0
  readonly #text: string
  readonly #most: number
  readonly #groups = new Map<number, string>()

  constructor(text: string, most: number) {
    this.#text = text
    this.#most = most
  }

  match(node: Node, at: number, next: Next): boolean {
    if (++this.steps > this.#most) throw new TooManySteps()
    switch (node.type) {
      case 'character':
        return at < this.#text.length && node.matches(this.#text[at] ?? '') && next(at + 1)
      case 'sequence':
        return this.#sequence(node.nodes, 0, at, next)
      case 'choice':
        return node.nodes.some((branch) => this.match(branch, at, next))
      case 'group':
        return this.match(node.node, at, (end) => {
          const before = this.#groups.get(node.index)
          this.#groups.set(node.index, this.#text.slice(at, end))
          if (next(end)) return true
          if (before === undefined) this.#groups.delete(node.index)
          else this.#groups.set(node.index, before)
          return false
        })
      case 'repeat':
        return node.node.type === 'character'
          ? this.#repeatCharacter(node, node.node, at, next)
          : this.#repeat(node, 0, at, next)
      case 'look': {
        const holds = node.isBehind ? this.#behind(node.node, at) : this.match(node.node, at, () => true)
        return holds !== node.isNegative && next(at)
      }
      case 'assertion':
        return this.#asserts(node.kind, at) && next(at)
      case 'reference': {
        const text = this.#groups.get(node.index) ?? ''
        this.steps += text.length
        return this.#text.startsWith(text, at) && next(at + text.length)
      }
    }
  }

  #sequence(nodes: Node[], index: number, at: number, next: Next): boolean {
    const node = nodes[index]
    if (!node) return next(at)
    return this.match(node, at, (end) => this.#sequence(nodes, index + 1, end, next))
  }

  #repeatCharacter(
    { least, most, isLazy }: Extract<Node, { type: 'repeat' }>,
    { matches }: Extract<Node, { type: 'character' }>,
    at: number,
    next: Next,
  ): boolean {
    let count = 0
    const taken = (): boolean =>
      count < most && at + count < this.#text.length && matches(this.#text[at + count] ?? '')
    if (isLazy) {
      for (; ; count++) {
        if (++this.steps > this.#most) throw new TooManySteps()
        if (count >= least && next(at + count)) return true
        if (!taken()) return false
      }
    }
    for (; taken(); count++) this.steps++
    for (; count >= least; count--) {
      if (++this.steps > this.#most) throw new TooManySteps()
      if (next(at + count)) return true
    }
    return false
  }

  #repeat(node: Extract<Node, { type: 'repeat' }>, count: number, at: number, next: Next): boolean {
    const more = (): boolean =>
      count < node.most &&
      this.match(
        node.node,
        at,
        (end) => (end > at || count < node.least) && this.#repeat(node, count + 1, end, next),
      )
    const enough = (): boolean => count >= node.least && next(at)
    return node.isLazy ? enough() || more() : more() || enough()
  }

  /** Looks behind are of a few characters: every beginning near by is tried. */
  #behind(node: Node, at: number): boolean {
    for (let start = at; start >= Math.max(0, at - 20); start--) {
      if (this.match(node, start, (end) => end === at)) return true
    }
    return false
  }

  #asserts(kind: '^' | '$' | 'b' | 'B', at: number): boolean {
    if (kind === '^') return at === 0
    if (kind === '$') return at === this.#text.length
    const word = (index: number): boolean => /\w/.test(this.#text[index] ?? '')
    return (word(at - 1) !== word(at)) === (kind === 'b')
  }
}

/** A search that was given up. */
class TooManySteps extends Error {}

/**
 * The steps of all searches that a global expression makes, or of the one that another makes.
 * @param most the search is given up there: `Infinity` is the answer.
 */
export function countSteps(node: Node, flags: string, text: string, most: number): number {
  const search = new Search(text, most)
  try {
    for (let start = 0; start <= text.length;) {
      let end: number | undefined
      const isFound = search.match(node, start, (at) => {
        end = at
        return true
      })
      if (flags.includes('y') && !isFound) break
      if (isFound && !/[gy]/.test(flags)) break
      start = isFound ? Math.max(start + 1, end ?? 0) : start + 1
    }
    return search.steps
  } catch (thrown) {
    if (thrown instanceof TooManySteps) return Infinity
    throw thrown
  }
}
