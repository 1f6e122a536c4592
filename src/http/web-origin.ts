/**
 * Reads the origin of an address as browsers send it: a scheme, a host and perhaps a port. Apps in
 * a shell of their own have schemes of their own (`app://obsidian.md`, `vscode-webview://…`), for
 * which `URL.origin` is "null". https://url.spec.whatwg.org/#concept-url-origin
 * @returns the origin in its normal form, or undefined where the address has none.
 */
export function readOrigin(text: string): string | undefined {
  const url = URL.parse(text)
  // Hosts of unknown schemes are kept as they were written, and compared so.
  if (!url || url.host === '' || url.username !== '' || url.password !== '') return undefined
  return `${url.protocol}//${url.host.toLowerCase()}`
}
