/** What the keys, tokens and people are called that requests mention. */
import { useKeyNames, useTokenNames } from '../../state/sources.ts'
import { words } from '../../text/logs.ts'

interface LogNames {
  key: (id: string) => string
  token: (id: string) => string
}

const none: Record<string, string> = {}

/**
 * Names as the hub gave them with the requests; a person's own keys and tokens have theirs also
 * where no request mentions them. What is gone, and what is not theirs to know, is called by its
 * id.
 */
export function useLogNames(names = none): LogNames {
  const keyName = useKeyNames()
  const tokenName = useTokenNames()
  return {
    key: (id) => names[id] ?? keyName(id),
    token: (id) => names[id] ?? tokenName(id),
  }
}

/** What somebody is called whose request it is; where the hub is open, it may be nobody's. */
export function ownerName(id: string, names: Record<string, string>): string {
  return names[id] ?? (id === 'hub' ? words.nobodys : id)
}
