/** What has just been done, told once: on the page and to screen readers. */
import { createContext } from 'preact'
import { useCallback, useContext, useRef, useState } from 'preact/hooks'

export const Announce = createContext<(message: string) => void>(() => {})

export function useAnnounce(): (message: string) => void {
  return useContext(Announce)
}

const shownForMs = 5_000

/** The message of the moment, and the function that sets it. */
export function useAnnouncement(): [string, (message: string) => void] {
  const [message, setMessage] = useState('')
  const timer = useRef<ReturnType<typeof setTimeout>>()
  const announce = useCallback((next: string) => {
    clearTimeout(timer.current)
    setMessage(next)
    timer.current = setTimeout(() => setMessage(''), shownForMs)
  }, [])
  return [message, announce]
}
