/** What the page's sheets ask of the screen, asked by a script. */
import { useEffect, useState } from 'preact/hooks'

/** Where the sheets turn tables into cards, and fold away what a phone has no place for. */
const narrow = '(width < 40rem)'

/** Whether the screen is as narrow as a phone's, as long as it is. */
export function useIsNarrow(): boolean {
  const [isNarrow, setIsNarrow] = useState(() => matchMedia(narrow).matches)
  useEffect(() => {
    const list = matchMedia(narrow)
    const look = (): void => setIsNarrow(list.matches)
    list.addEventListener('change', look)
    return () => list.removeEventListener('change', look)
  }, [])
  return isNarrow
}
