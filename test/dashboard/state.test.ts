import { describe, expect, it } from 'vitest'
import { ago, duration, money, took } from '../../dashboard/format.ts'
import { readError } from '../../dashboard/api.ts'
import { findPage } from '../../dashboard/state/find-page.ts'
import { countOverTime } from '../../dashboard/state/log-view.ts'
import {
  choiceField,
  flagField,
  readQuery,
  textField,
  writeQuery,
} from '../../dashboard/state/query-fields.ts'

describe('an address', () => {
  const pages = [
    { path: '/' },
    { path: '/logs' },
    { path: '/logs/:id' },
    { path: '/users', admin: true as const },
  ]

  it('leads to the page whose pattern it fits, with what its open parts hold', () => {
    expect(findPage(pages, '/', 'user')).toEqual({ type: 'page', page: pages[0], params: {} })
    expect(findPage(pages, '/logs/', 'user')).toEqual({ type: 'page', page: pages[1], params: {} })
    expect(findPage(pages, '/logs/req%2F1', 'user')).toEqual({
      type: 'page',
      page: pages[2],
      params: { id: 'req/1' },
    })
    expect(findPage(pages, '/logs/100%', 'user')).toMatchObject({ params: { id: '100%' } })
  })

  it('leads nowhere where there is no page, and to administrators’ pages only administrators', () => {
    expect(findPage(pages, '/logs/1/2', 'admin')).toEqual({ type: 'not-found' })
    expect(findPage(pages, '/users', 'user')).toEqual({ type: 'admin-only' })
    expect(findPage(pages, '/users', 'admin').type).toBe('page')
  })
})

describe('what an address asks a page to show', () => {
  const fields = { text: textField(), span: choiceField(['1h', '24h'], '24h'), add: flagField() }

  it('is read as typed values; what makes no sense counts as the default', () => {
    expect(readQuery(fields, '')).toEqual({ text: '', span: '24h', add: false })
    expect(readQuery(fields, 'text=a+b&span=1h&add')).toEqual({ text: 'a b', span: '1h', add: true })
    const aliased = { outcome: choiceField(['good', 'bad'], 'good', { error: 'bad' }) }
    expect(readQuery(aliased, 'outcome=error')).toEqual({ outcome: 'bad' })
    expect(readQuery(aliased, 'outcome=toString')).toEqual({ outcome: 'good' })
    expect(readQuery(fields, 'span=century')).toMatchObject({ span: '24h' })
  })

  it('is written without what is at its default, and leaves everything else alone', () => {
    expect(writeQuery(fields, 'other=1&span=1h', { span: '24h', text: 'a b' })).toBe('other=1&text=a+b')
    expect(writeQuery(fields, '', { add: true })).toBe('add')
    expect(writeQuery(fields, 'add&text=x', { add: false })).toBe('text=x')
  })
})

describe('an error of the hub', () => {
  it('keeps the id of its request, which a report needs', () => {
    const body = { error: { code: 'INTERNAL_ERROR', message: '' }, hub: { requestId: 'req_1' } }
    expect(readError(JSON.stringify(body)).requestId).toBe('req_1')
    expect(readError('<html>').requestId).toBeUndefined()
  })
})

describe('figures', () => {
  it('are as exact as tells something', () => {
    expect(duration(25 * 3_600_000 + 49 * 60_000)).toBe('1 d 1 h')
    expect(duration(59_001)).toBe('1 min 0 s')
    expect(duration(3 * 86_400_000)).toBe('3 days')
    expect(duration(-5)).toBe('0 s')
    expect(took(840)).toBe('840 ms')
    expect(took(2_310)).toBe('2.31 s')
    expect(money(12.4)).toBe('$12.40')
    expect(money(0.000_314)).toBe('$0.00031')
    expect(money(0)).toBe('$0')
    expect(ago(1_790_000_000_000 - 5 * 60_000, 1_790_000_000_000)).toBe('5 min ago')
  })

  it('of requests over time leave no span out between the first and the last', () => {
    const at = (seconds: number, status: number, attempts = 1) => ({
      startedAt: new Date(1_790_000_000_000 + seconds * 1000).toISOString(),
      status,
      attempts,
    })
    const rows = [at(0, 200), at(3, 502, 2), at(3, 200), at(1, 200), at(3, 200, 2)]
    const { times, good, rescued, bad } = countOverTime(rows)
    expect(times).toHaveLength(4)
    expect(good).toEqual([1, 1, 0, 1])
    expect(rescued).toEqual([0, 0, 0, 1])
    expect(bad).toEqual([0, 0, 0, 1])
    expect(countOverTime([])).toEqual({ times: [], good: [], rescued: [], bad: [] })
    expect(countOverTime([at(0, 200), at(86_400 * 30, 200)]).times.length).toBeLessThanOrEqual(61)
  })
})
