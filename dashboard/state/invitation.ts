/**
 * The invitation that a link brought: it stands behind the "#" of the address, which no request and
 * no log holds.
 */

export function readInvitation(): string | undefined {
  return new URLSearchParams(window.location.hash.slice(1)).get('invitation') ?? undefined
}

/** Takes an invitation out of the address, and out of the browser's history. */
export function forgetInvitation(): void {
  if (readInvitation() === undefined) return
  window.history.replaceState(null, '', window.location.pathname)
}
