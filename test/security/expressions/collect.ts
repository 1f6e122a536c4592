/**
 * All regular expressions of a TypeScript source: its literals, found by a lexer that knows
 * strings, templates and comments.
 */

export interface FoundExpression {
  line: number
  source: string
  flags: string
}

/** Words after which a slash begins an expression, though a word precedes it. */
const operators = new Set([
  'return',
  'typeof',
  'case',
  'in',
  'of',
  'do',
  'else',
  'await',
  'yield',
  'new',
  'void',
])

/** The regular expression literals of a source. @throws where a literal does not end. */
export function literalsIn(source: string): FoundExpression[] {
  const found: FoundExpression[] = []
  /** Braces that are open inside `${}` of each template that is open. */
  const templates: number[] = []
  let before = ''
  let at = 0
  const lineOf = (index: number): number => source.slice(0, index).split('\n').length
  while (at < source.length) {
    const character = source[at] ?? ''
    const two = source.slice(at, at + 2)
    if (two === '//') at = endOf(source, '\n', at)
    else if (two === '/*') at = endOf(source, '*/', at + 2)
    else if (character === '"' || character === "'") {
      at = endOfString(source, at, character)
      before = character
    } else if (character === '`') {
      at = passTemplate(source, at + 1, templates)
      before = '`'
    } else if (character === '}' && templates.at(-1) === 0) {
      templates.pop()
      at = passTemplate(source, at + 1, templates)
      before = '`'
    } else if (character === '/' && beginsExpression(before)) {
      const end = endOfExpression(source, at)
      const flags = /^[a-z]*/.exec(source.slice(end))?.[0] ?? ''
      found.push({ line: lineOf(at), source: source.slice(at + 1, end - 1), flags })
      at = end + flags.length
      before = '/'
    } else {
      const word = /^[\w$]+/.exec(source.slice(at, at + 100))?.[0]
      const open = templates.at(-1)
      if (open !== undefined && character === '{') templates[templates.length - 1] = open + 1
      if (open !== undefined && character === '}') templates[templates.length - 1] = open - 1
      if (word !== undefined) before = word
      else if (character.trim() !== '') before = character
      at += word?.length ?? 1
    }
  }
  return found
}

function beginsExpression(before: string): boolean {
  if (/^[\w$]/.test(before)) return operators.has(before)
  return ![')', ']', '}', '`', '"', "'", '/'].includes(before)
}

function endOf(source: string, mark: string, from: number): number {
  const end = source.indexOf(mark, from)
  return end < 0 ? source.length : end + mark.length
}

function endOfString(source: string, start: number, quote: string): number {
  let at = start + 1
  while (source[at] !== quote && at < source.length) at += source[at] === '\\' ? 2 : 1
  return at + 1
}

/** Passes the text of a template, up to its end or to the next `${`. */
function passTemplate(source: string, start: number, templates: number[]): number {
  for (let at = start; at < source.length; at++) {
    if (source[at] === '\\') at++
    else if (source[at] === '`') return at + 1
    else if (source.startsWith('${', at)) {
      templates.push(0)
      return at + 2
    }
  }
  return source.length
}

function endOfExpression(source: string, start: number): number {
  let inClass = false
  for (let at = start + 1; at < source.length; at++) {
    const character = source[at]
    if (character === '\n') break
    if (character === '\\') at++
    else if (character === '[') inClass = true
    else if (character === ']') inClass = false
    else if (character === '/' && !inClass) return at + 1
  }
  throw new Error(`An expression does not end: ${source.slice(start, start + 80)}`)
}
