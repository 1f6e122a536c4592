/**
 * The browser's address as state. It includes the filters of a page, so that a link shares them.
 */
import { useEffect, useState } from 'preact/hooks'

export interface Address {
  path: string
  /** The query string without its question mark. */
  search: string
}

const moved = new EventTarget()

export function readAddress(): Address {
  return { path: location.pathname, search: location.search.slice(1) }
}

/** A page with unsaved changes. */
interface UnsavedPage {
  href: string
  path: string
  question: string
}

let unsaved: UnsavedPage | undefined

/** Returns whether the page may be left. Asks the person where changes would be lost. */
export function mayLeave(): boolean {
  return !unsaved || confirm(unsaved.question)
}

/** Asks this question before the page is left, by any way, while changes are unsaved. */
export function useUnsavedChanges(areUnsaved: boolean, question: string): void {
  useEffect(() => {
    if (!areUnsaved) return
    unsaved = { href: location.href, path: location.pathname, question }
    const stay = (event: BeforeUnloadEvent): void => event.preventDefault()
    window.addEventListener('beforeunload', stay)
    return () => {
      unsaved = undefined
      window.removeEventListener('beforeunload', stay)
    }
  }, [areUnsaved, question])
}

/**
 * Asks before a step in the history leaves unsaved changes. Called before `useAddress` is: browsers
 * call listeners of the window in the order in which they were added, and this one silences the
 * others.
 */
export function guardHistory(): void {
  window.addEventListener('popstate', (event) => {
    if (!unsaved || location.pathname === unsaved.path || mayLeave()) return
    event.stopImmediatePropagation()
    history.pushState(null, '', unsaved.href)
  })
}

interface NavigateOptions {
  /** Takes the place of the present address in the history. */
  replace?: boolean
  /** Leaves the page without asking, because its unsaved changes no longer matter. */
  discard?: boolean
}

/** Goes to another address of the dashboard, unless the person wants to keep unsaved changes. */
export function navigate(to: string, { replace = false, discard = false }: NavigateOptions = {}): void {
  const url = new URL(to, location.href)
  if (!discard && url.pathname !== location.pathname && !mayLeave()) return
  if (url.href !== location.href) {
    if (replace) history.replaceState(null, '', url)
    else {
      history.replaceState({ scrollY }, '')
      history.pushState(null, '', url)
    }
  }
  moved.dispatchEvent(new Event('move'))
}

/**
 * How far down a person had read when they left this page, in pixels; 0 where they come to it by a
 * link.
 */
export function readScroll(): number {
  const state: unknown = history.state
  const isKept = typeof state === 'object' && state !== null && 'scrollY' in state
  return isKept && typeof state.scrollY === 'number' ? state.scrollY : 0
}

export function useAddress(): Address {
  const [address, setAddress] = useState(readAddress)
  useEffect(() => {
    const read = (): void =>
      setAddress((before) => {
        const now = readAddress()
        return before.path === now.path && before.search === now.search ? before : now
      })
    read()
    moved.addEventListener('move', read)
    window.addEventListener('popstate', read)
    return () => {
      moved.removeEventListener('move', read)
      window.removeEventListener('popstate', read)
    }
  }, [])
  return address
}

/**
 * Opens links to other pages without reloading the dashboard. The browser handles all other links.
 */
export function followLinks(isPage: (path: string) => boolean): () => void {
  const follow = (event: MouseEvent): void => {
    if (event.defaultPrevented || event.button !== 0) return
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    const link = event.target instanceof Element ? event.target.closest('a') : null
    if (!link?.href || link.target || link.hasAttribute('download')) return
    const url = new URL(link.href)
    if (url.origin !== location.origin || !isPage(url.pathname)) return
    // A place on the same page is the browser's business.
    if (url.hash && url.pathname === location.pathname) return
    event.preventDefault()
    navigate(url.href)
  }
  document.addEventListener('click', follow)
  return () => document.removeEventListener('click', follow)
}
