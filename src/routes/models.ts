/** What a token may ask for: routes and models, in OpenAI's list shape. */
import { Hono, type Context } from 'hono'
import { z } from 'zod'
import { HubError } from '../errors.ts'
import { defaultRoutes } from '../gateway/default-routes.ts'
import { matchesAny } from '../gateway/plan.ts'
import type { ModelFacts } from '../chat/model.ts'
import type { HubContext } from './context.ts'
import { directoryOf } from './directory.ts'
import { endpoint } from './endpoint.ts'

const Model = z.object({
  id: z.string(),
  object: z.literal('model'),
  created: z.number(),
  owned_by: z.string(),
  /** Known facts: tokens, and US dollars per million tokens. */
  context_window: z.number().optional(),
  max_output_tokens: z.number().optional(),
  price: z.object({ input: z.number(), output: z.number() }).optional(),
})
type Model = z.infer<typeof Model>

export const modelRoutes = new Hono<HubContext>()
  .get(
    '/v1/models',
    endpoint({
      guard: 'caller',
      summary: 'Routes and models that this caller may use.',
      answer: z.object({ object: z.literal('list'), data: z.array(Model) }),
    }),
    (c) => c.json({ object: 'list' as const, data: listModels(c) }),
  )
  // Ids hold slashes, and some clients send them encoded: whatever follows is the id.
  .get('/v1/models/:id{.+}', endpoint({ guard: 'caller', summary: 'One of them.', answer: Model }), (c) => {
    const id = decodeURIComponent(c.req.param('id'))
    const model = listModels(c).find((candidate) => candidate.id === id)
    if (!model)
      throw new HubError('NOT_FOUND', `There is no model "${id}" that you may use.`, { param: 'model' })
    return c.json(model)
  })

function listModels(c: Context<HubContext>): Model[] {
  const { configuration, token } = c.var.caller
  const directory = directoryOf(c)
  const models = new Map<string, Model>()
  const add = (id: string, owner: string, facts: ModelFacts = {}): void => {
    if (!models.has(id)) models.set(id, showModel(id, owner, facts))
  }
  for (const route of [...configuration.routes, ...defaultRoutes]) add(route.name, 'hub')
  for (const reach of directory.reach) {
    const known = directory.find(reach.provider)
    if (!known) continue
    const { models: listed } = known.provider
    for (const [model, facts] of Object.entries(listed)) {
      if (reach.allowedModels === null || matchesAny(model, reach.allowedModels))
        add(`${known.id}/${model}`, known.id, facts)
    }
    const named = [...(reach.allowedModels ?? []), reach.defaultModel].filter(
      (model) => model && !model.endsWith('*'),
    )
    for (const model of named) add(`${known.id}/${model}`, known.id)
  }
  const all = [...models.values()]
  const allowed = token?.allowedModels
  return allowed ? all.filter((model) => matchesAny(model.id, allowed)) : all
}

function showModel(id: string, owner: string, { contextTokens, outputTokens, price }: ModelFacts): Model {
  return {
    id,
    object: 'model',
    created: 0,
    owned_by: owner,
    ...(contextTokens !== undefined && { context_window: contextTokens }),
    ...(outputTokens !== undefined && { max_output_tokens: outputTokens }),
    ...(price && { price: { input: price.input, output: price.output } }),
  }
}
