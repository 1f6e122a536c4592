/** What a provider's answer says of its limits. */
import type { Period } from '../quota/calendar.ts'
import type { Reset } from './provider.ts'

/** One limit as an answer states it. Times are milliseconds since the epoch. */
export interface StatedLimit {
  unit: 'requests' | 'tokens'
  per: Period
  /** Whether the provider counts it for the account or for the model that was called. */
  scope: 'account' | 'model'
  limit?: number
  remaining?: number
  /** When it is whole again, where stated. */
  resetsAt?: number
  /** How it resets, where that is known of this provider. */
  resets?: Reset
}

export function statedLimits(..._arguments: unknown[]): StatedLimit[] {
  return []
}
