/** The way to a user's object. Its name is made here and nowhere else. */
import type { Env } from '../env.ts'
import type { UserObject } from './user-object.ts'

export function userStub(env: Env, userId: string): DurableObjectStub<UserObject> {
  return env.USER_OBJECT.getByName(userId)
}
