/** The names under which this hub is reached, as far as this isolate has seen: a request to one of them would come back here. */

const hosts = new Set<string>()
/** Cloudflare routes by host name, so that nobody can make more of them than the deployment has. */
const maxHosts = 100

/** Remembers the host and port of a request's URL. */
export function noteOwnHost(url: string): void {
  const start = url.indexOf('//') + 2
  const end = url.indexOf('/', start)
  const host = url.slice(start, end < 0 ? undefined : end).toLowerCase()
  if (hosts.has(host)) return
  hosts.add(host)
  if (hosts.size > maxHosts) hosts.delete(hosts.values().next().value ?? '')
}

export function isOwnHost({ host }: URL): boolean {
  return hosts.has(host.toLowerCase().replace(/\.(?=:|$)/, ''))
}
