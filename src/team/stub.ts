/** The way to a team's object. Its name is made here and nowhere else. */
import type { Env } from '../env.ts'
import type { TeamObject } from './team-object.ts'

export function teamStub(env: Env, teamId: string): DurableObjectStub<TeamObject> {
  return env.TEAM_OBJECT.getByName(teamId)
}
