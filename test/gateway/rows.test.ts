/**
 * Whatever rows and pools there are: a pool is asked for keys of rows that those keys may go with,
 * and for no others.
 */
import { array, assert, constantFrom, property, record } from 'fast-check'
import { expect, it } from 'vitest'
import type { Configuration, CustomProvider } from '../../src/db/configuration.ts'
import { defaultSettings, noCaps } from '../../src/db/settings.ts'
import type { Env } from '../../src/env.ts'
import { HubError } from '../../src/errors.ts'
import { makeDirectory } from '../../src/gateway/provider-directory.ts'
import { makePlan } from '../../src/gateway/plan.ts'

const owners = ['usr_1', 'usr_2', 'usr_3', 'hub']
const ids = ['team', 'mine', 'groq', 'openai']
const aRow = record({
  owner: constantFrom(...owners),
  id: constantFrom(...ids),
  dialect: constantFrom('openai-chat' as const, 'anthropic' as const, 'gemini' as const),
  path: constantFrom('/a', '/b'),
})
const aReach = record({
  poolOwner: constantFrom('usr_1', 'hub'),
  provider: constantFrom(...ids),
  rowOwner: constantFrom('usr_1', 'usr_2', 'usr_3', 'hub', 'built-in'),
})

it('a plan calls for each pool only rows that its keys go with, in the dialect of that row', () => {
  const inputs = [
    array(aRow, { maxLength: 8 }),
    array(aReach, { maxLength: 8 }),
    constantFrom('team', 'mine/m', 'groq/m', 'm', 'any', 'GROQ/m'),
  ] as const
  assert(
    property(...inputs, (rows, reach, asked) => {
      const unique = [...new Map(rows.map((row) => [`${row.owner}/${row.id}`, row])).values()]
      const providers = unique.map(({ owner, id, dialect, path }): CustomProvider => ({
        owner,
        id,
        name: id,
        baseUrl: `https://${owner.replace('_', '-')}.example.org${path}`,
        dialect,
        models: ['m'],
        headers: { 'x-owner': owner },
        sealedHeaders: null,
        byAdmin: false,
        prices: { m: { input: owners.indexOf(owner), output: 1 } },
        dialects: {},
        modelFacts: {},
        listedModels: {},
        keyless: false,
      }))
      const configuration: Configuration = {
        user: { id: 'usr_1', name: 'ada', role: 'user', keepTranscripts: false, maxShare: null, ...noCaps },
        team: null,
        epoch: 1,
        routes: [],
        providers,
        reach: reach.map((entry) => ({ ...entry, allowedModels: null, defaultModel: null })),
        settings: defaultSettings,
      }
      const plan = makePlan({
        asked,
        routes: [],
        directory: makeDirectory(configuration, {} as Env, false),
        clientDialect: 'openai-chat',
        spoken: ['openai-chat', 'anthropic', 'gemini'],
        allowedModels: null,
        allowedProviders: null,
        needs: { tools: false, jsonSchema: false, input: new Set(), inputTokens: 10 },
        turnOf: () => 0,
        heardOf: () => ({}),
      })
      if (plan instanceof HubError) return
      for (const { providerId, row, provider, dialect, poolOwners } of plan.candidates) {
        const { owner } = row.binding
        for (const poolOwner of poolOwners)
          expect(reach).toContainEqual({ poolOwner, provider: providerId, rowOwner: owner })
        const custom = providers.find((one) => one.id === providerId && one.owner === owner)
        expect(custom === undefined).toBe(owner === 'built-in')
        if (!custom) continue
        expect(dialect).toBe(custom.dialect)
        expect(provider.dialects[dialect]).toBe(custom.baseUrl)
        expect(row.headers).toEqual({ clear: { 'x-owner': owner } })
        expect(provider.models.m).toEqual({ price: { input: owners.indexOf(owner), output: 1 } })
      }
    }),
    { numRuns: 500 },
  )
})
