/** Names of the groups of the usage report. */
import { useProviderNames } from '../../state/sources.ts'
import type { UsageGroup } from '../../state/usage-view.ts'
import { text } from '../../text.ts'
import { words } from '../../text/usage.ts'

/**
 * Returns a function that names a group. An empty group has requests without a provider, key, token
 * or user.
 * @param names from the hub's answer, by id. Deleted and private objects are shown by id.
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
    return names[group] ?? (by === 'user' && group === 'hub' ? text.anonymous : group)
  }
}
