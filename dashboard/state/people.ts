/** What people are called. Pure. */
import type { Person, User } from '../api.ts'

/** A name that a person goes by; their id where they have none left. */
export function nameOfPerson({ username, email, id }: Pick<Person, 'username' | 'email' | 'id'>): string {
  return username ?? email ?? id
}

/** What one of these people is called; undefined where none of them has this id. */
export function nameAmong(people: readonly User[], id: string): string | undefined {
  const found = people.find((one) => one.id === id)
  return found && nameOfPerson(found)
}
