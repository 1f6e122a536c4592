/** Which page a person sees: it follows from where they stand with the hub, not from an address. */
import { useLayoutEffect } from 'preact/hooks'
import { Announce, useAnnouncement } from './state/announce.ts'
import { type HubControls, useHub } from './state/hub.ts'
import { text } from './text.ts'
import { ClaimPage } from './views/claim.tsx'
import { HomePage } from './views/home.tsx'
import { JoinPage } from './views/join.tsx'
import { LoginPage } from './views/login.tsx'
import { NotReadyPage } from './views/not-ready.tsx'
import { UnreachablePage } from './views/unreachable.tsx'

export function App() {
  const controls = useHub()
  const [message, announce] = useAnnouncement()
  useLayoutEffect(() => {
    document.documentElement.lang = text.locale
  }, [])
  return (
    <Announce.Provider value={announce}>
      <Page {...controls} />
      <p class="toast" role="status">
        {message}
      </p>
    </Announce.Provider>
  )
}

function Page({ hub, refresh, enter, logout, decline }: HubControls) {
  switch (hub.type) {
    case 'loading':
      return (
        <p class="page-loading" role="status">
          {text.loading}
        </p>
      )
    case 'unreachable':
      return <UnreachablePage onRetry={refresh} />
    case 'not-ready':
      return <NotReadyPage problems={hub.problems} onRetry={refresh} />
    case 'unclaimed':
      return <ClaimPage onClaimed={enter} />
    case 'signed-out':
      return <LoginPage ended={hub.ended} onLogin={enter} />
    case 'invited':
      return <JoinPage invitation={hub.invitation} onJoined={enter} onLeave={decline} />
    case 'signed-in':
      return <HomePage person={hub.person} onLogout={logout} />
  }
}
