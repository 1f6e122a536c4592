/** A pause of the Worker that ends early when there is no reason left to wait. */

/** Waits so many milliseconds, or until one of the signals fires. */
export async function pause(ms: number, signals: readonly AbortSignal[]): Promise<void> {
  if (signals.some(({ aborted }) => aborted)) return
  const { promise, resolve } = Promise.withResolvers<void>()
  const end = (): void => resolve()
  const timer = setTimeout(end, Math.max(0, ms))
  for (const signal of signals) signal.addEventListener('abort', end)
  await promise
  clearTimeout(timer)
  for (const signal of signals) signal.removeEventListener('abort', end)
}
