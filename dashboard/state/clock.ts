/** The time, for countdowns. */
import { useEffect, useState } from 'preact/hooks'

/** Milliseconds since the epoch; anew each second while `running`, else each minute. */
export function useNow(running: boolean): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    setNow(Date.now())
    const timer = setInterval(() => setNow(Date.now()), running ? 1000 : 60_000)
    return () => clearInterval(timer)
  }, [running])
  return now
}
