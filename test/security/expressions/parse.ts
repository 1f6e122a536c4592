/**
 * The syntax tree of a regular expression, as far as the hub's own use the syntax of ECMAScript.
 */

export type Node =
  | { type: 'character'; matches: (character: string) => boolean; samples: string[] }
  | { type: 'sequence'; nodes: Node[] }
  | { type: 'choice'; nodes: Node[] }
  | { type: 'repeat'; node: Node; least: number; most: number; isLazy: boolean }
  | { type: 'group'; node: Node; index: number }
  | { type: 'look'; node: Node; isBehind: boolean; isNegative: boolean }
  | { type: 'assertion'; kind: '^' | '$' | 'b' | 'B' }
  | { type: 'reference'; index: number }

/** Characters that a class may take; a sample of each is chosen from these. */
const alphabet = 'aA0z9Z_-.,:;=/ \t\n\r\u2028"\'`()[]{}<>|?*+!#$%&@^~\\éaksTx\0'.split('')

/** @throws where the syntax is none that is known here. */
export function parse(source: string, flags: string): Node {
  const parser = new Parser(source, flags)
  const node = parser.choice()
  if (!parser.isOver) throw new Error(`"${source}" is not understood at ${parser.rest}.`)
  return node
}

class Parser {
  #at = 0
  #groups = 0
  readonly #source: string
  readonly #flags: string

  constructor(source: string, flags: string) {
    this.#source = source
    this.#flags = flags.replaceAll(/[gyd]/g, '')
  }

  get isOver(): boolean {
    return this.#at >= this.#source.length
  }

  get rest(): string {
    return this.#source.slice(this.#at)
  }

  choice(): Node {
    const nodes = [this.#sequence()]
    while (this.#take('|')) nodes.push(this.#sequence())
    return nodes.length === 1 ? (nodes[0] as Node) : { type: 'choice', nodes }
  }

  #sequence(): Node {
    const nodes: Node[] = []
    while (!this.isOver && !/^[|)]/.test(this.rest)) nodes.push(this.#repeated(this.#atom()))
    return { type: 'sequence', nodes }
  }

  #repeated(node: Node): Node {
    const [text, sign, least = '', comma, most = ''] = /^(?:([*+?])|\{(\d+)(,(\d*))?\})/.exec(this.rest) ?? []
    if (text === undefined) return node
    this.#at += text.length
    const isLazy = this.#take('?')
    const bounds = { '*': [0, Infinity], '+': [1, Infinity], '?': [0, 1] }[sign ?? '']
    const [
      from = Number(least),
      to = comma === undefined ? Number(least) : most === '' ? Infinity : Number(most),
    ] = bounds ?? []
    return { type: 'repeat', node, least: from, most: to, isLazy }
  }

  #atom(): Node {
    if (this.#take('^')) return { type: 'assertion', kind: '^' }
    if (this.#take('$')) return { type: 'assertion', kind: '$' }
    if (this.#take('\\b')) return { type: 'assertion', kind: 'b' }
    if (this.#take('\\B')) return { type: 'assertion', kind: 'B' }
    const look = /^\(\?(<?)([=!])/.exec(this.rest)
    if (look) {
      this.#at += look[0].length
      return { type: 'look', node: this.#closed(), isBehind: look[1] === '<', isNegative: look[2] === '!' }
    }
    if (this.#take('(?:')) return this.#closed()
    const group = /^\((?:\?<\w+>)?/.exec(this.rest)
    if (group) {
      this.#at += group[0].length
      const index = ++this.#groups
      return { type: 'group', node: this.#closed(), index }
    }
    const reference = /^\\([1-9])/.exec(this.rest)
    if (reference) {
      this.#at += 2
      return { type: 'reference', index: Number(reference[1]) }
    }
    return this.#character()
  }

  #closed(): Node {
    const node = this.choice()
    if (!this.#take(')')) throw new Error(`A group of "${this.#source}" does not close.`)
    return node
  }

  /** A class, an escape or a character, matched one at a time by the engine itself. */
  #character(): Node {
    const pattern =
      /^(?:\[(?:\\.|[^\]\\])*\]|\\u\{\w+\}|\\u\w{4}|\\x\w{2}|\\p\{[^}]*\}|\\P\{[^}]*\}|\\.|[^])/u.exec(
        this.rest,
      )
    const text = pattern?.[0] ?? ''
    this.#at += text.length
    const engine = new RegExp(`^(?:${text})$`, this.#flags.replaceAll('m', ''))
    const known = new Map<string, boolean>()
    const matches = (character: string): boolean => {
      const before = known.get(character)
      if (before !== undefined) return before
      const is = engine.test(character)
      known.set(character, is)
      return is
    }
    const literal = text.split('').filter((character) => character !== '\\' && matches(character))
    return { type: 'character', matches, samples: [...literal, ...alphabet.filter(matches)].slice(0, 12) }
  }

  #take(text: string): boolean {
    if (!this.#source.startsWith(text, this.#at)) return false
    this.#at += text.length
    return true
  }
}
