/**
 * Words and sentence forms that this project avoids, and the width of its prose. Pure: text in,
 * findings out. `check-words.mjs` reads the files.
 */

/** The longest line of prose, in characters. */
export const mostCharacters = 100
/** The highest mean length of the sentences of a README, in words. */
export const mostWords = 18

/** @typedef {{ line: number, found: string, suggestion: string }} Finding */

/** Avoided everywhere: the pattern, and what to write instead. */
const avoided = [
  [/\banew\b/i, '"again", or a verb with re-: "reload", "re-encrypt"'],
  [/\bmeanwhile\b/i, '"at the same time", or leave it out'],
  [/\bany more\b(?! than)/i, '"no longer"'],
  [/\bone['’]s own\b/i, '"your own", "custom", "separate"'],
  [/\bat its ease\b/i, '"idle"'],
  [/\b(?:is|are|was|were) under way\b/i, '"is running", "in flight"'],
  [/\b(?:nobody|somebody|anybody|everybody)\b/i, 'the role ("no provider", "another user"), or "anyone"'],
  [/\b(?:whoever|whomever|whosoever)\b|(?:^|[.!?] )Whatever\b/i, 'a noun: "the user who", "any value"'],
  [/\bfor good\b/i, '"permanently"'],
  [/\bis no more\b/i, '"has been deleted"'],
  [/\bthe pages? of (?:keys|routes|tokens|providers|logs|users|settings)\b/i, '"the Keys page"'],
  [/\b(?:lie|lies|lay) in the (?:past|future)\b/i, '"must be in the future"'],
  [/\bdo(?:es)? not belong together\b/i, '"do not match"'],
  [/\b(?:rests|resting|on probation)\b/i, '"cooling down", "cooldown", "recovering"'],
  [/\bof (?:yours|theirs)\b/i, '"your", "their"'],
]

/** Avoided in texts that users see: words of the dashboard and messages of the API. */
const avoidedInTexts = [
  [/\bsealed\b/i, '"encrypted"'],
  [/\bat once\b/i, '"immediately", "at the same time"'],
  [/\bmostly\b/i, '"usually"'],
  [/\b(?:the like|likewise)\b/i, 'the thing itself'],
  [/\S …/, '"Loading…", without a space'],
]

/** A clause without a noun as the subject of a statement: "What is kept is deleted." */
const headless =
  /(?:^|[.!?:]\s+|^[-*|]\s+)((?:What|Who|Whose|Whichever) (?!to\b|is new\b)[^.?!]*\s(?:is|are|was|were|has|have|can|may|must|goes|comes|needs|gets|does|do)\b[^.?!]*)[.!](?=\s|$)/

/**
 * The avoided words in a text that users see.
 * @param {string} text one message
 * @returns {{ found: string, suggestion: string }[]}
 */
export function wordsInText(text) {
  return [...matchesOf(text, [...avoided, ...avoidedInTexts]), ...headlessIn(text)]
}

/**
 * The avoided words in Markdown, without its code.
 * @param {string} source
 * @returns {Finding[]}
 */
export function wordsInMarkdown(source) {
  return proseLines(source).flatMap(({ line, text }) =>
    [...matchesOf(text, avoided), ...headlessIn(text)].map((finding) => ({ line, ...finding })),
  )
}

/**
 * The lines of prose in Markdown that are too wide. Tables, headings and code keep their width.
 * @param {string} source
 * @returns {Finding[]}
 */
export function wideMarkdown(source) {
  return proseLines(source)
    .filter(({ text, raw }) => raw.length > mostCharacters && !/^\s*(?:\||#)/.test(text))
    .map(({ line, raw }) => wide(line, raw))
}

/**
 * The comments that are too wide, in TypeScript, JavaScript or CSS. A single long word, such as an
 * address, may be wider, and so may tables and examples of code.
 * @param {string} source
 * @returns {Finding[]}
 */
export function wideComments(source) {
  return source.split('\n').flatMap((raw, index) => {
    const isComment = /^\s*(?:\/\/|\/\*|\*\s|\{\/\*)/.test(raw)
    const isProse = !/^\s*\*\s(?:\s{4}|\|)/.test(raw)
    return raw.length > mostCharacters &&
      isComment &&
      isProse &&
      words(raw.replace(/^[\s/*{]+/, '')).length > 1
      ? [wide(index + 1, raw)]
      : []
  })
}

/**
 * The mean number of words in a sentence of Markdown: of paragraphs and list items, without
 * headings and tables. Code counts as one word.
 * @param {string} source
 * @returns {number}
 */
export function meanSentence(source) {
  const blocks = proseLines(source)
    .map(({ text }) => (/^\s*(?:#|\|)/.test(text) ? '' : text))
    .join('\n')
    .split(/\n\s*\n|\n(?=\s*(?:[-*]|\d+\.)\s)/)
  const lengths = blocks
    .flatMap((block) => block.replaceAll('\n', ' ').split(/(?<=[.!?]["”)*]*)\s+(?=["“(*`[A-Z0-9])/))
    .map((sentence) => words(sentence).length)
    .filter((length) => length > 2)
  return lengths.length === 0 ? 0 : lengths.reduce((sum, length) => sum + length, 0) / lengths.length
}

function words(text) {
  return text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word))
}

function matchesOf(text, rules) {
  return rules.flatMap(([pattern, suggestion]) => {
    const found = pattern.exec(text)
    return found ? [{ found: found[0], suggestion }] : []
  })
}

function headlessIn(text) {
  const found = headless.exec(text)
  return found ? [{ found: found[1].slice(0, 60), suggestion: 'a noun as the subject' }] : []
}

function wide(line, raw) {
  return { line, found: `${raw.length} characters`, suggestion: `at most ${mostCharacters}` }
}

/** The lines outside code blocks, with each code span as one word. */
function proseLines(source) {
  let fenced = false
  return source.split('\n').map((raw, index) => {
    const isFence = /^\s*```/.test(raw)
    if (isFence) fenced = !fenced
    const isCode = isFence || fenced
    return { line: index + 1, raw: isCode ? '' : raw, text: isCode ? '' : raw.replace(/`[^`]*`/g, '`code`') }
  })
}
