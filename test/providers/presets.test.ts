import { describe, expect, it } from 'vitest'
import { catalog } from '../../src/providers/catalog.ts'
import { presetsOf, termsOf } from '../../src/providers/presets.ts'
import { KeyChange } from '../../src/api/schemas/key.ts'

const providers = Object.keys(catalog).filter((id) => id !== 'sandbox')
const all = providers.flatMap((provider) =>
  presetsOf(provider).map((preset) => ({ provider, title: `${provider}/${preset.id}`, preset })),
)

describe('presets', () => {
  it.each(all)('$title can be entered as the limits of a key', ({ preset }) => {
    expect(preset.limits.length).toBeGreaterThan(0)
    expect(KeyChange.parse({ limits: preset.limits })).toEqual({ limits: preset.limits })
  })

  it.each(all)('$title says where it is from, and what the provider asks', ({ preset }) => {
    expect(preset.asOf).toMatch(/^2026-\d{2}-\d{2}$/)
    expect(Number.isNaN(Date.parse(preset.asOf))).toBe(false)
    expect(new URL(preset.source).protocol).toBe('https:')
    expect(preset.terms).toMatch(/\.$/)
    expect(preset.name).not.toBe('')
  })

  it.each(all)('$title limits each thing once, and says how days and months reset', ({ preset }) => {
    const names = preset.limits.map(({ unit, per, model }) => `${unit}/${per}/${model ?? ''}`)
    expect(new Set(names).size).toBe(names.length)
    for (const { per, resets } of preset.limits)
      if (per === 'day' || per === 'month') expect(resets).toBeDefined()
  })

  it.each(providers)('of %s have ids of their own, or there are terms in their place', (provider) => {
    const ids = presetsOf(provider).map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.length > 0).not.toBe(termsOf(provider) !== undefined)
  })

  it('are not made up for names that every object has', () => {
    expect(presetsOf('constructor')).toEqual([])
    expect(termsOf('toString')).toBeUndefined()
    expect(presetsOf('my-own')).toEqual([])
  })
})
