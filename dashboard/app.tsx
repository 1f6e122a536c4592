/** The first view: setup, login or, for a signed-in user, the page of the address. */
import { useLayoutEffect } from 'preact/hooks'
import { Frame } from './frame/frame.tsx'
import { Toast } from './frame/toast.tsx'
import { ClaimPage } from './front/claim.tsx'
import { JoinPage } from './front/join.tsx'
import { LoginPage } from './front/login.tsx'
import { NotReadyPage } from './front/not-ready.tsx'
import { UnreachablePage } from './front/unreachable.tsx'
import { Waiting } from './front/waiting.tsx'
import { mayLeave } from './state/address.ts'
import { Announce, useAnnouncement } from './state/announce.ts'
import { type HubControls, PersonChanged, useHub } from './state/hub.ts'
import { text } from './text.ts'

export function App() {
  const controls = useHub()
  const announcing = useAnnouncement()
  useLayoutEffect(() => {
    document.documentElement.lang = text.locale
  }, [])
  const logout = async (): Promise<void> => {
    if (!mayLeave()) return
    // What still waits to be done is done in the name of the one who did it.
    await announcing.settle()
    await controls.logout()
  }
  return (
    <Announce.Provider value={announcing.announce}>
      <PersonChanged.Provider value={controls.recognise}>
        <Standing {...controls} logout={logout} />
      </PersonChanged.Provider>
      <Toast {...announcing} />
    </Announce.Provider>
  )
}

function Standing({ hub, refresh, enter, logout, setUp, decline }: Omit<HubControls, 'recognise'>) {
  switch (hub.type) {
    case 'loading':
      return <Waiting />
    case 'unreachable':
      return <UnreachablePage onRetry={refresh} />
    case 'not-ready':
      return <NotReadyPage problems={hub.problems} onRetry={refresh} />
    case 'unclaimed':
      return <ClaimPage onClaimed={enter} />
    case 'signed-out':
      return <LoginPage ended={hub.ended} onLogin={enter} onSetUp={hub.mayBeNew ? setUp : undefined} />
    case 'invited':
      return <JoinPage invitation={hub.invitation} onJoined={enter} onLeave={decline} />
    case 'signed-in':
      return <Frame person={hub.person} onLogout={logout} />
  }
}
