/** What has just been done, told once: on the page and to screen readers, with a way back where there is one. */
import { createContext } from 'preact'
import { useCallback, useContext, useEffect, useRef, useState } from 'preact/hooks'

export interface Announcement {
  message: string
  /** Takes back what was done. */
  undo?: () => void
  /** Does what was only shown as done so far: called once it can no longer be taken back. */
  commit?: () => void
}

export type AnnounceFunction = (message: string, way?: Omit<Announcement, 'message'>) => void

export const Announce = createContext<AnnounceFunction>(() => {})

export function useAnnounce(): AnnounceFunction {
  return useContext(Announce)
}

const shownForMs = 5_000
/** A person who may want it back needs longer. */
const undoableForMs = 10_000

export interface Announcing {
  current: Announcement | undefined
  announce: AnnounceFunction
  /** Takes the present one back. */
  undo: () => void
  /** Stops the time while somebody is about to decide, and lets it go on. */
  hold: (held: boolean) => void
}

/** The announcement of the moment. Another takes its place: what it stood for is then done. */
export function useAnnouncement(): Announcing {
  const [current, setCurrent] = useState<Announcement>()
  const shown = useRef<Announcement>()
  const timer = useRef<ReturnType<typeof setTimeout>>()

  const leave = useCallback((taken: 'back' | 'on') => {
    clearTimeout(timer.current)
    const announcement = shown.current
    shown.current = undefined
    setCurrent(undefined)
    if (taken === 'back') announcement?.undo?.()
    else announcement?.commit?.()
  }, [])

  const wait = useCallback(() => {
    clearTimeout(timer.current)
    timer.current = setTimeout(() => leave('on'), shown.current?.undo ? undoableForMs : shownForMs)
  }, [leave])

  const announce = useCallback<AnnounceFunction>(
    (message, way = {}) => {
      leave('on')
      shown.current = { message, ...way }
      setCurrent(shown.current)
      wait()
    },
    [leave, wait],
  )

  useEffect(() => {
    // Who leaves the page meant what they did.
    const goOn = (): void => leave('on')
    window.addEventListener('pagehide', goOn)
    return () => window.removeEventListener('pagehide', goOn)
  }, [leave])

  const undo = useCallback(() => leave('back'), [leave])
  const hold = useCallback(
    (held: boolean) => {
      if (!shown.current) return
      if (held) clearTimeout(timer.current)
      else wait()
    },
    [wait],
  )
  return { current, announce, undo, hold }
}
