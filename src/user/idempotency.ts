/**
 * Whose call it is, of several with one idempotency key. The first claims the call, leads, and
 * renews its claim while it runs; the others wait for what it leaves. Pure, and given the time.
 */
import { hourMs, minuteMs } from '../domain/time.ts'

/**
 * A claim lasts so long without being renewed, in milliseconds: a leader that died holds nobody up
 * for more than a minute.
 */
export const claimMs = minuteMs
/** How often a leader renews it. Two renewals may fail. */
export const renewMs = 20_000
/** How long an answer is kept for those who ask again, in milliseconds. */
export const keepMs = hourMs

/** A claim as it is stored. */
export interface Claim {
  /** The hash of who asks, in which dialect, under which idempotency key. */
  name: string
  /** The hash of what was sent. */
  body: string
  /**
   * What the leader shows to renew the claim or to end it: whoever was too late holds another one.
   */
  ticket: string
  /**
   * `running` while there is no answer yet; `too-large` where there was one that could not be kept.
   */
  outcome: 'running' | 'kept' | 'too-large'
  expiresAt: number
}

/** A call as it is claimed: the hashes that a claim has. */
export interface ClaimedCall extends Pick<Claim, 'name' | 'body'> {
  /**
   * The ticket of an answer that was given for this call and does not open: it counts as not kept.
   */
  unreadable?: string
}

/** How a call stands to what is known of its name. */
export type Standing = 'free' | 'conflict' | Claim['outcome']

export function standingOf(claim: Claim | undefined, call: ClaimedCall, now: number): Standing {
  if (!claim || claim.expiresAt <= now) return 'free'
  if (claim.body !== call.body) return 'conflict'
  return claim.outcome === 'kept' && claim.ticket === call.unreadable ? 'free' : claim.outcome
}

/**
 * Whether this ticket still leads. One whose claim ran out leads as long as nobody else has taken
 * it.
 */
export function leads(claim: Claim | undefined, ticket: string): claim is Claim {
  return claim?.ticket === ticket && claim.outcome === 'running'
}

/** What a caller learns who claims a call. */
export type ClaimOutcome =
  /** It is theirs to make. */
  | { type: 'lead'; ticket: string }
  /** Somebody else is making it: ask again. */
  | { type: 'wait' }
  /** It was made: this is the answer, sealed, with the ticket of its leader. */
  | { type: 'kept'; sealed: string; ticket: string }
  /** It was made, and the answer was too large to keep. */
  | { type: 'too-large' }
  /** Something else was sent under this key. */
  | { type: 'conflict' }

/**
 * With the user's configuration epoch: no key pool may be asked that would tell whether the caller
 * is still who they were.
 */
export type ClaimAnswer = ClaimOutcome & { epoch: number }
