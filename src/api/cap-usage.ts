/**
 * The use of caps, as the objects of people and teams count it. An object is asked only where
 * something is capped. One that does not answer leaves the use out: what it belongs to is in D1,
 * and is shown.
 */
import type { Team } from '../db/teams.ts'
import type { StoredToken } from '../db/tokens.ts'
import type { User } from '../db/users.ts'
import type { Env } from '../env.ts'
import { teamStub } from '../team/stub.ts'
import { type CapUse, hasCaps, type Rules, rulesOf } from '../user/rpc.ts'
import { userStub } from '../user/stub.ts'

/** The use of those tokens that have caps, by their ids. */
export async function usesOfTokens(env: Env, tokens: readonly StoredToken[]): Promise<Map<string, CapUse>> {
  const byOwner = Map.groupBy(tokens.filter(hasCaps), ({ owner }) => owner)
  const uses = await Promise.all(
    [...byOwner].map(([owner, owned]) =>
      usesAt(
        env,
        owner,
        owned.map((token) => rulesOf('token', token)),
      ),
    ),
  )
  return new Map(uses.flat())
}

/** The use of a person over all tokens and sessions. */
export async function useOfPerson(env: Env, user: User): Promise<CapUse | undefined> {
  if (!hasCaps(user)) return undefined
  const [[, use] = []] = await usesAt(env, user.id, [rulesOf('person', user)])
  return use
}

/** The use of everyone without a credential together. */
export async function useOfOpenAccess(
  env: Env,
  caps: Parameters<typeof hasCaps>[0],
): Promise<CapUse | undefined> {
  if (!hasCaps(caps)) return undefined
  const [[, use] = []] = await usesAt(env, 'hub', [rulesOf('open-access', { id: 'hub', ...caps })])
  return use
}

/** The use of a team over all of its members. */
export async function useOfTeam(env: Env, team: Team): Promise<CapUse | undefined> {
  if (!hasCaps(team)) return undefined
  return teamStub(env, team.id).use(rulesOf('team', team)).catch(noUse)
}

async function usesAt(env: Env, userId: string, rules: Rules[]): Promise<[string, CapUse][]> {
  const uses = (await userStub(env, userId).uses(rules).catch(noUse)) ?? []
  return rules.flatMap(({ id }, index): [string, CapUse][] => (uses[index] ? [[id, uses[index]]] : []))
}

function noUse(error: unknown): undefined {
  console.warn('The use of caps could not be read.', error)
}
