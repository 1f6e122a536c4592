/** What people are called. Pure. */
import type { Person } from '../api.ts'

/** A name that a person goes by; their id where they have none left. */
export function nameOfPerson({ username, email, id }: Pick<Person, 'username' | 'email' | 'id'>): string {
  return username ?? email ?? id
}
