/** What a caller may ask for: routes and models, in the list shape of the client's dialect. */
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { confirmCaller } from '../auth/caller.ts'
import { matchesAny, type ModelFacts } from '../chat/model.ts'
import { HubError } from '../errors.ts'
import { defaultRoutes } from '../gateway/default-routes.ts'
import { useStoredModels } from '../providers/catalogue-refresh.ts'
import { modelsOf } from '../providers/registry.ts'
import type { HubContext } from './context.ts'
import { directoryOf } from './provider-directory.ts'
import { endpoint } from './endpoint.ts'

interface ListedModel {
  /** A route, or `provider/model`. */
  id: string
  owner: string
  facts: ModelFacts
}

const summary = 'Routes and models that this caller may use; Anthropic’s shape where its SDK asks.'
const Anything = z.record(z.string(), z.unknown())

export const modelRoutes = new Hono<HubContext>()
  .get('/v1/models', endpoint({ guard: 'caller', summary, answer: Anything }), async (c) => {
    const models = await listModels(c)
    if (wantsGemini(c)) return c.json({ models: models.map(showGemini) })
    if (!wantsAnthropic(c)) return c.json({ object: 'list', data: models.map(showOpenAi) })
    const data = models.map(showAnthropic)
    return c.json({ data, has_more: false, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null })
  })
  // Ids hold slashes, and some clients send them encoded: whatever follows is the id.
  .get(
    '/v1/models/:id{.+}',
    endpoint({ guard: 'caller', summary: 'One of them.', answer: Anything }),
    async (c) => {
      const model = await requireModel(c, c.req.param('id'))
      if (wantsGemini(c)) return c.json(showGemini(model))
      return c.json(wantsAnthropic(c) ? showAnthropic(model) : showOpenAi(model))
    },
  )
  .get(
    '/v1beta/models',
    endpoint({ guard: 'caller', summary: 'The same in Gemini’s shape.', answer: Anything }),
    async (c) => c.json({ models: (await listModels(c)).map(showGemini) }),
  )
  .get(
    '/v1beta/models/:id{.+}',
    endpoint({ guard: 'caller', summary: 'One of them.', answer: Anything }),
    async (c) => c.json(showGemini(await requireModel(c, c.req.param('id')))),
  )

/** Anthropic's SDKs say which version of the API they speak; nobody else does. */
function wantsAnthropic(c: Context<HubContext>): boolean {
  return c.req.header('anthropic-version') !== undefined
}

/**
 * Google's SDKs ask the same address when they speak version 1 of its API, with the key in a header
 * of their own.
 */
function wantsGemini(c: Context<HubContext>): boolean {
  return c.req.header('x-goog-api-key') !== undefined
}

async function requireModel(c: Context<HubContext>, id: string): Promise<ListedModel> {
  const model = (await listModels(c)).find((candidate) => candidate.id === id)
  if (!model)
    throw new HubError('NOT_FOUND', `Unknown model "${id}". GET /v1/models lists the models you can use.`, {
      param: 'model',
    })
  return model
}

async function listModels(c: Context<HubContext>): Promise<ListedModel[]> {
  await useStoredModels(c.env, c.var.receivedAt, (work) => c.executionCtx.waitUntil(work))
  c.set('caller', await confirmCaller(c.env, c.var.caller, c.var.receivedAt))
  const { configuration, token } = c.var.caller
  const directory = directoryOf(c)
  const models = new Map<string, ListedModel>()
  const add = (id: string, owner: string, facts: ModelFacts = {}): void => {
    if (!models.has(id)) models.set(id, { id, owner, facts })
  }
  for (const route of [...configuration.routes, ...defaultRoutes]) add(route.name, 'hub')
  for (const reach of directory.reach) {
    const known = directory.rowOf(reach.provider, reach.rowOwner)
    if (!known) continue
    const listed = known.custom ? known.provider.models : modelsOf(known.id)
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

function showOpenAi({ id, owner, facts }: ListedModel) {
  return { id, object: 'model', created: 0, owned_by: owner, ...describe(facts) }
}

function showAnthropic({ id, facts }: ListedModel) {
  return {
    type: 'model',
    id,
    display_name: id,
    created_at: '1970-01-01T00:00:00Z',
    ...(facts.contextTokens !== undefined && { max_input_tokens: facts.contextTokens }),
    ...(facts.outputTokens !== undefined && { max_tokens: facts.outputTokens }),
    ...describe(facts),
  }
}

function showGemini({ id, facts }: ListedModel) {
  return {
    name: `models/${id}`,
    displayName: id,
    supportedGenerationMethods: ['generateContent', 'streamGenerateContent', 'countTokens'],
    ...(facts.contextTokens !== undefined && { inputTokenLimit: facts.contextTokens }),
    ...(facts.outputTokens !== undefined && { outputTokenLimit: facts.outputTokens }),
    ...(facts.reasoning !== undefined && { thinking: facts.reasoning }),
    ...describe(facts),
  }
}

/**
 * What is known, under names of the hub's own: no dialect has a place for all of it. Prices are US
 * dollars per million tokens.
 */
function describe({ contextTokens, outputTokens, price, input, tools, jsonSchema, reasoning }: ModelFacts) {
  const capabilities = Object.entries({ tools, json_schema: jsonSchema, reasoning }).flatMap(([name, able]) =>
    able ? [name] : [],
  )
  return {
    ...(contextTokens !== undefined && { context_window: contextTokens }),
    ...(outputTokens !== undefined && { max_output_tokens: outputTokens }),
    ...(input && { input_modalities: ['text', ...input] }),
    ...(capabilities.length > 0 && { hub_capabilities: capabilities }),
    ...(price && { price: { input: price.input, output: price.output } }),
  }
}
