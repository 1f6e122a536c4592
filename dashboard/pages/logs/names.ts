/** Names of the keys, tokens and users of requests. */
import { useKeyNames, useTokenNames } from '../../state/sources.ts'
import { text } from '../../text.ts'

interface LogNames {
  key: (id: string) => string
  token: (id: string) => string
}

const none: Record<string, string> = {}

/**
 * Names from the hub's answer. The user's own keys and tokens have names even if no request
 * mentions them. Deleted and private objects are shown by id.
 */
export function useLogNames(names = none): LogNames {
  const keyName = useKeyNames()
  const tokenName = useTokenNames()
  return {
    key: (id) => names[id] ?? keyName(id),
    token: (id) => names[id] ?? tokenName(id),
  }
}

/** Returns the name of the user who sent a request. */
export function ownerName(id: string, names: Record<string, string>): string {
  return names[id] ?? (id === 'hub' ? text.anonymous : id)
}
