/**
 * `npm run check:words`: fails on avoided words and forms in the texts of the dashboard, the
 * messages of the API and the scripts, and Markdown; on prose wider than 100 characters; and on
 * Markdown whose sentences have more than 18 words on average. `words.mjs` has the rules.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseSync } from 'vite'
import {
  meanSentence,
  mostWords,
  wideComments,
  wideMarkdown,
  wordsInMarkdown,
  wordsInText,
} from './words.mjs'

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..')
const listed = spawnSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
const files = listed.stdout.split('\n').filter((file) => /\.(?:ts|tsx|mjs|css|md)$/.test(file))

let count = 0
for (const file of files) {
  const source = readFileSync(path.join(root, file), 'utf8')
  for (const { line, found, suggestion } of findingsOf(file, source)) {
    count++
    console.error(`${file}:${line}: ${found}. Write ${suggestion}.`)
  }
}
if (count > 0) process.exit(1)

function findingsOf(file, source) {
  if (!file.endsWith('.md'))
    return [...wideComments(source), ...(hasTexts(file) ? textsOf(file, source) : [])]
  const mean = meanSentence(source)
  const long = {
    line: 1,
    found: `${mean.toFixed(1)} words in a sentence`,
    suggestion: `at most ${mostWords}`,
  }
  return [...wordsInMarkdown(source), ...wideMarkdown(source), ...(mean > mostWords ? [long] : [])]
}

/**
 * Files whose string literals users see. Statements of SQL and words of vendors are not sentences
 * of ours.
 */
function hasTexts(file) {
  return /^(?:src|dashboard|\.scripts)\//.test(file) && !/^\.scripts\/(?:check-)?words\.mjs$/.test(file)
}

/** The avoided words in the string literals of a module, with their lines. */
function textsOf(file, source) {
  const findings = []
  const lineAt = (offset) => source.slice(0, offset).split('\n').length
  const visit = (node) => {
    if (Array.isArray(node)) return node.forEach(visit)
    if (typeof node !== 'object' || node === null) return
    if (node.type === 'Literal' && typeof node.value === 'string') check(node.value, node)
    if (node.type === 'TemplateLiteral') check(node.quasis.map(({ value }) => value.cooked).join('x'), node)
    Object.values(node).forEach(visit)
  }
  const check = (text, { start }) => {
    if (!/\p{L} +\p{L}/u.test(text)) return
    findings.push(...wordsInText(text).map((finding) => ({ line: lineAt(start), ...finding })))
  }
  visit(parseSync(file, source).program)
  return findings
}
