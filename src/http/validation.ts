/**
 * What zod says of a bad input, as an error a person can act on: the field by its path, what is
 * wrong, what is expected.
 */
import type { z } from 'zod'
import { HubError } from '../errors.ts'

type Issue = z.core.$ZodIssue

/**
 * The first thing wrong, as a VALIDATION_ERROR. `prefix` names where the value stood: `query`,
 * `messages[2]`.
 */
export function validationError(error: { issues: Issue[] }, prefix = ''): HubError {
  const issue = error.issues[0]
  if (!issue) return new HubError('VALIDATION_ERROR', 'The request is not valid.')
  const { path, problem } = explain(issue, [])
  const param = formatPath(path, prefix)
  return new HubError('VALIDATION_ERROR', `${param ? `\`${param}\`` : 'The request body'} ${problem}.`, {
    param: param || undefined,
  })
}

/**
 * How many unknown fields a message names, and how much of a name or path it shows: clients choose
 * them.
 */
const mostNamed = 8
const longestName = 100
const longestPath = 300

function cut(name: string): string {
  return name.length > longestName ? `${name.slice(0, longestName)}…` : name
}

/** `messages[0].content`: a path as it is written in JavaScript. */
function formatPath(path: PropertyKey[], prefix: string): string {
  let text = prefix
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`
    else text += text === '' ? cut(String(step)) : `.${cut(String(step))}`
  }
  return text.slice(0, longestPath)
}

/** Where the trouble is, and the rest of the sentence that begins with the field's name. */
function explain(issue: Issue, parents: PropertyKey[]): { path: PropertyKey[]; problem: string } {
  const path = [...parents, ...issue.path]
  if (issue.code === 'invalid_union') return explainUnion(issue, path)
  if (issue.code === 'unrecognized_keys') {
    const [first = '', ...others] = issue.keys
    const named = others.slice(0, mostNamed).map((key) => `, and so is \`${cut(key)}\``)
    const unnamed = others.length - named.length
    const more = named.join('') + (unnamed > 0 ? `, and so are ${unnamed} others` : '')
    return { path: [...path, first], problem: `is an unknown field${more}` }
  }
  return { path, problem: isOwnWording(issue.message) ? issue.message : describe(issue) }
}

/** Of a union's branches the one that came furthest is what the sender meant. */
function explainUnion(issue: Extract<Issue, { code: 'invalid_union' }>, path: PropertyKey[]) {
  if ('options' in issue && Array.isArray(issue.options)) {
    return { path, problem: `must be ${oneOf(issue.options)}` }
  }
  const branches = issue.errors.flatMap((issues) => issues[0] ?? [])
  const furthest = branches.reduce<Issue | undefined>(
    (best, branch) => (branch.path.length > (best?.path.length ?? 0) ? branch : best),
    undefined,
  )
  if (furthest) return explain(furthest, path)
  // No branch got past the value itself: each says what it would have taken.
  const expected = branches.map((branch) => expectation(branch)).filter((words) => words !== undefined)
  return { path, problem: expected.length > 0 ? `must be ${list([...new Set(expected)])}` : 'is not valid' }
}

/** A sentence that a schema's author wrote is kept: zod's own begin in one of these ways. */
function isOwnWording(message: string): boolean {
  return !/^(Invalid|Too small|Too big|Unrecognized)\b/.test(message)
}

function describe(issue: Issue): string {
  if (issue.code === 'invalid_type' && issue.message.endsWith('received undefined')) {
    return `is missing: it must be ${expectation(issue)}`
  }
  switch (issue.code) {
    case 'too_small':
      return tooSmall(issue)
    case 'too_big': {
      const most = `${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}`
      return `must ${measured(issue.origin, most)}`
    }
    default: {
      const expected = expectation(issue)
      return expected ? `must be ${expected}${received(issue)}` : 'is not valid'
    }
  }
}

function tooSmall(issue: Extract<Issue, { code: 'too_small' }>): string {
  const countable = issue.origin === 'array' || issue.origin === 'string' || issue.origin === 'set'
  if (countable && Number(issue.minimum) === 1) return 'must not be empty'
  const least = `${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}`
  return `must ${measured(issue.origin, least)}`
}

function measured(origin: string, bound: string): string {
  if (origin === 'string') return `have ${bound} characters`
  if (origin === 'array' || origin === 'set') return `have ${bound} items`
  return `be ${bound}`
}

/** What would have been right, as a noun with its article. */
function expectation(issue: Issue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return withArticle(issue.expected)
    case 'invalid_value':
      return oneOf(issue.values)
    case 'invalid_format':
      return issue.format === 'regex'
        ? 'in the right form'
        : `a valid ${formatNames[issue.format] ?? issue.format}`
    case 'not_multiple_of':
      return `a multiple of ${issue.divisor}`
    default:
      return undefined
  }
}

const formatNames: Readonly<Record<string, string>> = {
  url: 'URL',
  email: 'email address',
  datetime: 'ISO 8601 time',
  date: 'ISO 8601 date',
  uuid: 'UUID',
}

function withArticle(type: string): string {
  if (type === 'int') return 'a whole number'
  if (type === 'nonoptional') return 'set'
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`
}

/** zod keeps the value to itself unless asked, but its own sentence names the type. */
function received(issue: Issue): string {
  const type = /received (\w+)$/.exec(issue.message)?.[1]
  const isFraction = issue.code === 'invalid_type' && issue.expected === 'int' && type === 'number'
  return type === undefined || isFraction ? '' : `, not ${type === 'null' ? 'null' : withArticle(type)}`
}

function oneOf(values: readonly unknown[]): string {
  return values.length === 1
    ? `"${String(values[0])}"`
    : `one of ${list(values.map((value) => `"${String(value)}"`))}`
}

function list(words: string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}
