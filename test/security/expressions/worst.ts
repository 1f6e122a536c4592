/**
 * Texts that an expression almost matches, again and again: the ones that make a backtracking
 * engine search.
 */
import type { Node } from './parse.ts'

/** What a text ends in, so that the match that it promises does not come. */
const endings = ['', '!', 'x\u2028y', '"']

/** Long texts of one shape. */
export type Shape = (length: number) => string

/**
 * Whether a part may take any number of characters; a pattern without one takes a bounded time at
 * each place.
 */
export function isUnbounded(node: Node): boolean {
  switch (node.type) {
    case 'repeat':
      return node.most > 9 || isUnbounded(node.node)
    case 'sequence':
    case 'choice':
      return node.nodes.some(isUnbounded)
    case 'group':
    case 'look':
      return isUnbounded(node.node)
    case 'character':
    case 'assertion':
    case 'reference':
      return false
  }
}

/**
 * The worst shapes for an expression: each repetition after its beginning, and each beginning over
 * and over.
 */
export function worstShapes(node: Node): Shape[] {
  const shapes = new Map<string, Shape>()
  for (let seed = 0; seed < 2; seed++) {
    const random = randomFrom(seed)
    const add = (before: string, pump: string): void => {
      if (pump === '') return
      for (const ending of endings) {
        shapes.set(JSON.stringify([before, pump, ending]), (length) => {
          const times = Math.max(1, Math.ceil((length - before.length) / pump.length))
          return before + pump.repeat(times).slice(0, length) + ending
        })
      }
    }
    visit(node, '', add, random)
    const whole = sample(node, random)
    for (let cut = 1; cut <= whole.length; cut++) add('', whole.slice(0, cut))
    for (let cut = 1; cut < whole.length; cut++) add('', `-${whole.slice(0, cut)}`)
  }
  return [...shapes.values()]
}

function visit(
  node: Node,
  before: string,
  add: (before: string, pump: string) => void,
  random: () => number,
): void {
  switch (node.type) {
    case 'sequence': {
      let beginning = before
      for (const [index, part] of node.nodes.entries()) {
        visit(part, beginning, add, random)
        const here = sample(part, random)
        // Two repetitions that take the same characters share them out in every way.
        const following = node.nodes[index + 1]
        if (part.type === 'repeat' && following)
          add(beginning, sample(part.node, random) + sample(following, random))
        beginning += here
      }
      return
    }
    case 'choice':
      for (const branch of node.nodes) visit(branch, before, add, random)
      return
    case 'group':
    case 'look':
      visit(node.node, before, add, random)
      return
    case 'repeat':
      if (node.most > 1) {
        add(before, sample(node.node, random))
        add(before, sample(node.node, random) + sample(node.node, random))
      }
      visit(node.node, before, add, random)
      return
    case 'character':
    case 'assertion':
    case 'reference':
  }
}

/** A short text that a part matches, as far as its assertions let it. */
function sample(node: Node, random: () => number): string {
  switch (node.type) {
    case 'character':
      return node.samples[Math.floor(random() * node.samples.length)] ?? 'x'
    case 'sequence':
      return node.nodes.map((part) => sample(part, random)).join('')
    case 'choice':
      return sample(node.nodes[Math.floor(random() * node.nodes.length)] ?? node, random)
    case 'group':
      return sample(node.node, random)
    case 'repeat': {
      const times = Math.min(node.most, node.least + Math.floor(random() * 3))
      return Array.from({ length: times }, () => sample(node.node, random)).join('')
    }
    case 'look':
    case 'assertion':
    case 'reference':
      return ''
  }
}

/** Numbers from 0 to 1 that are the same each time: mulberry32. */
function randomFrom(seed: number): () => number {
  let state = seed * 0x9e3779b9
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
