/** What the groups of a kind are called. */
import { useMemo } from 'preact/hooks'
import type { Person } from '../../api.ts'
import { nameOfPerson } from '../../state/people.ts'
import { useResource } from '../../state/resource.ts'
import { peopleSource, useKeyNames, useProviderNames, useTokenNames } from '../../state/sources.ts'
import type { UsageGroup } from '../../state/usage-view.ts'
import { words } from '../../text/usage.ts'

/** A function that names a group. Without a value there was none of the kind: nobody served it, or no token was sent. */
export function useGroupNames(by: UsageGroup, person: Person): (group: string) => string {
  const keyName = useKeyNames()
  const tokenName = useTokenNames()
  const providerName = useProviderNames()
  const names: Record<UsageGroup, (id: string) => string> = {
    model: (id) => id,
    provider: providerName,
    key: keyName,
    token: tokenName,
    user: usePersonNames(person),
  }
  return (group) => (group === '' ? words.none[by] : names[by](group))
}

function usePersonNames(person: Person): (id: string) => string {
  // Only administrators may read who is here; anybody knows themselves.
  const mine = useMemo(() => ({ name: 'users?self', load: async () => [person] }), [person])
  const people = useResource<Pick<Person, 'id' | 'username' | 'email'>[]>(
    person.role === 'admin' ? peopleSource : mine,
  )
  return (id) => {
    const found = people.data?.find((one) => one.id === id)
    return found ? nameOfPerson(found) : id
  }
}
