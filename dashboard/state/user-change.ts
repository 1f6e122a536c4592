/** Changes of a user's role or status, and the question to confirm before some of them. Pure. */
import type { User } from '../api.ts'

export interface UserChange {
  role?: User['role']
  enabled?: boolean
}

export type UserQuestion = 'promote' | 'demote' | 'disable'

/**
 * Returns the question to ask before a change: a new administrator may remove everyone else, and a
 * person who takes rights from their own account cannot give them back.
 */
export function questionBefore({ role, enabled }: UserChange, isSelf: boolean): UserQuestion | undefined {
  if (role === 'admin') return 'promote'
  if (!isSelf) return undefined
  if (role === 'user') return 'demote'
  return enabled === false ? 'disable' : undefined
}
