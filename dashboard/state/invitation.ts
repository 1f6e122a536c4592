/**
 * Reads the invite of a link. It is in the fragment of the address, so that no request and no log
 * contains it.
 */

export function readInvitation(): string | undefined {
  return new URLSearchParams(window.location.hash.slice(1)).get('invitation') ?? undefined
}

/** Takes an invitation out of the address, and out of the browser's history. */
export function forgetInvitation(): void {
  if (readInvitation() === undefined) return
  window.history.replaceState(null, '', window.location.pathname)
}
