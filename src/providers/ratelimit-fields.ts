/**
 * The `RateLimit` fields of the IETF's draft, in its three generations. The policy names the window
 * in seconds: without it, or with a window that is none of ours, nothing is known.
 * https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
 *
 *     RateLimit-Limit: 100   RateLimit-Remaining: 50   RateLimit-Reset: 30   RateLimit-Policy: 100;w=60       (up to 06)
 *     RateLimit: limit=100, remaining=50, reset=30                           RateLimit-Policy: 100;w=60       (07)
 *     RateLimit: "burst";r=50;t=30                                           RateLimit-Policy: "burst";q=100;w=60   (08 and later)
 */
import { type Claim, periodsBySeconds } from './limit-claims.ts'

/**
 * What the fields say; requests are counted unless they name another unit, and then they are not
 * for us.
 */
export function claimsInFields(headers: ReadonlyMap<string, string>): Claim[] {
  const policies = readItems(headers.get('ratelimit-policy'))
  if (policies.length === 0) return []
  const state = stateOf(headers)
  return policies.flatMap((policy): Claim[] => {
    const per = periodsBySeconds.get(policy.parameters.get('w'))
    const unit = policy.parameters.get('qu') ?? 'requests'
    if (per === undefined || unit !== 'requests') return []
    const limit = policy.parameters.get('q') ?? policy.name
    return [{ unit, per, limit, ...state(policy.name, limit, policies.length === 1) }]
  })
}

interface Item {
  name: string
  parameters: ReadonlyMap<string, string>
}

/**
 * Where the state of a policy stands: under its name, or by itself; then it is that of the only
 * policy, or the one with this limit.
 */
function stateOf(
  headers: ReadonlyMap<string, string>,
): (name: string, limit: string, isOnly: boolean) => Partial<Claim> {
  const items = readItems(headers.get('ratelimit'))
  const named = new Map(items.map((item) => [item.name, item.parameters]))
  const members = new Map(items.map(({ name }) => splitPair(name)))
  const read = (name: string) => members.get(name) ?? headers.get(`ratelimit-${name}`)
  return (name, limit, isOnly) => {
    const own = named.get(name)
    if (own) return { remaining: own.get('r'), reset: own.get('t') }
    if (!isOnly && read('limit')?.trim() !== limit) return {}
    return { remaining: read('remaining'), reset: read('reset') }
  }
}

/**
 * A list of structured fields (RFC 9651), as far as these need it:
 * `"name";key=value;key="value", 100;w=60`.
 */
function readItems(text: string | undefined): Item[] {
  if (text === undefined) return []
  return text.split(',').map((part) => {
    const [name = '', ...parameters] = part.split(';')
    return { name: unquote(name), parameters: new Map(parameters.map(splitPair)) }
  })
}

function splitPair(text: string): [string, string] {
  const [key = '', value = ''] = text.split('=')
  return [key.trim().toLowerCase(), unquote(value)]
}

function unquote(text: string): string {
  return text.trim().replace(/^"(.*)"$/, '$1')
}
