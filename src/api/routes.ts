/** Routes: the names that clients ask for, and who serves them. */
import { scopes } from '../domain/scopes.ts'
import { candidateOrders, type RouteCandidate } from '../domain/routes.ts'
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { type ConfiguredRoute } from '../db/configuration.ts'
import { listRoutes, putRoute, removeRoute } from '../db/routes-and-providers.ts'
import type { Env } from '../env.ts'
import { HubError } from '../errors.ts'
import { defaultRoutes, isDefaultRoute } from '../gateway/default-routes.ts'
import type { Caller } from '../auth/caller.ts'
import { announceChange } from '../announce/announce.ts'
import { describeEnding, endingOf } from '../providers/retirements.ts'
import type { HubContext } from './context.ts'
import { directoryOf } from './provider-directory.ts'
import { endpoint } from './endpoint.ts'
import { explain, Explained, ExplainInput } from './explain.ts'
import { warnOfCandidates } from './model-warnings.ts'
import { ownerOf, Scope } from './ownership.ts'
import { listOf, ModelName } from './schemas/common.ts'

// A name with a slash stands for a provider's model, and goes before it: `openai/gpt-x` may be
// served elsewhere.
const RouteName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._:-]*(?:\/[A-Za-z0-9._:-]+)*(?:\/?\*)?$/,
    'must consist of letters, digits and . : - _ /, and may end in *',
  )
  .max(100, 'must have at most 100 characters')
const Order = z.enum(candidateOrders)
const Candidates = z
  .array(
    z.strictObject({
      provider: z.string().trim().min(1),
      model: ModelName.optional(),
    }),
  )
  .min(1)
  .max(50)
const RouteInput = z.strictObject({ name: RouteName, order: Order.default('listed'), candidates: Candidates })
const RouteChange = z.strictObject({
  name: RouteName.optional(),
  order: Order.default('listed'),
  candidates: Candidates,
})
const ByName = z.object({ name: z.string().min(1) })

const Route = z.object({
  name: z.string(),
  order: z.string(),
  candidates: z.array(z.object({ provider: z.string(), model: z.string().optional() })),
  /** Whose it is: the caller's own, or the whole hub's. */
  scope: z.enum(scopes),
  /** It is a default one as it came: there is nothing to remove. */
  builtIn: z.boolean(),
  /** What it names and ends, or has ended, with the model to take in its place. */
  endings: z.array(
    z.object({
      provider: z.string(),
      model: z.string().nullable(),
      on: z.iso.date(),
      isOver: z.boolean(),
      successor: z.string().nullable(),
      message: z.string(),
    }),
  ),
})

/** A route that was just stored. */
const StoredRoute = Route.extend({
  /** What seems mistyped in it, in words. */
  warnings: z.array(z.string()),
})

const changeRoutes = 'change routes of the hub'

export const routingRoutes = new Hono<HubContext>()
  .get(
    '/',
    endpoint({ guard: 'user', summary: 'The routes that your requests may name.', answer: listOf(Route) }),
    async (c) => {
      const routes = await visibleRoutes(c.env, c.var.caller)
      return c.json({ data: routes.map(showRoute), nextCursor: null })
    },
  )
  .post(
    '/',
    endpoint({
      guard: 'user',
      audit: 'route.stored',
      summary: 'Creates a route.',
      query: Scope,
      body: RouteInput,
      status: 201,
      answer: StoredRoute,
    }),
    async (c) => {
      const { name, ...route } = c.req.valid('json')
      const owner = ownerOf(c.var.caller, c.req.valid('query'), changeRoutes)
      const existing = await listRoutes(c.env.DB, owner)
      if (existing.some((stored) => stored.owner === owner && stored.name === name)) {
        throw new HubError(
          'CONFLICT',
          `A route "${name}" already exists. Change it with PUT /api/routes/${name}.`,
          { param: 'name' },
        )
      }
      return c.json(await storeRoute(c, { owner, name, ...route }), 201)
    },
  )
  .get(
    '/:name',
    endpoint({ guard: 'user', summary: 'One route.', params: ByName, answer: Route }),
    async (c) => {
      const { name } = c.req.valid('param')
      const route = (await visibleRoutes(c.env, c.var.caller)).find((candidate) => candidate.name === name)
      if (!route) throw new HubError('NOT_FOUND', `There is no route "${name}".`)
      return c.json(showRoute(route))
    },
  )
  .post(
    '/:name/explain',
    endpoint({
      guard: 'user',
      audit: 'none: an explanation changes nothing',
      summary:
        'The candidate that would serve a request for this route or model, and why others would not; without a call.',
      params: ByName,
      body: ExplainInput,
      status: 201,
      answer: Explained,
    }),
    async (c) => {
      const explained = await explain({
        env: c.env,
        caller: c.var.caller,
        directory: directoryOf(c),
        asked: c.req.valid('param').name,
        input: c.req.valid('json'),
        requestId: c.var.requestId,
      })
      return c.json(explained, 201)
    },
  )
  .put(
    '/:name',
    endpoint({
      guard: 'user',
      audit: 'route.stored',
      summary:
        'Stores a route. Your own shadows the hub’s of the same name; an admin edits that one with ?scope=hub.',
      params: ByName,
      query: Scope,
      body: RouteChange,
      answer: StoredRoute,
    }),
    async (c) => {
      const name = RouteName.safeParse(c.req.valid('param').name)
      const { name: sent, ...route } = c.req.valid('json')
      if (!name.success || (sent !== undefined && sent !== name.data)) {
        const message = name.success
          ? 'The name in the body must match the name in the URL.'
          : `A route's name ${name.error.issues[0]?.message}.`
        throw new HubError('VALIDATION_ERROR', message, { param: 'name' })
      }
      const owner = ownerOf(c.var.caller, c.req.valid('query'), changeRoutes)
      return c.json(await storeRoute(c, { owner, name: name.data, ...route }))
    },
  )
  .delete(
    '/:name',
    endpoint({
      guard: 'user',
      audit: 'route.removed',
      summary: 'Deletes a route; a built-in one reappears.',
      params: ByName,
      query: Scope,
      status: 204,
    }),
    async (c) => {
      const { name } = c.req.valid('param')
      const actor = c.var.caller.configuration.user.id
      const owner = ownerOf(c.var.caller, c.req.valid('query'), changeRoutes)
      const stored = (await listRoutes(c.env.DB, owner)).find(
        (route) => route.owner === owner && route.name === name,
      )
      if (!stored) {
        const hint = isDefaultRoute(name) ? '; built-in routes can be changed, not deleted' : ''
        throw new HubError('NOT_FOUND', `There is no route "${name}"${hint}.`)
      }
      const epoch = await removeRoute(c.env.DB, owner, name, actor, {
        actor,
        action: 'route.removed',
        subject: name,
        detail: { owner },
      })
      await announceChange(c.env, actor, epoch)
      return c.body(null, 204)
    },
  )

async function storeRoute(
  c: Context<HubContext>,
  route: ConfiguredRoute,
): Promise<z.infer<typeof StoredRoute>> {
  const { env } = c
  const actor = c.var.caller.configuration.user.id
  const epoch = await putRoute(env.DB, { ...route, updatedAt: Date.now() }, actor, {
    actor,
    action: 'route.stored',
    subject: route.name,
    detail: { owner: route.owner },
  })
  await announceChange(env, actor, epoch)
  return { ...showRoute(route), warnings: warnOfCandidates(directoryOf(c), route.candidates) }
}

/** The caller's own routes, the hub's, and the default ones, each name once. */
export async function visibleRoutes(env: Env, caller: Caller): Promise<ConfiguredRoute[]> {
  const stored = await listRoutes(env.DB, caller.configuration.user.id)
  const own = stored.toSorted((a, b) => Number(a.owner === 'hub') - Number(b.owner === 'hub'))
  const byName = new Map<string, ConfiguredRoute>()
  for (const route of [...own, ...defaultRoutes]) if (!byName.has(route.name)) byName.set(route.name, route)
  return [...byName.values()]
}

function showRoute(route: ConfiguredRoute): z.infer<typeof Route> {
  const { owner, name, order, candidates } = route
  return {
    name,
    order,
    candidates: candidates.map(({ provider, model }) => ({
      provider,
      ...(model !== undefined && { model }),
    })),
    scope: owner === 'hub' ? 'hub' : 'user',
    builtIn: defaultRoutes.includes(route),
    endings: candidates.flatMap((candidate) => showEnding(candidate, Date.now())),
  }
}

function showEnding({ provider, model }: RouteCandidate, now: number): z.infer<typeof Route>['endings'] {
  const ending = endingOf(provider, model, now)
  if (!ending) return []
  const { successor = null } = ending
  return [{ ...ending, model: ending.model ?? null, successor, message: describeEnding(ending) }]
}
