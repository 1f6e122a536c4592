import { describe, expect, it } from 'vitest'
import { describeEnding, endingOf } from '../../src/providers/retirements.ts'

const day = (iso: string): number => Date.parse(`${iso}T12:00:00Z`)

describe('the end of a model', () => {
  it('is known before its day, by its dated name too, and names what to take instead', () => {
    const ending = endingOf('openai', 'gpt-4.1-2025-04-14', day('2026-12-01'))
    expect(ending).toEqual({
      provider: 'openai',
      model: 'gpt-4.1-2025-04-14',
      on: '2027-01-14',
      isOver: false,
      successor: 'gpt-6.1-terra',
    })
    expect(ending && describeEnding(ending)).toBe(
      'openai/gpt-4.1-2025-04-14 ends on 2027-01-14. Use openai/gpt-6.1-terra instead.',
    )
  })

  it('is over on the day after its last', () => {
    expect(endingOf('claude', 'claude-sonnet-4-5', day('2026-11-30'))?.isOver).toBe(false)
    expect(endingOf('claude', 'claude-sonnet-4-5', day('2026-12-01'))?.isOver).toBe(true)
  })

  it('is not made up', () => {
    for (const model of ['gpt-6-luna', 'constructor', undefined])
      expect(endingOf('openai', model, day('2027-06-01'))).toBeUndefined()
    expect(endingOf('my-own', 'gpt-4.1', day('2027-06-01'))).toBeUndefined()
  })
})

it('the end of a provider is that of all its models', () => {
  const ending = endingOf('github-models', 'openai/gpt-4.1', day('2026-12-01'))
  expect(ending && describeEnding(ending)).toBe('github ended on 2026-07-30.')
})
