/**
 * The time, for countdowns and ages: one clock for all components, which stops while the window is
 * hidden.
 */
import { minuteMs } from '../../src/domain/time.ts'
import { useEffect, useState } from 'preact/hooks'

const listeners = { second: new Set<(now: number) => void>(), minute: new Set<(now: number) => void>() }
let timer: ReturnType<typeof setTimeout> | undefined
let minute = 0

function tick(): void {
  timer = undefined
  const now = Date.now()
  for (const listener of listeners.second) listener(now)
  if (Math.floor(now / minuteMs) !== minute) for (const listener of listeners.minute) listener(now)
  minute = Math.floor(now / minuteMs)
  start()
}

function start(): void {
  if (timer !== undefined || document.visibilityState === 'hidden') return
  const now = Date.now()
  // On the full second, or minute, so that all countdowns move together.
  if (listeners.second.size > 0) timer = setTimeout(tick, 1000 - (now % 1000))
  else if (listeners.minute.size > 0) timer = setTimeout(tick, minuteMs - (now % minuteMs))
}

function restart(): void {
  clearTimeout(timer)
  timer = undefined
  start()
}

document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') tick()
  else clearTimeout(timer)
})

/** Returns milliseconds since the epoch, updated each second or each minute. */
export function useNow(each: 'second' | 'minute'): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    // Who ticked more seldom until now may be behind.
    setNow((known) => (Date.now() - known < 1000 ? known : Date.now()))
    const waiting = listeners[each]
    waiting.add(setNow)
    restart()
    return () => void waiting.delete(setNow)
  }, [each])
  return now
}
