/** How a gateway token is entered and shown: its fields, and what is used of its limits. */
import { z } from 'zod'
import type { StoredToken } from '../../db/tokens.ts'
import type { CapUse } from '../../user/rpc.ts'
import { CapsInput, CapsState, CapsView, showCaps, showState } from './caps.ts'
import { ModelPatterns, Name, Time, TimeInput, toTime, toTimeOrNull } from './common.ts'

export const TokenInput = z.strictObject({
  name: Name,
  expiresAt: TimeInput.nullish(),
  allowedModels: ModelPatterns.nullish(),
  ...CapsInput,
  /** Seconds that a request waits for a slot when everything rests, unless it says otherwise. */
  defaultWait: z.int().min(0).max(300).nullish(),
})
export const TokenChange = TokenInput.partial()

export const Token = z.object({
  id: z.string(),
  /** The id of its owner. */
  owner: z.string(),
  name: z.string(),
  prefix: z.string(),
  allowedModels: z.array(z.string()).nullable(),
  ...CapsView,
  defaultWait: z.number().nullable(),
  expiresAt: Time.nullable(),
  lastUsedAt: Time.nullable(),
  createdAt: Time,
  state: CapsState,
})
/** A token that was just made or changed. */
export const ChangedToken = Token.extend({
  /** What seems mistyped in it, in words. */
  warnings: z.array(z.string()),
})
/** The secret is in this one answer and nowhere else. */
export const NewToken = ChangedToken.extend({ token: z.string() })

/**
 * A stored token as the API shows it.
 * @param use what its owner's object knows; absent where it has no limits.
 */
export function showToken(token: StoredToken, use: CapUse | undefined): z.infer<typeof Token> {
  return {
    id: token.id,
    owner: token.owner,
    name: token.name,
    prefix: token.prefix,
    allowedModels: token.allowedModels,
    ...showCaps(token),
    defaultWait: token.defaultWait,
    expiresAt: toTimeOrNull(token.expiresAt),
    lastUsedAt: toTimeOrNull(token.lastUsedAt),
    createdAt: toTime(token.createdAt),
    state: showState(use),
  }
}
