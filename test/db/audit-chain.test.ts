/** The chain of the audit log: what is altered, taken out, put in or moved is found, and where. */
import { describe, expect, it } from 'vitest'
import { type AuditRow, checkEntries, emptyChain, linkEntry } from '../../src/db/audit-chain.ts'

const facts = (subject: string) => ({
  at: 1_790_000_000_000,
  actor: 'usr_1',
  address: '203.0.113.7',
  action: 'key.added',
  subject,
  detail: { provider: 'openai', nested: { b: 1, a: [1, null] } },
})

async function chainOf(length: number): Promise<AuditRow[]> {
  const entries: AuditRow[] = []
  for (let i = 1; i <= length; i++)
    entries.push(await linkEntry(facts(`key_${i}`), entries.at(-1) ?? emptyChain))
  return entries
}

const check = async (entries: AuditRow[]) => (await checkEntries(entries, emptyChain)).broken

describe('the audit chain', () => {
  it('holds as it was written, in parts too', async () => {
    const entries = await chainOf(6)
    expect(await check(entries)).toBeUndefined()
    const { end } = await checkEntries(entries.slice(0, 3), emptyChain)
    expect(await checkEntries(entries.slice(3), end)).toEqual({
      broken: undefined,
      end: { sequence: 6, hash: entries[5]?.hash },
    })
  })

  it.each<[string, Partial<AuditRow>]>([
    ['time', { at: 1 }],
    ['actor', { actor: 'usr_2' }],
    ['address', { address: null }],
    ['action', { action: 'key.removed' }],
    ['subject', { subject: 'key_9' }],
    ['detail', { detail: { provider: 'groq' } }],
    ['hash', { hash: 'f'.repeat(64) }],
  ])('tells that the %s of an entry was altered', async (_field, change) => {
    const entries = await chainOf(4)
    const altered = entries.map((entry) => (entry.sequence === 2 ? { ...entry, ...change } : entry))
    expect(await check(altered)).toEqual({ sequence: 2, problem: 'altered' })
  })

  it('tells that an altered entry was hashed anew, at the one that follows', async () => {
    const entries = await chainOf(4)
    const forged = await linkEntry(facts('key_forged'), { sequence: 1, hash: entries[0]?.hash ?? '' })
    expect(await check(entries.with(1, forged))).toEqual({ sequence: 3, problem: 'not-linked' })
  })

  it('tells that an entry was taken out, or two changed places', async () => {
    const entries = await chainOf(4)
    expect(await check(entries.toSpliced(1, 1))).toEqual({ sequence: 2, problem: 'missing' })
    const [first, second, ...rest] = entries
    if (!first || !second) throw new Error('The chain is too short.')
    const swapped = [{ ...second, sequence: 1 }, { ...first, sequence: 2 }, ...rest]
    expect(await check(swapped)).toMatchObject({ sequence: 1 })
  })

  it('hashes what JSON keeps, in any order of its keys', async () => {
    const one = await linkEntry({ ...facts('x'), detail: { a: 1, b: { c: 2, d: undefined } } }, emptyChain)
    const other = await linkEntry({ ...facts('x'), detail: { b: { c: 2 }, a: 1 } }, emptyChain)
    expect(one.hash).toBe(other.hash)
    expect(await check([one])).toBeUndefined()
  })

  it('takes entries from before it at its beginning only', async () => {
    const bare = (sequence: number): AuditRow => ({
      ...facts(`old_${sequence}`),
      sequence,
      previous: '',
      hash: '',
    })
    const first = await linkEntry(facts('key_3'), { sequence: 2, hash: '' })
    expect(await check([bare(1), bare(2), first])).toBeUndefined()
    expect(await check([bare(1), bare(2), first, bare(4)])).toEqual({ sequence: 4, problem: 'not-linked' })
  })
})
