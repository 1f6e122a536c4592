/**
 * What the pages decide that watch a hub: what is asked of it, what is shown of its answers, and
 * what is taken away.
 */
import { describe, expect, it } from 'vitest'
import type { Log, Usage } from '../../dashboard/api.ts'
import { nameDevice } from '../../dashboard/state/devices.ts'
import { choicesOf } from '../../dashboard/state/log-choices.ts'
import { toCsv, toJson } from '../../dashboard/state/log-export.ts'
import { limitEntriesOf } from '../../dashboard/state/limit-form.ts'
import { isContinuous, keepOlder, lookBack, type LogPage } from '../../dashboard/state/log-pages.ts'
import { belongsTo, logFields, logQuery, narrows } from '../../dashboard/state/log-query.ts'
import { readQuery } from '../../dashboard/state/query-fields.ts'
import { snippet, tools } from '../../dashboard/state/snippets.ts'
import { toNewToken, toTokenInput } from '../../dashboard/state/token-form.ts'
import { linesAsked, linesOf, rank, timeOf } from '../../dashboard/state/usage-view.ts'
import { placeAttempts, stepsOf } from '../../dashboard/state/waterfall.ts'

const now = Date.parse('2026-11-26T08:30:00Z')
const hourMs = 3_600_000

const row: Log = {
  id: 'req_1',
  owner: 'usr_1',
  startedAt: '2026-11-26T08:00:00.000Z',
  durationMs: 100,
  firstContentMs: 90,
  tokenId: 'tok_1',
  dialect: 'openai-chat',
  asked: 'smart',
  stream: false,
  provider: 'groq',
  model: 'llama',
  keyId: 'key_1',
  status: 200,
  code: null,
  attempts: 1,
  usage: null,
  cost: null,
  saved: null,
  unsettled: false,
  unaccounted: null,
  trail: [],
  message: null,
  route: null,
  client: null,
  skipped: [],
}

describe('a page of the log', () => {
  const back = (page: number): string => new Date(now - page * hourMs).toISOString()

  /**
   * A hub with so many pages, of which the nth alone has a row; and the cursors it was asked for.
   */
  function findOn(nth: number, pages: number) {
    const asked: (string | undefined)[] = []
    const ask = async (cursor: string | undefined): Promise<LogPage> => {
      const page = asked.push(cursor)
      const rows = page === nth ? [row] : []
      if (page >= pages) return { rows, nextCursor: null, searchedTo: null, names: {} }
      return { rows, nextCursor: `c${page}`, searchedTo: back(page), names: {} }
    }
    return { asked, ask }
  }

  it('is looked for further back, while nothing fits that was looked at', async () => {
    const { asked, ask } = findOn(3, 9)
    expect(await lookBack(ask, undefined)).toMatchObject({ rows: [{ id: 'req_1' }], nextCursor: 'c3' })
    expect(asked).toEqual([undefined, 'c1', 'c2'])
  })

  it('says how far it was looked for, where that is far enough for once', async () => {
    const { asked, ask } = findOn(5, 9)
    expect(await lookBack(ask, undefined)).toMatchObject({ rows: [], nextCursor: 'c4', searchedTo: back(4) })
    expect(await lookBack(ask, 'c4')).toMatchObject({ rows: [{ id: 'req_1' }] })
    expect(asked).toEqual([undefined, 'c1', 'c2', 'c3', 'c4'])
  })

  it('is empty at the end of the log', async () => {
    expect(await lookBack(findOn(9, 2).ask, undefined)).toMatchObject({ rows: [], nextCursor: null })
  })

  it('keeps what was found far back, when the newest rows are read again and none fits', () => {
    const known: LogPage = { rows: [row], nextCursor: 'c5', searchedTo: back(5), names: {} }
    const read: LogPage = { rows: [], nextCursor: 'c4', searchedTo: back(4), names: {} }
    expect(keepOlder(read, known)).toEqual(known)
    expect(isContinuous(read, known)).toBe(true)
    expect(isContinuous({ ...read, rows: [row] }, known)).toBe(true)
    expect(isContinuous({ ...read, rows: [{ ...row, id: 'req_0' }] }, known)).toBe(false)
  })
})

describe('the filter of the log', () => {
  it('asks the hub for what the address says, and for nothing else', () => {
    const filter = readQuery(logFields, 'provider=groq&span=1h&status=429&outcome=bad&whose=everyone')
    expect(logQuery(filter, now)).toEqual({
      provider: 'groq',
      status: '429',
      outcome: 'error',
      from: '2026-11-26T07:30:00.000Z',
      owner: 'all',
    })
    expect(logQuery(readQuery(logFields, ''), now)).toEqual({})
    expect(logQuery(readQuery(logFields, 'whose=everyone&person=usr_2'), now)).toEqual({ owner: 'usr_2' })
    expect(logQuery(readQuery(logFields, 'person=usr_2'), now)).toEqual({})
  })

  it('lets rows in that fit, and none that only the hub can judge', () => {
    expect(belongsTo(row, readQuery(logFields, ''))).toBe(true)
    expect(belongsTo(row, readQuery(logFields, 'provider=groq&status=200&key=key_1'))).toBe(true)
    expect(belongsTo(row, readQuery(logFields, 'provider=mistral'))).toBe(false)
    expect(belongsTo(row, readQuery(logFields, 'text=smart'))).toBe(false)
    expect(belongsTo(row, readQuery(logFields, 'whose=everyone'))).toBe(true)
    expect(belongsTo(row, readQuery(logFields, `whose=everyone&person=${row.owner}`))).toBe(true)
    expect(belongsTo(row, readQuery(logFields, 'whose=everyone&person=usr_other'))).toBe(false)
    const rescued = { ...row, attempts: 2 }
    const failed = { ...row, status: 502, attempts: 2 }
    const of = (one: Log) =>
      ['good', 'rescued', 'bad'].filter((outcome) =>
        belongsTo(one, readQuery(logFields, `outcome=${outcome}`)),
      )
    expect([row, rescued, failed].map(of)).toEqual([['good'], ['rescued'], ['bad']])
  })

  it('keeps to a span of one’s own at both of its ends', () => {
    const between = (span: string) => readQuery(logFields, new URLSearchParams({ span }).toString())
    const filter = between('2026-11-26T08:00Z/2026-11-26T09:00Z')
    expect(logQuery(filter, now)).toEqual({
      from: '2026-11-26T08:00:00.000Z',
      to: '2026-11-26T09:00:00.000Z',
    })
    expect(logQuery(between('2026-11-26T08:00Z/..'), now)).toEqual({ from: '2026-11-26T08:00:00.000Z' })
    expect(belongsTo(row, filter)).toBe(true)
    expect(belongsTo({ ...row, startedAt: '2026-11-26T09:00:00.000Z' }, filter)).toBe(false)
    expect(belongsTo({ ...row, startedAt: '2026-11-26T07:59:59.999Z' }, filter)).toBe(false)
    expect(narrows(filter)).toBe(true)
  })

  it('takes no status that is none', () => {
    expect(logQuery(readQuery(logFields, 'status=abc'), now)).toEqual({})
  })

  it('does not count whose requests are looked at as narrowing', () => {
    expect(narrows(readQuery(logFields, 'whose=everyone'))).toBe(false)
    expect(narrows(readQuery(logFields, 'span=1h'))).toBe(true)
  })
})

describe('what the log can be filtered by', () => {
  const known = {
    rows: [row, { ...row, provider: 'retired', model: 'gone', keyId: 'key_9', tokenId: null }],
    keys: [
      { id: 'key_1', provider: 'groq' },
      { id: 'key_2', provider: 'mistral' },
    ],
    tokens: [{ id: 'tok_1' }],
    pools: [{ provider: 'groq' }, { provider: 'mistral' }, { provider: 'groq' }],
    models: [
      { id: 'smart', owned_by: 'hub' },
      { id: 'groq/llama', owned_by: 'groq' },
      { id: 'groq/meta/llama-4', owned_by: 'groq' },
      { id: 'mistral/small', owned_by: 'mistral' },
    ],
    providers: [{ id: 'groq' }, { id: 'openai' }],
    people: [{ id: 'usr_2' }],
  }
  const choices = (search: string) => choicesOf(known, readQuery(logFields, search))

  it('is what the hub has and what rows show, each once and as rows name it', () => {
    expect(choices('')).toEqual({
      provider: ['groq', 'mistral', 'retired'],
      model: ['llama', 'meta/llama-4', 'small', 'gone'],
      key: ['key_1', 'key_2', 'key_9'],
      token: ['tok_1'],
      person: ['usr_2', row.owner],
    })
  })

  it('is of one provider where one is chosen, and holds what the address names', () => {
    expect(choices('provider=mistral&model=elsewhere')).toMatchObject({
      provider: ['mistral', 'groq', 'retired'],
      model: ['elsewhere', 'small'],
      key: ['key_2'],
    })
  })

  it('has every provider where everyone’s requests are looked at', () => {
    expect(choices('whose=everyone').provider).toEqual(['groq', 'mistral', 'retired', 'openai'])
  })
})

describe('an export', () => {
  it('keeps a spreadsheet from running what a client asked for', () => {
    const csv = toCsv([{ ...row, asked: '=HYPERLINK("http://evil.example","x")' }], {})
    expect(csv).toContain(`,"'=HYPERLINK(""http://evil.example"",""x"")",`)
  })

  it('has a line for each request, as many cells in each, and the trails in JSON', () => {
    const lines = toCsv([row, row], {}).split('\r\n')
    expect(lines).toHaveLength(4)
    expect(lines.at(-1)).toBe('')
    expect(new Set(lines.slice(0, 3).map((line) => line.split(',').length)).size).toBe(1)
    expect(JSON.parse(toJson([row], {}))).toEqual([{ ...row, names: {} }])
  })

  it('calls people, tokens and keys by their names, those alone that a request mentions', () => {
    const names = { usr_1: 'ada', tok_1: 'laptop', key_1: 'free (sk-****1111)', key_2: 'other' }
    const [head = '', line = ''] = toCsv([row], names).split('\r\n')
    const cell = (name: string) => line.split(',')[head.split(',').indexOf(name)]
    expect([cell('owner_name'), cell('token_name'), cell('key_name')]).toEqual([
      'ada',
      'laptop',
      'free (sk-****1111)',
    ])
    expect(JSON.parse(toJson([row], names))).toEqual([{ ...row, names: { usr_1: 'ada', tok_1: 'laptop' } }])
  })
})

describe('a waterfall', () => {
  const attempt = (startedAt: string, durationMs: number): Log['trail'][number] => ({
    provider: 'groq',
    model: 'llama',
    keyId: null,
    status: 200,
    verdict: 'ok',
    blame: null,
    startedAt,
    durationMs,
    retryAt: null,
    message: null,
  })

  it('shows candidates that were passed over where they came up between the attempts', () => {
    const tried = attempt(row.startedAt, 10)
    const skip = { provider: 'p', model: null, keys: null, keyId: null, verdict: null, retryAt: null }
    const skipped = [
      { ...skip, reason: 'first', after: 0 },
      { ...skip, reason: 'second', after: 1 },
      { ...skip, reason: 'last', after: 9 },
    ]
    const { steps } = stepsOf({ ...row, trail: [tried, tried], skipped })
    const shown = steps.map((step) => (step.type === 'skip' ? step.skip.reason : 'call'))
    expect(shown).toEqual(['first', 'call', 'second', 'call', 'last'])
  })

  it('puts each attempt where it was, and lets none leave the axis', () => {
    const trail = [attempt('2026-11-26T08:00:00.000Z', 25), attempt('2026-11-26T08:00:00.050Z', 50)]
    expect(placeAttempts({ ...row, trail })).toEqual({
      wholeMs: 100,
      places: [
        { afterMs: 0, begin: 0, width: 0.25 },
        { afterMs: 50, begin: 0.5, width: 0.5 },
      ],
    })
    const { wholeMs, places } = placeAttempts({
      ...row,
      trail: [attempt('2026-11-26T08:00:00.100Z', 0), attempt('2026-11-26T07:59:59.000Z', 300)],
    })
    expect(wholeMs).toBe(300)
    for (const { begin, width } of places) {
      expect(begin).toBeGreaterThanOrEqual(0)
      expect(width).toBeGreaterThan(0)
      expect(begin + width).toBeLessThanOrEqual(1)
    }
  })
})

describe('usage', () => {
  const used = (group: string, at: string | null, requests: number): Usage => ({
    at,
    group,
    requests,
    errors: 1,
    rescued: 0,
    inputTokens: 10,
    outputTokens: null,
    cachedTokens: null,
    reasoningTokens: null,
    averageMs: null,
    latency: null,
    saved: null,
    cost: 0.5,
  })

  it('is ranked, with what is not known as nothing', () => {
    const rows = [used('a', null, 2), used('b', null, 5)]
    expect(rank(rows, 'requests').map(({ group }) => group)).toEqual(['b', 'a'])
    expect(rank([{ ...used('c', null, 1), cost: null }, ...rows], 'cost').at(-1)?.group).toBe('c')
  })

  const time = timeOf('24h', now)
  const at = new Date(time.from + 2 * hourMs).toISOString()
  const six = ['a', 'b', 'c', 'd', 'e', 'f'].map((group, index) => used(group, at, 10 - index))
  const groupsOf = (rows: readonly Usage[]) => linesOf(rows, 'requests', time).lines.map(({ group }) => group)

  it('draws the largest groups by themselves and the others as one, without a gap', () => {
    const { times, lines } = linesOf(six, 'requests', time)
    expect(times).toHaveLength(25)
    expect(lines.map(({ group }) => group)).toEqual(['a', 'b', 'c', 'd', null])
    expect(lines.at(-1)?.values[2]).toBe(6 + 5)
    expect(lines[0]?.values.filter((value) => value > 0)).toEqual([10])
  })

  it('adds those to the others that the hub told no longer apart, and leaves none out', () => {
    const rows = [...six.slice(0, linesAsked), { ...used('', at, 100), group: null }]
    const { lines } = linesOf(rows, 'requests', time)
    expect(lines.map(({ group }) => group)).toEqual(['a', 'b', 'c', 'd', null])
    expect(lines.at(-1)?.values[2]).toBe(6 + 100)
  })

  it('hides no name for a single other, nor what had no name', () => {
    expect(groupsOf(six.slice(0, 5))).toEqual(['a', 'b', 'c', 'd', 'e'])
    expect(groupsOf([used('', at, 3), used('a', at, 1)])).toEqual(['', 'a'])
  })
})

describe('a token’s form', () => {
  const empty = {
    name: ' laptop ',
    expires: '',
    models: '',
    maxConcurrent: '',
    budget: '',
    budgetPer: 'month',
    defaultWait: '',
    limits: [],
  }

  it('takes away what was left empty', () => {
    expect(toTokenInput(empty)).toEqual({
      name: 'laptop',
      expiresAt: null,
      allowedModels: null,
      limits: null,
      maxConcurrent: null,
      budget: null,
      defaultWait: null,
    })
  })

  it('leaves to the hub’s defaults what was left empty in a new one', () => {
    expect(toNewToken(toTokenInput(empty))).toEqual({ name: 'laptop' })
    const filled = toTokenInput({ ...empty, maxConcurrent: '3', budget: '0.5', models: 'smart' })
    expect(toNewToken(filled)).toEqual({
      name: 'laptop',
      allowedModels: ['smart'],
      maxConcurrent: 3,
      budget: { amount: 0.5, per: 'month' },
    })
  })

  it('keeps how a limit resets that was made elsewhere', () => {
    const limits = [{ unit: 'requests', per: 'day', limit: 5, resets: 'pacific' }] as const
    const entries = limitEntriesOf(limits)
    expect(
      toTokenInput({ ...empty, limits: entries, models: 'smart,\n groq/*', budget: '0.5' }),
    ).toMatchObject({
      limits,
      allowedModels: ['smart', 'groq/*'],
      budget: { amount: 0.5, per: 'month' },
    })
  })
})

describe('a snippet', () => {
  it('has this hub’s own address and the model for every tool', () => {
    for (const tool of tools) {
      const code = snippet(tool, { origin: 'https://hub.example.com', model: 'smart' })
      expect(code, tool).toContain('https://hub.example.com')
      // Open WebUI asks the hub itself for its models.
      if (tool !== 'open-webui') expect(code, tool).toContain('smart')
    }
  })

  it('cannot be broken out of by the name of a model', () => {
    const model = `it's "$(reboot)"`
    expect(snippet('claude-code', { origin: 'https://hub.example.com', model })).toContain(
      String.raw`export ANTHROPIC_MODEL='it'\''s "$(reboot)"'`,
    )
    const config: unknown = JSON.parse(snippet('opencode', { origin: 'https://hub.example.com', model }))
    expect(config).toMatchObject({ model: `llm-hub/${model}` })
  })
})

describe('a session’s device', () => {
  it('is named as a person knows it, where anything of it is known', () => {
    expect(nameDevice('Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/141.0 Safari/537.36')).toBe(
      'Chrome on Linux',
    )
    expect(nameDevice('Mozilla/5.0 (Windows NT 10.0) Chrome/141.0 Safari/537.36 Edg/141.0')).toBe(
      'Edge on Windows',
    )
    expect(nameDevice('node')).toBeUndefined()
    expect(nameDevice(null)).toBeUndefined()
  })
})
