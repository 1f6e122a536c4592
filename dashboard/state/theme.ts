/**
 * Light or dark: as the system has it, unless a person chose. A preference, kept in this browser;
 * nothing else is.
 */
import { useState } from 'preact/hooks'

export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

const place = 'hub:theme'

export function readTheme(): Theme {
  const stored = readPreference()
  return themes.find((theme) => theme === stored) ?? 'system'
}

/** Shows the page in a theme, and remembers it. */
export function applyTheme(theme: Theme): void {
  document.documentElement.dataset['theme'] = theme
  try {
    if (theme === 'system') localStorage.removeItem(place)
    else localStorage.setItem(place, theme)
  } catch {
    // A browser that keeps nothing shows it until the page is left.
  }
}

export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState(readTheme)
  return [
    theme,
    (next) => {
      applyTheme(next)
      setTheme(next)
    },
  ]
}

function readPreference(): string | null {
  try {
    return localStorage.getItem(place)
  } catch {
    return null
  }
}
