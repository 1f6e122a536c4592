/**
 * Which key a conversation was on last, as long as the provider may hold its prompt in a cache. An
 * account remembers its own; the pool remembers whose account it was. Pure.
 */
import { minuteMs } from '../domain/time.ts'
import { type Account, accountOf, type PoolState } from './pool-state.ts'

/** How long a provider may hold a prompt in its cache after it was used last. */
const conversationMs = 10 * minuteMs
/** So many each account remembers, and so many the pool. */
const mostOfAccount = 64
const mostOfPool = 10_000

/** The key that a conversation was on last, as long as that may help. */
export function usualKey(state: PoolState, conversation: string, now: number): string | undefined {
  const account = state.conversations.get(conversation)
  const last = account === undefined ? undefined : accountOf(state, account).conversations?.[conversation]
  return last && now - last.at < conversationMs ? last.key : undefined
}

/** What an account remembers once a conversation has gone on with one of its keys. */
export function withConversation(
  known: Account['conversations'],
  conversation: string,
  key: string,
  now: number,
): NonNullable<Account['conversations']> {
  const { [conversation]: _before, ...others } = known ?? {}
  const recent = Object.entries(others).filter(([, { at }]) => now - at < conversationMs)
  return Object.fromEntries([...recent.slice(-(mostOfAccount - 1)), [conversation, { key, at: now }]])
}

/**
 * Notes where a conversation was last: on the account that has just given a lease. The longest ago
 * is forgotten first.
 */
export function remember(known: PoolState['conversations'], id: string, { conversations }: Account): void {
  const latest = Object.keys(conversations ?? {}).at(-1)
  if (latest === undefined) return
  known.delete(latest)
  known.set(latest, id)
  if (known.size > mostOfPool) known.delete(known.keys().next().value ?? '')
}
