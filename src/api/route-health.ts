/** Who would serve each route now: a glance at the whole hub, in one answer. */
import { Hono } from 'hono'
import { z } from 'zod'
import { HubError } from '../errors.ts'
import type { HubContext } from './context.ts'
import { directoryOf } from './provider-directory.ts'
import { endpoint } from './endpoint.ts'
import { Explained, findWhoServes } from './explain.ts'
import { visibleRoutes } from './routes.ts'
import { listOf } from './schemas/common.ts'

const RouteHealth = Explained.pick({ serves: true, retryAt: true }).extend({ name: z.string() })

/** Each route asks every pool that could serve it. */
const mostRoutes = 20
const RouteHealthQuery = z.object({
  limit: z.coerce.number().int().min(1).max(mostRoutes).default(mostRoutes),
})

export const routeHealthRoutes = new Hono<HubContext>().get(
  '/routes',
  endpoint({
    guard: 'user',
    summary: 'The candidate that each of your routes would use first now; without a call.',
    query: RouteHealthQuery,
    answer: listOf(RouteHealth),
  }),
  async (c) => {
    const routes = await visibleRoutes(c.env, c.var.caller)
    // A pattern is no name that somebody could ask for.
    const named = routes.filter(({ name }) => !name.endsWith('*')).slice(0, c.req.valid('query').limit)
    const question = {
      env: c.env,
      caller: c.var.caller,
      directory: directoryOf(c),
      input: {},
      requestId: c.var.requestId,
    }
    const data = await Promise.all(
      named.map(async ({ name }) => {
        const { serves, retryAt } = await findWhoServes({ ...question, asked: name }).catch(nobodyServes)
        return { name, serves, retryAt }
      }),
    )
    return c.json({ data, nextCursor: null })
  },
)

/** A route that leads nowhere takes nothing away from the others. */
function nobodyServes(thrown: unknown): Pick<z.infer<typeof Explained>, 'serves' | 'retryAt'> {
  if (thrown instanceof HubError) return { serves: null, retryAt: null }
  throw thrown
}
