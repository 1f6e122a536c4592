/** Tries the address of a custom provider before it is saved. Nothing of it is stored. */
import { Hono } from 'hono'
import { z } from 'zod'
import { HubError } from '../errors.ts'
import { addressRulesFor, checkBaseUrl, safeFetch } from '../http/safe-fetch.ts'
import { checkKey } from '../providers/auth.ts'
import { withoutEndpoint } from '../providers/base-url.ts'
import { askForModels, type ListedModels } from '../providers/list-models.ts'
import { localServers } from '../providers/local-servers.ts'
import type { Provider } from '../providers/provider.ts'
import type { HubContext } from './context.ts'
import { endpoint } from './endpoint.ts'
import { BaseUrl, Dialect, Headers } from './schemas/provider.ts'
import { listOf } from './schemas/common.ts'

const TestInput = z.strictObject({
  baseUrl: BaseUrl,
  dialect: Dialect,
  headers: Headers.optional(),
  /** Absent for a server that needs none. */
  apiKey: z.string().trim().min(1).max(4_000).optional(),
})

const Tested = z.object({
  /** Whether it answered with a list of models. */
  ok: z.boolean(),
  /** The provider's own words where it refused, or why it could not be asked. */
  message: z.string(),
  /** The base URL as it would be stored. */
  baseUrl: z.string(),
  /** The models that it lists. */
  models: z.array(z.string()),
  latencyMs: z.number(),
})

const Server = z.object({
  id: z.string(),
  name: z.string(),
  baseUrl: z.string(),
  dialect: Dialect,
  keyless: z.literal(true),
})

export const providerTestRoutes = new Hono<HubContext>()
  .get(
    '/presets',
    endpoint({
      guard: 'user',
      summary: 'Servers that people run themselves, as a custom provider is entered for them.',
      answer: listOf(Server),
    }),
    (c) => {
      const data = localServers.map(({ asOf: _asOf, source: _source, ...server }) => server)
      return c.json({ data: data as z.infer<typeof Server>[], nextCursor: null })
    },
  )
  .post(
    '/test',
    endpoint({
      guard: 'user',
      audit: 'none: nothing is stored',
      summary: 'Asks a custom provider for its models before it is saved.',
      body: TestInput,
      answer: Tested,
    }),
    async (c) => {
      const { dialect, headers = {}, apiKey, ...input } = c.req.valid('json')
      const rules = addressRulesFor(c.env, c.var.caller.configuration.user)
      const baseUrl = await checkBaseUrl(withoutEndpoint(input.baseUrl, dialect), 'baseUrl', rules)
      const provider: Provider = {
        name: new URL(baseUrl).host,
        dialects: { [dialect]: baseUrl },
        defaultModel: '',
        models: {},
        ...(apiKey === undefined && { keyless: true }),
      }
      const secret = apiKey === undefined ? '' : checkKey(provider, apiKey)
      const startedAt = Date.now()
      const outcome = await ask(provider, { secret, headers }, (url, init) => safeFetch(url, init, rules))
      const models = 'models' in outcome ? Object.keys(outcome.models) : []
      const message = 'message' in outcome ? outcome.message : ''
      return c.json({
        ok: message === '',
        message,
        baseUrl,
        models,
        latencyMs: Date.now() - startedAt,
      })
    },
  )

/** What it answers, or why it does not, as a value. */
async function ask(
  ...question: Parameters<typeof askForModels>
): Promise<{ models: ListedModels } | { message: string }> {
  try {
    const answer = await askForModels(...question)
    return answer.type === 'models' ? answer : { message: answer.error.message }
  } catch (thrown) {
    if (thrown instanceof HubError) return { message: thrown.message }
    throw thrown
  }
}
