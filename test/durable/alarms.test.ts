import { describe, expect, it } from 'vitest'
import { Alarms } from '../../src/durable/alarms.ts'
import { SteadyClock } from '../../src/durable/clock.ts'

/** An object with the times that its tasks are due at, and everything that was done. */
function objectWith(due: Record<string, number | undefined>) {
  const set: number[] = []
  const ran: string[] = []
  const tasks = Object.fromEntries(
    Object.keys(due).map((name) => [
      name,
      { dueAt: () => due[name], run: (now: number) => void ran.push(`${name} at ${now}`) },
    ]),
  )
  const storage = { setAlarm: async (at: number | Date) => void set.push(Number(at)) }
  return { set, ran, due, alarms: new Alarms(storage, new SteadyClock(() => 100), tasks) }
}

describe('alarms', () => {
  it('keep the earlier of two times, and write no row for the later one', async () => {
    const { alarms, set } = objectWith({})
    await alarms.schedule(300)
    await alarms.schedule(400)
    await alarms.schedule(200)
    expect(set).toEqual([300, 200])
  })

  it('of an instance that has just woken do not put off what is due before', async () => {
    const { alarms, set } = objectWith({ claims: 150, transcripts: 900 })
    await alarms.schedule(300)
    expect(set).toEqual([150])
  })

  it('run every task, and are then set for the one that is due next', async () => {
    const { alarms, set, ran } = objectWith({ claims: 900, transcripts: undefined, reservations: 700 })
    await alarms.ring()
    expect(ran).toEqual(['claims at 100', 'transcripts at 100', 'reservations at 100'])
    expect(set).toEqual([700])
  })

  it('are not set again where nothing is due', async () => {
    const { alarms, set } = objectWith({ claims: undefined })
    await alarms.ring()
    expect(set).toEqual([])
  })

  it('can be set for a later time once they have rung', async () => {
    const { alarms, set } = objectWith({ claims: undefined })
    await alarms.schedule(200)
    await alarms.ring()
    await alarms.schedule(500)
    expect(set).toEqual([200, 500])
  })
})

describe('a steady clock', () => {
  it('never runs backwards', () => {
    const times = [5, 3, 8]
    const clock = new SteadyClock(() => times.shift() ?? 0)
    expect([clock.now(), clock.now(), clock.now(), clock.now()]).toEqual([5, 5, 8, 8])
  })
})
