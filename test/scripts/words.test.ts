/** The rules of `npm run check:words`: each finds its word, and leaves good sentences alone. */
import { describe, expect, it } from 'vitest'
import {
  meanSentence,
  mostCharacters,
  wideComments,
  wideMarkdown,
  wordsInMarkdown,
  wordsInText,
} from '../../.scripts/words.mjs'

const found = (text: string): string[] => wordsInText(text).map((finding) => finding.found)

describe('texts', () => {
  it.each([
    ['The keys are sealed anew.', ['anew', 'sealed']],
    ['Nobody can serve this.', ['Nobody']],
    ['This account is no more.', ['is no more']],
    ['A call is under way.', ['is under way']],
    ['See the page of keys.', ['the page of keys']],
    ['"expiresAt" lies in the past.', ['lies in the past']],
    ['Every key rests.', ['rests']],
    ['Loading …', ['g …']],
  ])('%s', (text, words) => {
    expect(found(text)).toEqual(words)
  })

  it.each([
    'What is kept is deleted.',
    'Done. Who came late has to wait.',
    'Whose key this is cannot be told.',
  ])('have a noun as the subject, unlike “%s”', (text) => {
    expect(wordsInText(text).map(({ suggestion }) => suggestion)).toContain('a noun as the subject')
  })

  it.each([
    'All keys for "smart" are cooling down. Retry in 7 s.',
    'What is new?',
    'The rest of the page loads later.',
    'Users who have an account can log in.',
  ])('are good: %s', (text) => {
    expect(found(text)).toEqual([])
  })
})

describe('Markdown', () => {
  it('has its findings with their lines, but not those in code', () => {
    const source = 'Fine.\n\n```\nnobody\n```\nThe field `nobody` is fine.\nThe key rests.\n'
    expect(wordsInMarkdown(source)).toMatchObject([{ line: 7, found: 'rests' }])
  })

  it('is at most 100 characters wide, but for tables, headings and code', () => {
    const long = 'word '.repeat(25)
    expect(wideMarkdown(`${long}\n| ${long} |\n# ${long}\n\`\`\`\n${long}\n\`\`\`\n`)).toMatchObject([
      { line: 1 },
    ])
  })

  it('is measured by its sentences: paragraphs and items, not headings and tables', () => {
    const source =
      '# A heading of many words\n\nOne two three. Four five six\nseven.\n\n- One two three four five.\n'
    expect(meanSentence(source)).toBe(4)
  })
})

describe('comments', () => {
  it('are at most 100 characters wide, but for a single long word', () => {
    const wide = `// ${'word '.repeat(25)}`
    const address = `// https://example.com/${'a'.repeat(mostCharacters)}`
    expect(wideComments(`${wide}\n${address}\nconst code = '${'a'.repeat(mostCharacters)}'\n`)).toMatchObject(
      [{ line: 1 }],
    )
  })
})
