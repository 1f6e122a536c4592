/**
 * Where a request came from, as far as it can be believed: `cf-connecting-ip`, which Cloudflare
 * sets and a client cannot. Headers such as `x-forwarded-for` are the client's own words and are
 * not read. https://developers.cloudflare.com/fundamentals/reference/http-headers/#cf-connecting-ip
 */

/**
 * `HUB_DIRECT` is `1` where clients connect without Cloudflare in front: the header is then their
 * own word.
 */
interface Platform {
  HUB_DIRECT?: unknown
}

/** The name that everything is counted under where no address is known. */
export const noAddress = 'local'

/** The address as Cloudflare states it; undefined where Cloudflare is not in front. */
export function statedAddress(headers: Headers, { HUB_DIRECT }: Platform): string | undefined {
  if (HUB_DIRECT === '1') return undefined
  return headers.get('cf-connecting-ip')?.trim() || undefined
}

/**
 * The address that what a client does is counted under. Of IPv6 only the network counts (the first
 * 64 bits): its holder has every address in it. `local` where there is none, in local runs.
 */
export function clientAddress(headers: Headers, platform: Platform): string {
  const address = statedAddress(headers, platform)?.toLowerCase()
  if (!address) return noAddress
  return address.includes(':') ? networkOf(address) : address
}

/**
 * `2001:db8:0:1::/64`, written in one way whichever way the address was. RFC 5952 abbreviates
 * further; a name need not.
 */
function networkOf(address: string): string {
  const [head = '', tail] = (address.split('%', 1)[0] ?? '').split('::')
  const first = head.split(':').filter(Boolean)
  const last = tail?.split(':').filter(Boolean) ?? []
  // An address in dotted form at the end stands for two groups.
  const given = first.length + last.length + (address.includes('.') ? 1 : 0)
  const groups = [...first, ...Array.from({ length: tail === undefined ? 0 : 8 - given }, () => '0'), ...last]
  const network = groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16))
  return `${network.join(':')}::/64`
}
