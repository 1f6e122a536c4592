/**
 * The user's account and, for administrators, the hub: registration, retention and encryption of
 * keys.
 */
import { ThemeChoice } from '../frame/theme-choice.tsx'
import { Card } from '../parts/card.tsx'
import { Page } from '../parts/page.tsx'
import { words } from '../text/settings.ts'
import type { PageProps } from './index.ts'
import { DefaultsCard } from './settings/defaults.tsx'
import { HubCard } from './settings/hub.tsx'
import { InvitationsCard } from './settings/invitations.tsx'
import { PasswordCard } from './settings/password.tsx'
import { ProfileCard } from './settings/profile.tsx'
import { SessionsCard } from './settings/sessions.tsx'
import { TranscriptsCard } from './settings/transcripts.tsx'
import { VaultCard } from './settings/vault.tsx'
import './settings.css'

export default function SettingsPage({ person }: PageProps) {
  return (
    <Page title={words.title} lede={words.lede} class="settings">
      <ProfileCard />
      <PasswordCard />
      <Card title={words.appearance}>
        <ThemeChoice />
        <p class="hint">{words.appearanceHint}</p>
      </Card>
      <TranscriptsCard person={person} />
      <SessionsCard />
      {person.role === 'admin' && (
        <>
          <HubCard />
          <DefaultsCard />
          <InvitationsCard />
          <VaultCard />
        </>
      )}
    </Page>
  )
}
