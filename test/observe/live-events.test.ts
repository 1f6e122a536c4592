import { describe, expect, it } from 'vitest'
import { type Look, runLive } from '../../src/observe/live-events.ts'
import { LiveFeed, type Reading } from '../../src/observe/live-feed.ts'

type Told = Reading<{ used: number }, { left: number }, { id: string }>

const reading = (over: Partial<Told> = {}): Told => ({
  keys: new Map([['key_1', { used: 1 }]]),
  pools: new Map([['user/groq', { left: 9 }]]),
  rows: [],
  ...over,
})

const newFeed = (lastRow?: string) =>
  new LiveFeed<{ used: number }, { left: number }, { id: string }>(lastRow)

describe('what a live stream tells', () => {
  it('is that it begins, and afterwards only what differs', () => {
    const feed = newFeed()
    expect(feed.tell(reading())).toEqual(['event: begun\ndata: {}\n\n'])
    expect(feed.tell(reading())).toEqual([])
    const keys = new Map([
      ['key_1', { used: 2 }],
      ['key_2', { used: 0 }],
    ])
    const pools = new Map([['user/groq', { left: 8 }]])
    expect(feed.tell(reading({ keys, pools }))).toEqual([
      'event: keys\ndata: {"changed":{"key_1":{"used":2},"key_2":{"used":0}},"gone":[]}\n\n',
      'event: pools\ndata: {"changed":{"user/groq":{"left":8}},"gone":[]}\n\n',
    ])
  })

  it('names what is gone, once', () => {
    const feed = newFeed()
    feed.tell(reading())
    expect(feed.tell(reading({ keys: new Map() }))).toEqual([
      'event: keys\ndata: {"changed":{},"gone":["key_1"]}\n\n',
    ])
    expect(feed.tell(reading({ keys: new Map() }))).toEqual([])
  })

  it('has each row of the log once, also one that began before those already told', () => {
    const feed = newFeed()
    feed.tell(reading({ rows: [{ id: 'req_5' }] }))
    expect(feed.tell(reading({ rows: [{ id: 'req_5' }, { id: 'req_3' }] }))).toEqual([
      'id: req_5\nevent: log\ndata: [{"id":"req_3"}]\n\n',
    ])
    expect(feed.tell(reading({ rows: [{ id: 'req_5' }, { id: 'req_3' }] }))).toEqual([])
  })

  it('goes on after the row that an earlier stream told last', () => {
    const rows = [{ id: 'req_7' }, { id: 'req_6' }, { id: 'req_5' }]
    expect(newFeed('req_5').tell(reading({ rows })).at(-1)).toBe(
      'id: req_7\nevent: log\ndata: [{"id":"req_7"},{"id":"req_6"}]\n\n',
    )
    expect(newFeed().tell(reading({ rows })).join('')).not.toContain('event: log')
  })
})

/** A stream driven by a clock that only its own pauses move. */
async function drive(looks: (n: number) => Look | undefined, hasLeft = (_looked: number) => false) {
  let now = 1_790_000_000_000
  let looked = 0
  const pauses: number[] = []
  const written: string[] = []
  await runLive({
    look: async () => looks(++looked),
    write: async (text) => void written.push(text),
    pause: async (ms) => {
      pauses.push(ms)
      now += ms
    },
    hasLeft: () => hasLeft(looked),
    now: () => now,
  })
  return { looked, pauses, written }
}

describe('a live stream', () => {
  it('looks less often the longer nothing changes, and often again when something does', async () => {
    const { pauses } = await drive((n) =>
      n > 8 ? undefined : { events: n === 6 ? ['event: keys\ndata: {}\n\n'] : [], subrequests: 5 },
    )
    expect(pauses).toEqual([1500, 2250, 3375, 5000, 5000, 1000, 1500, 2250])
  })

  it('ends before one invocation has asked more of others than it may', async () => {
    const { looked } = await drive(() => ({ events: ['x'], subrequests: 45 }))
    expect(looked * 45).toBeLessThanOrEqual(900)
    expect(looked).toBe(20)
  })

  it('ends after five minutes, so that the browser opens the next one', async () => {
    const { pauses } = await drive(() => ({ events: [], subrequests: 1 }))
    const lasted = pauses.reduce((sum, ms) => sum + ms, 0)
    expect(lasted).toBeLessThanOrEqual(5 * 60_000)
    expect(lasted).toBeGreaterThan(4.5 * 60_000)
  })

  it('ends at once when the caller may look no longer, and looks no more when the client has left', async () => {
    const refused = await drive((n) => (n < 3 ? { events: [], subrequests: 1 } : undefined))
    expect(refused.looked).toBe(3)
    expect(refused.written.at(-1)).toBe('event: ended\ndata: {}\n\n')
    expect(
      (
        await drive(
          () => ({ events: [], subrequests: 1 }),
          (looked) => looked >= 2,
        )
      ).looked,
    ).toBe(2)
  })

  it('says something at each look, so that a client that has left is noticed', async () => {
    const { written, looked } = await drive((n) => (n < 4 ? { events: [], subrequests: 1 } : undefined))
    expect(written).toHaveLength(looked + 1)
    expect(written.slice(1, -1)).toEqual([': nothing new\n\n', ': nothing new\n\n', ': nothing new\n\n'])
  })
})
