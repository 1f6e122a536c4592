/** The user's state at this hub, which decides what the page shows. */
import { createContext } from 'preact'
import { useCallback, useEffect, useState } from 'preact/hooks'
import { api, ask, type Person, type Problem, sessionEnded } from '../api.ts'
import { navigate } from './address.ts'
import { forgetInvitation, readInvitation } from './invitation.ts'
import { forgetAll } from './resource.ts'

export type Hub =
  | { type: 'loading' }
  | { type: 'unreachable' }
  | { type: 'not-ready'; problems: Problem[] }
  | { type: 'unclaimed' }
  /**
   * `ended`: a session was lost, rather than none begun. `mayBeNew`: a deployed hub does not say
   * whether it has an owner.
   */
  | { type: 'signed-out'; ended: boolean; mayBeNew?: boolean }
  /** No user is signed in, and the address has an invite. */
  | { type: 'invited'; invitation: string }
  | { type: 'signed-in'; person: Person }

export interface HubControls {
  hub: Hub
  /** Looks again. */
  refresh: () => Promise<void>
  enter: (person: Person) => void
  /** Takes note of what the person who is signed in has changed about themselves. */
  recognise: (person: Person) => void
  logout: () => Promise<void>
  /** Shows the form for the first account. */
  setUp: () => void
  /** Puts the invitation away that the address holds. */
  decline: () => void
}

/** Tells all of the dashboard what a person has changed about themselves. */
export const PersonChanged = createContext<(person: Person) => void>(() => {})

export function useHub(): HubControls {
  const [hub, setHub] = useState<Hub>({ type: 'loading' })
  const refresh = useCallback(async () => setHub(await findHub()), [])

  useEffect(() => void refresh(), [refresh])

  useEffect(() => {
    const leave = (): void =>
      setHub((before) => (before.type === 'signed-in' ? { type: 'signed-out', ended: true } : before))
    window.addEventListener(sessionEnded, leave)
    return () => window.removeEventListener(sessionEnded, leave)
  }, [])

  const enter = useCallback((person: Person) => {
    forgetInvitation()
    // The previous user may have been another one.
    forgetAll()
    setHub({ type: 'signed-in', person })
  }, [])
  const recognise = useCallback(
    (person: Person) =>
      setHub((before) => (before.type === 'signed-in' ? { type: 'signed-in', person } : before)),
    [],
  )
  const decline = useCallback(() => {
    forgetInvitation()
    setHub({ type: 'signed-out', ended: false })
  }, [])
  const setUp = useCallback(() => setHub({ type: 'unclaimed' }), [])
  const logout = useCallback(async () => {
    await api.api.auth.logout.$post()
    setHub({ type: 'signed-out', ended: false })
    forgetAll()
    // The next login starts at the overview, but after an expired session where it was.
    navigate('/', { replace: true, discard: true })
  }, [])

  return { hub, refresh, enter, recognise, logout, setUp, decline }
}

async function findHub(): Promise<Hub> {
  // Asked in parallel, so that a user with a session waits only once.
  const session = ask(api.api.auth.session.$get())
  // A hub that is not ready answers it with an error, which then says nothing new.
  session.catch(() => {})
  try {
    // A hub that is not ready says so with 503 and the same body.
    const ready = await api.health.ready.$get()
    const { problems, unclaimed } = await ready.json()
    if (problems.length > 0) return { type: 'not-ready', problems }
    if (unclaimed) return { type: 'unclaimed' }
    const { user } = await session
    if (user) return { type: 'signed-in', person: user }
    const invitation = readInvitation()
    if (invitation !== undefined) return { type: 'invited', invitation }
    return { type: 'signed-out', ended: false, mayBeNew: unclaimed === null }
  } catch {
    return { type: 'unreachable' }
  }
}
