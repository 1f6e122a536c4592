/** What the keys, tokens and people are called that requests mention. */
import { useKeyNames, useTokenNames } from '../../state/sources.ts'

export interface LogNames {
  key: (id: string) => string
  token: (id: string) => string
  owner: (id: string) => string
}

export function useLogNames(): LogNames {
  return { key: useKeyNames(), token: useTokenNames(), owner: (id) => id }
}
