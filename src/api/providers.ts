/** Providers: the built-in rows, and the custom ones of a user or of the whole hub. */
import { Hono } from 'hono'
import type { Caller } from '../auth/caller.ts'
import { poolsOfProvider } from '../db/keys.ts'
import {
  addProvider,
  changeProvider,
  listProviders,
  listStrategies,
  removeProvider,
  type StoredProvider,
} from '../db/routes-and-providers.ts'
import { HubError } from '../errors.ts'
import { sealHeaders } from '../gateway/provider-row.ts'
import { addressRulesFor, checkBaseUrl } from '../http/safe-fetch.ts'
import { catalog } from '../providers/catalog.ts'
import { withoutEndpoint } from '../providers/base-url.ts'
import { findProvider } from '../providers/registry.ts'
import { announceChange } from '../announce/announce.ts'
import type { HubContext } from './context.ts'
import { offersSandbox } from './provider-directory.ts'
import { endpoint } from './endpoint.ts'
import { catalogueRoutes } from './catalogue-age.ts'
import { addKeylessEntry, removeKeylessEntries, shareKeylessEntries } from './keyless-entry.ts'
import { checkDialects, knownRow, withoutUndefinedFacts } from './provider-change.ts'
import { providerModelRoutes } from './provider-models.ts'
import { providerTestRoutes } from './provider-test.ts'
import { hasOneAlready, headersAfter, moveToHub } from './provider-change.ts'
import {
  ChangedProviderView,
  ProviderChange,
  ProviderInput,
  ProviderView,
  showBuiltIn,
  showCustom,
} from './schemas/provider.ts'
import { ownerOf, Scope } from './ownership.ts'
import { ById, listOf, withoutUndefined } from './schemas/common.ts'

export const providerRoutes = new Hono<HubContext>()
  .route('/', catalogueRoutes)
  .route('/', providerTestRoutes)
  .route('/', providerModelRoutes)
  .get(
    '/',
    endpoint({
      guard: 'user',
      summary: 'Every provider that keys can be added for.',
      answer: listOf(ProviderView),
    }),
    async (c) => {
      const owner = c.var.caller.configuration.user.id
      const [custom, strategies] = await Promise.all([
        listProviders(c.env.DB, owner),
        listStrategies(c.env.DB, owner),
      ])
      const data = [
        ...Object.entries(catalog)
          .filter(([id]) => id !== 'sandbox' || offersSandbox(c))
          .map(([id, provider]) => showBuiltIn(id, provider, strategies.get(id))),
        ...custom.map((row) => showCustom(row, strategies.get(row.id))),
      ]
      return c.json({ data, nextCursor: null })
    },
  )
  .post(
    '/',
    endpoint({
      guard: 'user',
      audit: 'provider.added',
      summary:
        'Adds a custom provider; an admin adds one for everyone with `scope: "hub"`, in the body or the query.',
      query: Scope,
      body: ProviderInput,
      status: 201,
      answer: ProviderView,
    }),
    async (c) => {
      const input = c.req.valid('json')
      const { caller } = c.var
      const scope = input.scope ?? c.req.valid('query').scope
      const owner = ownerOf(caller, { scope }, 'add providers for the hub')
      if (findProvider(input.id)) {
        throw new HubError('CONFLICT', `"${input.id}" is a built-in provider. Choose another id.`, {
          param: 'id',
        })
      }
      if ((await listProviders(c.env.DB, owner)).some((row) => row.id === input.id)) {
        throw new HubError('CONFLICT', `A provider "${input.id}" already exists.`, { param: 'id' })
      }
      const now = Date.now()
      const pasted = withoutEndpoint(input.baseUrl, input.dialect)
      const baseUrl = await checkBaseUrl(pasted, 'baseUrl', addressRulesFor(c.env, caller.configuration.user))
      const row: StoredProvider = {
        owner,
        id: input.id,
        name: input.name,
        baseUrl,
        dialect: input.dialect,
        models: input.models ?? null,
        ...(await sealHeaders(c.env, { owner, id: input.id, baseUrl }, input.headers)),
        prices: input.prices ?? null,
        dialects: await checkDialects(c.env, caller, baseUrl, input.dialects),
        modelFacts: withoutUndefinedFacts(input.modelDetails),
        listedModels: null,
        listedAt: null,
        keyless: input.key === 'none',
        createdAt: now,
        updatedAt: now,
      }
      const actor = caller.configuration.user.id
      const epoch = await addProvider(c.env.DB, row, actor, {
        actor,
        action: 'provider.added',
        subject: row.id,
        detail: { owner, baseUrl: row.baseUrl },
      })
      await announceChange(c.env, actor, epoch, await poolsOfProvider(c.env.DB, row.id))
      if (row.keyless) await addKeylessEntry(c.env, knownRow(caller, row), actor)
      return c.json(showCustom(row, undefined), 201)
    },
  )
  .patch(
    '/:id',
    endpoint({
      guard: 'user',
      audit: 'provider.changed',
      summary:
        'Changes a custom provider, or how the keys of any provider are ordered. At another base URL its keys are not used until they are entered again, and its headers are dropped.',
      params: ById,
      body: ProviderChange,
      answer: ChangedProviderView,
    }),
    async (c) => {
      const { caller } = c.var
      const { id } = c.req.valid('param')
      const { strategy, scope, ...change } = c.req.valid('json')
      const actor = caller.configuration.user.id
      const rows = await listProviders(c.env.DB, actor)
      const custom = findRow(rows, id)
      const builtIn = findProvider(id)
      if (!custom && !builtIn) throw new HubError('NOT_FOUND', `There is no provider "${id}".`)
      const [field] = Object.keys({ ...change, ...(scope && { scope }) })
      const entry = { actor, action: 'provider.changed', subject: id }
      const fields = Object.keys(c.req.valid('json'))
      const order =
        strategy === undefined ? undefined : { owner: actor, provider: builtIn?.id ?? id, strategy }
      let droppedHeaders: string[] = []
      if (field === undefined) {
        const epoch = await changeProvider(c.env.DB, { strategy: order }, actor, {
          ...entry,
          detail: { fields },
        })
        await announceChange(c.env, actor, epoch)
      } else {
        if (!custom) throw new HubError('FORBIDDEN', 'Built-in providers can’t be changed.', { param: field })
        requireOwner(caller, custom)
        const becomesHubs = scope === 'hub' && custom.owner !== 'hub'
        if (becomesHubs) {
          ownerOf(caller, { scope }, 'share a provider with the hub')
          if (rows.some((row) => row.id === id && row.owner === 'hub')) throw hasOneAlready(id)
        }
        if (change.baseUrl !== undefined) {
          const pasted = withoutEndpoint(change.baseUrl, custom.dialect)
          change.baseUrl = await checkBaseUrl(
            pasted,
            'baseUrl',
            addressRulesFor(c.env, caller.configuration.user),
          )
        }
        const { headers, key, modelDetails, dialects, ...others } = change
        const kept = await headersAfter(c.env, custom, change.baseUrl ?? custom.baseUrl, headers)
        droppedHeaders = kept.dropped
        const baseUrl = change.baseUrl ?? custom.baseUrl
        const hasMoved = baseUrl !== custom.baseUrl
        const changed = {
          ...withoutUndefined(others),
          ...kept.columns,
          ...(key && { keyless: key === 'none' }),
          ...(modelDetails && { modelFacts: withoutUndefinedFacts(modelDetails) }),
          // What it listed, and where else it is, was said of another address.
          ...(hasMoved && { dialects: null, listedModels: null, listedAt: null }),
          ...(dialects && { dialects: await checkDialects(c.env, caller, baseUrl, dialects) }),
        }
        const changes = { row: { owner: custom.owner, id, change: changed }, strategy: order }
        const detail = {
          fields,
          ...(change.baseUrl !== undefined && { baseUrl: change.baseUrl }),
          ...(droppedHeaders.length > 0 && { droppedHeaders }),
        }
        const epoch = becomesHubs
          ? await moveToHub(c.env, { ...custom, ...changed }, changes, { ...entry, detail })
          : await changeProvider(c.env.DB, changes, actor, { ...entry, detail })
        // Pools hold keys back that were entered for another address, whoever entered them.
        await announceChange(c.env, actor, epoch, await poolsOfProvider(c.env.DB, id))
        const after = { ...custom, ...changed, ...(becomesHubs && { owner: 'hub' }) }
        const known = knownRow(caller, after)
        if (custom.keyless && (hasMoved || !after.keyless)) await removeKeylessEntries(c.env, known, actor)
        if (after.keyless && (hasMoved || !custom.keyless)) await addKeylessEntry(c.env, known, actor)
        else if (after.keyless && becomesHubs) await shareKeylessEntries(c.env, known, actor)
      }
      const strategies = await listStrategies(c.env.DB, actor)
      const now = findRow(await listProviders(c.env.DB, actor), id)
      if (now) return c.json({ ...showCustom(now, strategies.get(id)), droppedHeaders })
      if (!builtIn) throw new HubError('NOT_FOUND', `There is no provider "${id}".`)
      return c.json({
        ...showBuiltIn(builtIn.id, builtIn.provider, strategies.get(builtIn.id)),
        droppedHeaders,
      })
    },
  )
  .delete(
    '/:id',
    endpoint({
      guard: 'user',
      audit: 'provider.removed',
      summary: 'Removes a custom provider.',
      params: ById,
      status: 204,
    }),
    async (c) => {
      const { caller } = c.var
      const { id } = c.req.valid('param')
      const actor = caller.configuration.user.id
      const custom = findRow(await listProviders(c.env.DB, actor), id)
      if (!custom) {
        throw findProvider(id)
          ? new HubError('FORBIDDEN', 'Built-in providers can’t be deleted.')
          : new HubError('NOT_FOUND', `There is no provider "${id}".`)
      }
      requireOwner(caller, custom)
      const epoch = await removeProvider(c.env.DB, custom.owner, id, actor, {
        actor,
        action: 'provider.removed',
        subject: id,
        detail: { owner: custom.owner },
      })
      await announceChange(c.env, actor, epoch, await poolsOfProvider(c.env.DB, id))
      return c.body(null, 204)
    },
  )

/** Of two rows of the same id the user's own is meant. */
function findRow(rows: StoredProvider[], id: string): StoredProvider | undefined {
  return rows.find((row) => row.id === id && row.owner !== 'hub') ?? rows.find((row) => row.id === id)
}

function requireOwner(caller: Caller, row: StoredProvider): void {
  const { id, role } = caller.configuration.user
  if (row.owner !== id && role !== 'admin')
    throw new HubError('FORBIDDEN', 'Only admins can change this provider.')
}
