/**
 * The names under which this hub is reached: a call to one of them would come back here. A name is
 * believed only where the platform states it. Cloudflare routes by host name, so a deployment
 * trusts the host of a request whose credentials are good. A local run listens for every name, so
 * that the header `host` is the sender's own word there: it knows itself by its port instead.
 */
import type { Env } from '../env.ts'

const hosts = new Set<string>()
/** More names than a deployment has; the oldest go. */
const maxHosts = 100

/** Every spelling of this machine that `URL` leaves as it is. */
const loopbackNames = ['localhost', '127.0.0.1', '0.0.0.0', '[::1]', '[::]', '[::ffff:7f00:1]']

/**
 * Remembers the names that a request proves, once its credentials are good.
 * @param url that of the request.
 */
export function noteReachedHost(env: Pick<Env, 'HUB_LOCAL' | 'HUB_PORT'>, url: string): void {
  if (env.HUB_LOCAL !== '1') return noteOwnHost(url)
  if (env.HUB_PORT === undefined) return
  for (const name of loopbackNames) noteOwnHost(`http://${name}:${env.HUB_PORT}/`)
}

/** Remembers the host and port of a URL. */
export function noteOwnHost(url: string): void {
  const start = url.indexOf('//') + 2
  const end = url.indexOf('/', start)
  const host = url.slice(start, end < 0 ? undefined : end).toLowerCase()
  if (hosts.has(host)) return
  hosts.add(host)
  if (hosts.size > maxHosts) hosts.delete(hosts.values().next().value ?? '')
}

/** Whether a URL leads to this hub, as far as this isolate knows. */
export function isOwnHost({ host }: URL): boolean {
  return hosts.has(host.toLowerCase().replace(/\.(?=:|$)/, ''))
}
