/** Who used what part of a window of a shared account, for the owner of the account. */
import { useResource } from '../../state/resource.ts'
import { peopleSource } from '../../state/sources.ts'
import { nameAmong } from '../../state/people.ts'
import { percentOf } from '../../state/shares.ts'
import { text } from '../../text.ts'
import { words } from '../../text/shares.ts'
import type { KeyWindow } from './key-windows.tsx'

interface PersonPartsProps {
  parts: NonNullable<KeyWindow['byPerson']>
  limit: number
  write: (amount: number) => string
}

/** The others are summed up in words. */
const mostShown = 6

export function PersonParts({ parts, limit, write }: PersonPartsProps) {
  // An owner who is no administrator any longer reads ids: the list of people is not theirs.
  const people = useResource(peopleSource).data ?? []
  const rest = parts.length - mostShown
  return (
    <ul class="parts" aria-label={words.people}>
      {parts.slice(0, mostShown).map(({ user, used, reserved }) => (
        <li key={user}>
          <span class="part-name">{specialNames[user] ?? nameAmong(people, user) ?? user}</span>
          <span class="bar-track" aria-hidden="true">
            <span class="bar-used" style={{ '--part': `${percentOf(used, limit)}%` }} />
            <span class="bar-reserved" style={{ '--part': `${percentOf(reserved, limit)}%` }} />
          </span>
          <span class="figures">{words.part(write(used + reserved), percentOf(used + reserved, limit))}</span>
        </li>
      ))}
      {rest > 0 && <li class="quiet">{words.more(rest)}</li>}
    </ul>
  )
}

const specialNames: Readonly<Record<string, string>> = { hub: text.anonymous, '*': words.others }
