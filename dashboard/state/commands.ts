/**
 * The commands of the command palette, and their search. Pure, except for the commands' effects.
 */
import type { IconName } from '../parts/icon.tsx'
import { text } from '../text.ts'
import { applyTheme, themes } from './theme.ts'

export interface Command {
  type: 'page' | 'action'
  name: string
  icon: IconName
  run: () => void
}

interface Ways {
  navigate: (to: string) => void
  logout: () => Promise<void>
}

/**
 * Every page of the navigation, then what can be done from anywhere. A dialog of a page is an
 * address too: `/keys?add`.
 */
export function commandsFor(
  pages: readonly { path: string; name: string; icon: IconName }[],
  { navigate, logout }: Ways,
): Command[] {
  const go = (type: Command['type'], name: string, icon: IconName, to: string): Command => ({
    type,
    name,
    icon,
    run: () => navigate(to),
  })
  return [
    ...pages.map(({ path, name, icon }) => go('page', name, icon, path)),
    go('action', text.palette.addKey, 'keys', '/keys?add'),
    go('action', text.palette.makeToken, 'tokens', '/tokens?add'),
    ...themes.map((theme): Command => ({
      type: 'action',
      name: text.palette.theme(text.frame.themes[theme]),
      icon: 'settings',
      run: () => applyTheme(theme),
    })),
    { type: 'action', name: text.frame.logout, icon: 'logout', run: () => void logout() },
  ]
}

/** Those whose name has every word that was typed; first the ones that begin with it. */
export function matchCommands(commands: readonly Command[], typed: string): Command[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean)
  const [first = ''] = words
  return commands
    .filter(({ name }) => words.every((word) => name.toLowerCase().includes(word)))
    .toSorted(
      (a, b) =>
        Number(b.name.toLowerCase().startsWith(first)) - Number(a.name.toLowerCase().startsWith(first)),
    )
}
