import { describe, expect, it } from 'vitest'
import { outdatedTables, tableAges } from '../../src/providers/table-age.ts'
import { catalog } from '../../src/providers/catalog.ts'
import type { BuiltInProvider } from '../../src/providers/provider.ts'

function row(asOf: string, more: Partial<BuiltInProvider> = {}): BuiltInProvider {
  const source = { asOf, source: 'https://models.example.org' }
  const checked = { row: source, models: source }
  return { name: 'A', dialects: {}, defaultModel: 'm', models: {}, checked, ...more }
}

describe('the age of the tables', () => {
  const ended = { on: '2026-01-01', asOf: '2026-01-01', source: 'https://models.example.org' }
  const ages = tableAges({
    new: row('2026-06-01'),
    old: row('2026-03-01'),
    gone: row('2025-01-01', { retired: ended }),
  })

  it('is listed with the oldest first, without providers that have ended', () => {
    expect(ages).toEqual([
      { provider: 'old', asOf: '2026-03-01' },
      { provider: 'new', asOf: '2026-06-01' },
    ])
  })

  it('is worth a warning after 60 days, and not a day sooner', () => {
    const warned = (day: string) => outdatedTables(ages, Date.parse(day)).map(({ provider }) => provider)
    expect(warned('2026-04-30')).toEqual([])
    expect(warned('2026-05-01')).toEqual(['old'])
    expect(warned('2026-12-01')).toEqual(['old', 'new'])
  })

  it('is known of every provider', () => {
    const providers = tableAges(catalog).map(({ provider }) => provider)
    expect(providers).toContain('openai')
    expect(providers).not.toContain('sandbox')
  })
})
