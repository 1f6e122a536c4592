/** The frame of every page: navigation, the signed-in user, and the page itself. */
import { useEffect, useState } from 'preact/hooks'
import type { Person } from '../api.ts'
import { Icon } from '../parts/icon.tsx'
import { Mark } from '../parts/mark.tsx'
import { pages } from '../pages/index.ts'
import { followLinks, useAddress } from '../state/address.ts'
import { findPage } from '../state/find-page.ts'
import { useLive } from '../state/live.ts'
import { text } from '../text.ts'
import { Bottom, Navigation } from './navigation.tsx'
import { Drawer } from './drawer.tsx'
import { PageView } from './page-view.tsx'
import { Palette, usePalette } from './palette.tsx'
import { ThemeChoice } from './theme-choice.tsx'

export interface FrameProps {
  person: Person
  onLogout: () => Promise<void>
}

export function Frame({ person, onLogout }: FrameProps) {
  const { path } = useAddress()
  const [drawer, setDrawer] = useState(false)
  const palette = usePalette()
  useLive()
  useEffect(() => followLinks((to) => findPage(pages, to, person.role).type === 'page'), [person.role])
  // Who went somewhere by the drawer has no more use for it.
  useEffect(() => setDrawer(false), [path])

  return (
    <div class="frame">
      <a class="skip" href="#main">
        {text.frame.skip}
      </a>
      <header class="side">
        <p class="brand">
          <Mark />
          {text.name}
        </p>
        <SearchButton onOpen={palette.open} />
        <Navigation path={path} person={person} />
        <Foot person={person} onLogout={onLogout} />
      </header>
      <header class="top">
        <p class="brand">
          <Mark />
          {text.name}
        </p>
        <button
          type="button"
          class="button icon-button"
          aria-label={text.frame.search}
          onClick={palette.open}
        >
          <Icon name="search" />
        </button>
      </header>
      <main id="main" tabIndex={-1}>
        <PageView path={path} person={person} />
      </main>
      <Bottom path={path} person={person} onMenu={() => setDrawer(true)} />
      {drawer && (
        <Drawer onClosed={() => setDrawer(false)}>
          <Navigation path={path} person={person} />
          <Foot person={person} onLogout={onLogout} />
        </Drawer>
      )}
      {palette.isOpen && <Palette person={person} onLogout={onLogout} onClosed={palette.close} />}
    </div>
  )
}

function SearchButton({ onOpen }: { onOpen: () => void }) {
  return (
    <button type="button" class="search-button" aria-keyshortcuts="Control+K Meta+K" onClick={onOpen}>
      <Icon name="search" />
      {text.frame.search}
      <kbd>{/Mac|iPhone|iPad/.test(navigator.platform) ? '⌘K' : 'Ctrl K'}</kbd>
    </button>
  )
}

function Foot({ person, onLogout }: FrameProps) {
  return (
    <div class="foot">
      <ThemeChoice />
      <p class="person">
        <span class="visually-hidden">{text.frame.signedInAs} </span>
        <span class="person-name">{person.username ?? person.email}</span>
        <button type="button" class="button small" onClick={() => void onLogout()}>
          {text.frame.logout}
        </button>
      </p>
    </div>
  )
}
