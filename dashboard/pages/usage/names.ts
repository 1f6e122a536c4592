/** What the groups of a kind are called. */
import { useProviderNames } from '../../state/sources.ts'
import type { UsageGroup } from '../../state/usage-view.ts'
import { words } from '../../text/usage.ts'

/**
 * A function that names a group. Without a value there was none of the kind: nobody served it, or
 * no token was sent.
 * @param names as the hub gave them, by id; what is gone, and what is not the reader's to know, is
 *   called by its id.
 */
export function useGroupNames(
  by: UsageGroup,
  names: Record<string, string>,
): (group: string | null) => string {
  const providerName = useProviderNames()
  return (group) => {
    if (group === null) return words.others
    if (group === '') return words.none[by]
    if (by === 'provider') return providerName(group)
    return names[group] ?? (by === 'user' && group === 'hub' ? words.nobodys : group)
  }
}
