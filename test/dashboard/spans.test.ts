/**
 * Spans of time: how an address has them, how a person enters them, and what they mean for the log
 * and for usage.
 */
import { describe, expect, it } from 'vitest'
import { readQuery, writeQuery } from '../../dashboard/state/query-fields.ts'
import { enter, readEntered, type Span, spanField, spanOfOwn } from '../../dashboard/state/span.ts'
import { mostUsageDays, timeOf } from '../../dashboard/state/usage-view.ts'

const now = Date.parse('2026-11-26T08:30:20Z')
const hourMs = 3_600_000
const dayMs = 24 * hourMs
const at = (text: string): number => Date.parse(text)

describe('a span in an address', () => {
  const fields = { span: spanField(['all', '1h', '24h'], 'all') }
  const read = (text: string): Span<'all' | '1h' | '24h'> =>
    readQuery(fields, new URLSearchParams({ span: text }).toString()).span

  it('is one of a few, or an interval as ISO 8601 has it', () => {
    expect(read('24h')).toBe('24h')
    expect(read('2026-11-26T07:00Z/2026-11-26T08:00Z')).toEqual({
      from: at('2026-11-26T07:00:00Z'),
      to: at('2026-11-26T08:00:00Z'),
    })
    expect(read('2026-11-26T07:00Z/..')).toEqual({ from: at('2026-11-26T07:00:00Z'), to: null })
  })

  it.each([
    '2026-11-26T08:00Z/2026-11-26T08:00Z',
    '2026-11-26T09:00Z/2026-11-26T08:00Z',
    '2026-11-26T08:00/2026-11-26T09:00',
    '2026-13-26T08:00Z/..',
    '../2026-11-26T08:00Z',
    '2026-11-26T07:00Z',
    '2026-11-26T07:00Z/2026-11-26T08:00Z/..',
    '90d',
    '',
  ])('counts as none where it makes no sense: "%s"', (text) => expect(read(text)).toBe('all'))

  it('is written as it is read', () => {
    for (const span of ['2026-11-26T07:00Z/2026-11-26T08:00Z', '2026-11-26T07:00Z/..', '1h'])
      expect(new URLSearchParams(writeQuery(fields, '', { span: read(span) })).get('span')).toBe(span)
    expect(writeQuery(fields, 'span=1h', { span: 'all' })).toBe('')
  })
})

describe('a span that is entered', () => {
  it('is what was entered, in the reader’s own time', () => {
    const span = {
      from: new Date(2026, 10, 25, 7, 5).getTime(),
      to: new Date(2026, 10, 25, 19, 30).getTime(),
    }
    expect(enter(span)).toEqual({ from: '2026-11-25T07:05', to: '2026-11-25T19:30' })
    expect(readEntered(enter(span), now)).toEqual({ type: 'span', span })
    expect(enter({ ...span, to: null }).to).toBe('')
  })

  it.each([
    ['', '', 'from', 'missing'],
    ['0002-11-25T07:05', '', 'from', 'not-a-time'],
    ['2026-11-20T07:05', '12026-11-25T07:05', 'to', 'not-a-time'],
    ['2026-12-24T07:05', '', 'from', 'in-the-future'],
    ['2026-11-20T07:05', '2026-11-20T07:05', 'to', 'not-after'],
    ['2026-11-20T07:05', '2026-11-19T07:05', 'to', 'not-after'],
    ['2025-11-20T07:05', '', 'from', 'too-long'],
  ])('is refused from "%s" to "%s", at the field that is to blame', (from, to, field, type) => {
    expect(readEntered({ from, to }, now, 366)).toEqual({ type: 'problem', problem: { field, type } })
  })

  it('begins as the one that was looked at, until now', () => {
    expect(spanOfOwn('7d', now)).toEqual({ from: at('2026-11-19T08:30:00Z'), to: null })
    expect(spanOfOwn('all', now)).toEqual({ from: at('2026-11-25T08:30:00Z'), to: null })
    expect(spanOfOwn({ from: 1, to: 2 }, now)).toEqual({ from: 1, to: 2 })
  })
})

describe('usage in a span', () => {
  it('begins on a full hour, and from a week on a full day', () => {
    expect(timeOf('1h', now)).toEqual({
      from: at('2026-11-26T07:00:00Z'),
      to: now,
      interval: 'hour',
      stepMs: hourMs,
    })
    expect(timeOf('7d', now)).toMatchObject({ from: at('2026-11-19T00:00:00Z'), interval: 'day' })
  })

  it('is by the hour where it is short and recent, with all of the hours at its ends', () => {
    const span = { from: at('2026-11-24T07:20:00Z'), to: at('2026-11-24T09:10:00Z') }
    expect(timeOf(span, now)).toMatchObject({
      from: at('2026-11-24T07:00:00Z'),
      to: at('2026-11-24T10:00:00Z'),
      interval: 'hour',
    })
  })

  it('is by the day where the hub has hours no longer', () => {
    const span = { from: at('2026-11-10T07:20:00Z'), to: at('2026-11-10T09:10:00Z') }
    expect(timeOf(span, now)).toMatchObject({
      from: at('2026-11-10T00:00:00Z'),
      to: at('2026-11-11T00:00:00Z'),
      interval: 'day',
    })
  })

  it('never asks the hub for what is yet to come, nor for more than it sums up at once', () => {
    const longest = { from: now - mostUsageDays * dayMs, to: now + dayMs }
    const { from, to } = timeOf(longest, now)
    expect(to).toBe(now)
    expect(to - from).toBeLessThanOrEqual(400 * dayMs)
  })
})
