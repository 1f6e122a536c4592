/**
 * Announces a finished action once, on the page and to screen readers, with undo where possible.
 */
import { createContext } from 'preact'
import { useCallback, useContext, useEffect, useRef, useState } from 'preact/hooks'
import { useAddress } from './address.ts'

export interface Announcement {
  message: string
  /** Takes back what was done. */
  undo?: () => void
  /**
   * Performs the action, which the page only showed as done, once it can no longer be undone. The
   * page may be closing, so its request must outlive the page (`keepalive`).
   */
  commit?: () => Promise<void>
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
  /** Does now what the present one stands for, and comes back when it is done. */
  settle: () => Promise<void>
  /** Pauses the timer while the pointer or focus is on the announcement, and resumes it. */
  hold: (held: boolean) => void
}

/** The announcement of the moment. Another takes its place: what it stood for is then done. */
export function useAnnouncement(): Announcing {
  const [current, setCurrent] = useState<Announcement>()
  const shown = useRef<Announcement>()
  const timer = useRef<ReturnType<typeof setTimeout>>()

  const leave = useCallback(async (taken: 'back' | 'on'): Promise<void> => {
    clearTimeout(timer.current)
    const announcement = shown.current
    shown.current = undefined
    setCurrent(undefined)
    if (taken === 'back') announcement?.undo?.()
    else await announcement?.commit?.()
  }, [])

  const wait = useCallback(() => {
    clearTimeout(timer.current)
    timer.current = setTimeout(() => void leave('on'), shown.current?.undo ? undoableForMs : shownForMs)
  }, [leave])

  const announce = useCallback<AnnounceFunction>(
    (message, way = {}) => {
      void leave('on')
      shown.current = { message, ...way }
      setCurrent(shown.current)
      wait()
    },
    [leave, wait],
  )

  // Who goes elsewhere meant what they did: to another page of the dashboard, or away from it.
  const { path } = useAddress()
  useEffect(() => {
    if (shown.current?.commit) void leave('on')
  }, [path, leave])
  useEffect(() => {
    // A phone may end a page in the background without a word. Then it is not done, and shows
    // again: better than done too early.
    const goOn = (): void => void leave('on')
    window.addEventListener('pagehide', goOn)
    return () => window.removeEventListener('pagehide', goOn)
  }, [leave])

  const undo = useCallback(() => void leave('back'), [leave])
  const settle = useCallback(() => leave('on'), [leave])
  const hold = useCallback(
    (held: boolean) => {
      if (!shown.current) return
      if (held) clearTimeout(timer.current)
      else wait()
    },
    [wait],
  )
  return { current, announce, undo, settle, hold }
}
