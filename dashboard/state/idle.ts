/** What is not needed at first sight waits until the browser has nothing better to do. */
import { useEffect, useState } from 'preact/hooks'

/** A browser that never is idle gets to it all the same. */
const longestWaitMs = 1_000
/** Where a browser does not say whether it is idle, as Safari. */
const usualWaitMs = 100

/** @returns a function that takes it back. */
export function whenIdle(work: () => void): () => void {
  if (typeof requestIdleCallback === 'undefined') {
    const timer = setTimeout(work, usualWaitMs)
    return () => clearTimeout(timer)
  }
  const asked = requestIdleCallback(work, { timeout: longestWaitMs })
  return () => cancelIdleCallback(asked)
}

/** False at first sight, and true from when the browser was idle once. */
export function useIdle(): boolean {
  const [idle, setIdle] = useState(false)
  useEffect(() => whenIdle(() => setIdle(true)), [])
  return idle
}

/** Grows to a number in slices, with a breath in between: what is long is drawn bit by bit. */
export function useSlices(whole: number, slice: number): number {
  const [grown, setGrown] = useState(0)
  const drawn = Math.max(grown, slice)
  const isWhole = drawn >= whole
  useEffect(() => (isWhole ? undefined : whenIdle(() => setGrown(drawn + slice))), [isWhole, drawn, slice])
  return Math.min(drawn, whole)
}
