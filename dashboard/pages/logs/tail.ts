/** New requests of the log: shown on top, or held while the log is paused. */
import { useCallback, useEffect, useState } from 'preact/hooks'
import type { NamedLog } from '../../api.ts'
import { useLiveLog } from '../../state/live.ts'
import { belongsTo, type LogFilter } from '../../state/log-query.ts'
import type { Source } from '../../state/resource.ts'
import type { LogPage } from '../../state/log-pages.ts'
import { addMissed, addNewer } from './source.ts'

interface Tail {
  paused: boolean
  /** How many have come in since it was paused. */
  held: number
  toggle: () => void
}

export function useTail(source: Source<LogPage>, filter: LogFilter): Tail {
  const [paused, setPaused] = useState(false)
  const [held, setHeld] = useState<NamedLog[]>([])
  // What was held under another filter is read with this one.
  useEffect(() => setHeld([]), [source])
  useLiveLog(
    useCallback(
      (rows) => {
        if (!paused) return addNewer(source, filter, rows)
        const fitting = rows.filter((row) => belongsTo(row, filter))
        if (fitting.length > 0) setHeld((before) => [...fitting, ...before])
      },
      [source, filter, paused],
    ),
    filter.whose,
    useCallback(() => {
      if (!paused) catchUp(source, filter)
    }, [source, filter, paused]),
  )
  const toggle = (): void => {
    if (paused) {
      addNewer(source, filter, held)
      catchUp(source, filter)
    }
    setHeld([])
    setPaused(!paused)
  }
  return { paused, held: held.length, toggle }
}

/** Where the hub cannot be reached, what was missed comes with the next reading. */
function catchUp(source: Source<LogPage>, filter: LogFilter): void {
  addMissed(source, filter).catch(() => {})
}
