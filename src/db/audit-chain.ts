/**
 * How entries of the audit log hold together: each is hashed with the hash of the one before it, so
 * that none can be altered, taken out or put in without breaking every one after it. Pure.
 *
 * The hash is SHA-256 over JSON with sorted keys (the canonical form of RFC 8785 for what stands in
 * an entry).
 */
import { hex } from '../ids.ts'
import type { audit } from './schema.ts'

export type AuditRow = typeof audit.$inferSelect
export type AuditFacts = Omit<AuditRow, 'sequence' | 'previous' | 'hash'>

/** The end of a chain: where the next entry is linked to. An empty chain ends at 0. */
export interface ChainEnd {
  sequence: number
  hash: string
}

export const emptyChain: ChainEnd = { sequence: 0, hash: '' }

/** The entry that follows the end of a chain. */
export async function linkEntry(facts: AuditFacts, end: ChainEnd): Promise<AuditRow> {
  const entry = {
    ...facts,
    // As it will be read again: what JSON does not hold must not be hashed.
    detail: JSON.parse(JSON.stringify(facts.detail)) as Record<string, unknown>,
    sequence: end.sequence + 1,
    previous: end.hash,
  }
  return { ...entry, hash: await hashOf(entry) }
}

/** What is wrong with the first entry that does not hold. */
export interface ChainBreak {
  sequence: number
  problem: 'missing' | 'altered' | 'not-linked'
}

/**
 * Whether entries, in their order, follow `end` and one another.
 * @returns the first that does not, and where the chain ends.
 */
export async function checkEntries(
  entries: readonly AuditRow[],
  end: ChainEnd,
): Promise<{ broken: ChainBreak | undefined; end: ChainEnd }> {
  let last = end
  for (const entry of entries) {
    const problem = await problemOf(entry, last)
    if (problem) return { broken: problem, end: last }
    last = { sequence: entry.sequence, hash: entry.hash }
  }
  return { broken: undefined, end: last }
}

async function problemOf(entry: AuditRow, last: ChainEnd): Promise<ChainBreak | undefined> {
  const next = last.sequence + 1
  if (entry.sequence !== next) return { sequence: next, problem: 'missing' }
  // Entries from before the chain have no hashes, and stand at its beginning only.
  if (entry.hash === '' && last.hash === '') return undefined
  if (entry.previous !== last.hash) return { sequence: next, problem: 'not-linked' }
  return entry.hash === (await hashOf(entry)) ? undefined : { sequence: next, problem: 'altered' }
}

async function hashOf(entry: Omit<AuditRow, 'hash'>): Promise<string> {
  const { sequence, at, actor, address, action, subject, detail, previous } = entry
  const text = canonicalJson({ sequence, at, actor, address, action, subject, detail, previous })
  return hex(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))))
}

/** JSON without space, the keys of each object in order. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`)
  return `{${members.join(',')}}`
}
