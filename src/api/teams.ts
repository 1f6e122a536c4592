/**
 * Teams, for administrators: people with common caps. Members are set at the people (`users.ts`).
 */
import { Hono } from 'hono'
import { z } from 'zod'
import { announce } from '../announce/announce.ts'
import { addTeam, changeTeam, findTeam, listTeams, mostTeams, removeTeam, type Team } from '../db/teams.ts'
import type { Env } from '../env.ts'
import { HubError } from '../errors.ts'
import { randomId } from '../ids.ts'
import { CapsInput, CapsState, CapsView, showCaps, showState } from './schemas/caps.ts'
import { useOfTeam } from './cap-usage.ts'
import type { HubContext } from './context.ts'
import { endpoint } from './endpoint.ts'
import { ById, listOf, Name, Time, toTime, withoutUndefined } from './schemas/common.ts'

const TeamInput = z.strictObject({ name: Name, ...CapsInput })
const TeamChange = TeamInput.partial()

const TeamView = z.object({
  id: z.string(),
  name: z.string(),
  ...CapsView,
  /** The number of people in it. */
  members: z.number(),
  createdAt: Time,
  state: CapsState,
})

export const teamRoutes = new Hono<HubContext>()
  .get(
    '/',
    endpoint({
      guard: 'admin',
      summary: 'The teams of this hub, with the use of their caps.',
      answer: listOf(TeamView),
    }),
    async (c) => {
      const teams = await listTeams(c.env.DB)
      const data = await Promise.all(teams.map(({ team, members }) => showTeam(c.env, team, members)))
      return c.json({ data, nextCursor: null })
    },
  )
  .post(
    '/',
    endpoint({
      guard: 'admin',
      audit: 'team.added',
      summary: 'Adds a team.',
      body: TeamInput,
      status: 201,
      answer: TeamView,
    }),
    async (c) => {
      const { name, limits = null, maxConcurrent = null, budget = null } = c.req.valid('json')
      const id = randomId('team')
      const caps = { limits, maxConcurrent, budget }
      const outcome = await addTeam(
        c.env.DB,
        { id, name, ...caps, createdAt: Date.now() },
        {
          actor: c.var.caller.configuration.user.id,
          action: 'team.added',
          subject: id,
          detail: { name, ...caps },
        },
      )
      if (outcome === 'taken') throw nameTaken()
      if (outcome === 'full') {
        throw new HubError('CONFLICT', `A hub can have at most ${mostTeams} teams. Delete one first.`)
      }
      return c.json(await readTeam(c.env, id), 201)
    },
  )
  .get(
    '/:id',
    endpoint({
      guard: 'admin',
      summary: 'One team, with the use of its caps.',
      params: ById,
      answer: TeamView,
    }),
    async (c) => c.json(await readTeam(c.env, c.req.valid('param').id)),
  )
  .patch(
    '/:id',
    endpoint({
      guard: 'admin',
      audit: 'team.changed',
      summary: 'Changes a team: its name and its caps, which hold from the next request of each member.',
      params: ById,
      body: TeamChange,
      answer: TeamView,
    }),
    async (c) => {
      const { id } = c.req.valid('param')
      const change = withoutUndefined(c.req.valid('json'))
      const epoch = await changeTeam(c.env.DB, id, change, {
        actor: c.var.caller.configuration.user.id,
        action: 'team.changed',
        subject: id,
        detail: change,
      })
      if (epoch === undefined) throw noTeam()
      if (epoch === 'taken') throw nameTaken()
      await announce(c.env, [{ type: 'team-changed', team: id, epoch }])
      return c.json(await readTeam(c.env, id))
    },
  )
  .delete(
    '/:id',
    endpoint({
      guard: 'admin',
      audit: 'team.removed',
      summary: 'Removes a team. Its people stay, without a team.',
      params: ById,
      status: 204,
    }),
    async (c) => {
      const { id } = c.req.valid('param')
      const removed = await removeTeam(c.env.DB, id, {
        actor: c.var.caller.configuration.user.id,
        action: 'team.removed',
        subject: id,
      })
      if (!removed) throw noTeam()
      await announce(c.env, [{ type: 'team-removed', team: id }])
      return c.body(null, 204)
    },
  )

async function readTeam(env: Env, id: string): Promise<z.infer<typeof TeamView>> {
  const found = await findTeam(env.DB, id)
  if (!found) throw noTeam()
  return showTeam(env, found.team, found.members)
}

async function showTeam(env: Env, team: Team, members: number): Promise<z.infer<typeof TeamView>> {
  const { id, name, createdAt } = team
  const state = showState(await useOfTeam(env, team))
  return { id, name, ...showCaps(team), members, createdAt: toTime(createdAt), state }
}

function noTeam(): HubError {
  return new HubError('NOT_FOUND', 'Team not found.')
}

function nameTaken(): HubError {
  return new HubError('CONFLICT', 'This team name is taken.', { param: 'name' })
}
