/**
 * The models of a provider: what the catalogue knows of them, and on request what the provider
 * itself lists.
 */
import { Hono } from 'hono'
import { z } from 'zod'
import type { ModelFacts } from '../chat/model.ts'
import { listKeys, type StoredKey } from '../db/keys.ts'
import { storeListedModels } from '../db/routes-and-providers.ts'
import { entryOf } from '../dialects/json-read.ts'
import type { Env } from '../env.ts'
import { type Fault, HubError } from '../errors.ts'
import { bindingOf, type Credential, openCredential } from '../gateway/credential.ts'
import type { KnownProvider } from '../gateway/provider-directory.ts'
import { addressRules, safeFetch } from '../http/safe-fetch.ts'
import { askForModels, type ListedModels, type Send } from '../providers/list-models.ts'
import { useStoredModels } from '../providers/catalogue-refresh.ts'
import { modelsOf } from '../providers/registry.ts'
import { announceChange } from '../announce/announce.ts'
import type { HubContext } from './context.ts'
import { directoryOf } from './provider-directory.ts'
import { endpoint } from './endpoint.ts'
import { ById, listOf } from './schemas/common.ts'

/** `?refresh` alone means yes. */
const Query = z.strictObject({
  refresh: z
    .enum(['', 'true', '1', 'false', '0'])
    .default('false')
    .transform((word) => word === '' || word === 'true' || word === '1'),
})

const Model = z.object({
  id: z.string(),
  /** Who names it: the catalogue of this hub, or the provider when it was asked. */
  source: z.enum(['catalogue', 'provider']),
  contextTokens: z.number().nullable(),
  outputTokens: z.number().nullable(),
  /** Dollars for a million tokens. */
  price: z.object({ input: z.number(), output: z.number() }).nullable(),
})

/** So many models of a list are kept. */
const mostKept = 2_000

export const providerModelRoutes = new Hono<HubContext>()
  .get(
    '/:id/models',
    endpoint({
      guard: 'user',
      summary: 'The known models of a provider; with ?refresh those that it lists for one of your keys.',
      params: ById,
      query: Query,
      answer: listOf(Model),
    }),
    async (c) => {
      const { id } = c.req.valid('param')
      await useStoredModels(c.env, c.var.receivedAt, (work) => c.executionCtx.waitUntil(work))
      const known = directoryOf(c).find(id)
      if (!known) throw new HubError('NOT_FOUND', `There is no provider "${id}".`)
      const facts = known.custom ? known.provider.models : modelsOf(known.id)
      // The sandbox is no network, and has no more models than its row says.
      if (!c.req.valid('query').refresh || known.id === 'sandbox') {
        const data = Object.entries(facts).map(([model, fact]) => showModel(model, 'catalogue', fact))
        return c.json({ data, nextCursor: null })
      }
      const listed = await askWithOwnKey(c.env, c.var.caller.configuration.user.id, known)
      const data = Object.entries(listed).map(([model, said]) =>
        showModel(model, 'provider', { ...said, ...entryOf(facts, model) }),
      )
      return c.json({ data, nextCursor: null })
    },
  )
  .post(
    '/:id/models',
    endpoint({
      guard: 'user',
      audit: 'none: the list is the provider’s own',
      summary: 'Asks a custom provider for its models, and keeps them: they are offered wherever models are.',
      params: ById,
      status: 201,
      answer: listOf(Model),
    }),
    async (c) => {
      const { id } = c.req.valid('param')
      const { user } = c.var.caller.configuration
      const known = directoryOf(c).find(id)
      if (!known) throw new HubError('NOT_FOUND', `There is no provider "${id}".`)
      const { owner } = known.row.binding
      if (!known.custom || (owner !== user.id && user.role !== 'admin'))
        throw new HubError('FORBIDDEN', 'Only custom providers have a stored model list.')
      const listed = await askWithOwnKey(c.env, user.id, known)
      const kept = Object.fromEntries(Object.entries(listed).slice(0, mostKept))
      const epoch = await storeListedModels(c.env.DB, { owner, id }, kept, user.id, c.var.receivedAt)
      await announceChange(c.env, user.id, epoch)
      const data = Object.entries(kept).map(([model, said]) =>
        showModel(model, 'provider', { ...said, ...entryOf(known.provider.models, model) }),
      )
      return c.json({ data, nextCursor: null }, 201)
    },
  )

/** Of many keys that are refused these are tried. */
const maxTries = 3

/** The list that the provider gives to the first of the caller's own keys that it takes. */
async function askWithOwnKey(env: Env, owner: string, known: KnownProvider): Promise<ListedModels> {
  const keys = (await listKeys(env.DB, owner))
    .filter((key) => key.provider === known.id && key.rowOwner === known.row.binding.owner && key.enabled)
    .toSorted((a, b) => a.priority - b.priority)
  let refusal = new HubError(
    'NO_ELIGIBLE_KEY',
    `You have no enabled key for ${known.provider.name}. Omit ?refresh to list the known models.`,
  )
  const send: Send = (url, init) =>
    known.custom ? safeFetch(url, init, addressRules(env, known.row.byAdmin)) : fetch(url, init)
  for (const key of keys.slice(0, maxTries)) {
    const credential = await openKey(env, known, key)
    if ('fault' in credential) {
      refusal = unopened(key, credential.fault)
      continue
    }
    const answer = await askForModels(known.provider, credential, send)
    if (answer.type === 'models') return answer.models
    refusal = answer.error
  }
  throw refusal
}

function openKey(env: Env, { id, provider, row }: KnownProvider, key: StoredKey): Promise<Credential> {
  const { owner, ciphertext, id: keyId } = key
  const boundTo = bindingOf(key)
  const lease = { keyId, secret: { type: 'sealed', owner, ciphertext } as const, ...(boundTo && { boundTo }) }
  return openCredential(env, lease, { providerId: id, provider, row })
}

/** A key that is not sent, which its owner can mend. */
function unopened({ name, masked }: StoredKey, { message }: Fault): HubError {
  return new HubError(
    'NO_ELIGIBLE_KEY',
    `The key ${name ?? masked} was not used: ${message} Enter it again, or omit ?refresh to list the known models.`,
  )
}

function showModel(
  id: string,
  source: 'catalogue' | 'provider',
  facts: ModelFacts | undefined,
): z.infer<typeof Model> {
  const { price } = facts ?? {}
  return {
    id,
    source,
    contextTokens: facts?.contextTokens ?? null,
    outputTokens: facts?.outputTokens ?? null,
    price: price ? { input: price.input, output: price.output } : null,
  }
}
