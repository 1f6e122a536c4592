/** Sets the window's title to that of a new page, and focuses the start of the page. */
import { useEffect, useRef } from 'preact/hooks'
import { text } from '../text.ts'

/**
 * @param start finds where the page begins, beside its heading.
 * @returns a ref for the page.
 */
export function useArrival<Page extends HTMLElement>(title: string, start = 'h1') {
  const page = useRef<Page>(null)
  useEffect(() => {
    document.title = text.titled(title)
  }, [title])
  useEffect(() => {
    const found = page.current?.querySelector<HTMLElement>(start) ?? page.current?.querySelector('h1')
    // The page view decides how far down it is shown.
    found?.focus({ preventScroll: true })
  }, [start])
  return page
}
