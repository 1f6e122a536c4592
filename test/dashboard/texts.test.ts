/**
 * How the texts of the dashboard are written: the rules of `dashboard/README.md` that can be
 * tested.
 */
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'

const root = path.join(import.meta.dirname, '../../dashboard')

interface Entry {
  file: string
  /** The names of the records around it, and its own: `['readiness', 'loading']`. */
  keys: string[]
  value: string
}

const modules = ['text.ts', ...readdirSync(path.join(root, 'text')).map((file) => `text/${file}`)]
const entries = (await Promise.all(modules.map(readEntries))).flat()

async function readEntries(file: string): Promise<Entry[]> {
  const loaded: Record<string, unknown> = await import(path.join(root, file))
  return entriesOf(file, [], loaded['text'] ?? loaded['words'])
}

function entriesOf(file: string, keys: string[], value: unknown): Entry[] {
  if (typeof value === 'string') return [{ file, keys, value }]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => entriesOf(file, [...keys, key], inner))
}

/** The entries that break a rule, as `file key: text`. */
function breaches(rule: (entry: Entry) => boolean): string[] {
  return entries
    .filter((entry) => !rule(entry))
    .map(({ file, keys, value }) => `${file} ${keys.join('.')}: ${value}`)
}

const keyOf = ({ keys }: Entry): string => keys.at(-1) ?? ''

describe('the texts of the dashboard', () => {
  it('are found', () => {
    expect(entries.length).toBeGreaterThan(600)
  })

  it('give help in 90 characters', () => {
    expect(breaches((entry) => !/hint$/i.test(keyOf(entry)) || entry.value.length <= 90)).toEqual([])
  })

  it('begin the values of controls and chips with a capital letter', () => {
    const values = new Set([
      'states',
      'outcomes',
      'orders',
      'strategies',
      'scopes',
      'roles',
      'periods',
      'units',
    ])
    const isValue = ({ keys }: Entry): boolean => keys.some((key) => values.has(key))
    expect(breaches((entry) => !isValue(entry) || /^[^a-z]/.test(entry.value))).toEqual([])
  })

  it('have buttons of a verb and at most two words more, without an article', () => {
    const buttons = new Set([
      'add',
      'submit',
      'save',
      'edit',
      'remove',
      'invite',
      'revoke',
      'restore',
      'test',
      'why',
    ])
    const isButton = (entry: Entry): boolean => buttons.has(keyOf(entry)) || keyOf(entry).endsWith('Submit')
    const verbs =
      /^(Add|Create|Join|Log|Save|Edit|Remove|Delete|Revoke|Restore|Test|Explain|Invite|Group|Reset|Send)\b/
    const isGood = ({ value }: Entry): boolean =>
      verbs.test(value) && value.split(' ').length <= 3 && !/\b(a|an|the)\b/i.test(value)
    expect(breaches((entry) => !isButton(entry) || isGood(entry))).toEqual([])
  })

  it('have an ellipsis for progress only, without a space before it', () => {
    expect(breaches(({ value }) => !value.includes(' …'))).toEqual([])
  })

  it('have no semicolons', () => {
    expect(breaches(({ value }) => !value.includes(';'))).toEqual([])
  })
})
