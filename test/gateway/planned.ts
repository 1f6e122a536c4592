/** Plans as tests ask for them: a caller, their keys, and what comes of a name. */
import type { Configuration, CustomProvider } from '../../src/db/configuration.ts'
import type { Reach } from '../../src/db/pool-access.ts'
import { defaultSettings, noCaps } from '../../src/db/settings.ts'
import type { Env } from '../../src/env.ts'
import { HubError } from '../../src/errors.ts'
import { makeDirectory } from '../../src/gateway/provider-directory.ts'
import type { Needs } from '../../src/gateway/capabilities.ts'
import { makePlan, type Plan, type PlanInput } from '../../src/gateway/plan.ts'
import { catalog } from '../../src/providers/catalog.ts'

export const reach = (provider: string, more: Partial<Reach> = {}): Reach => ({
  poolOwner: 'usr_1',
  provider,
  rowOwner: 'built-in',
  allowedModels: null,
  defaultModel: null,
  ...more,
})

function configuration(change: Partial<Configuration> = {}): Configuration {
  return {
    user: { id: 'usr_1', name: 'ada', role: 'admin', keepTranscripts: false, maxShare: null, ...noCaps },
    team: null,
    epoch: 1,
    routes: [],
    providers: [],
    reach: [],
    settings: defaultSettings,
    ...change,
  }
}

interface Question extends Partial<PlanInput> {
  in?: Partial<Configuration>
  env?: Record<string, string>
  sandbox?: boolean
}

export const noNeeds: Needs = { tools: false, jsonSchema: false, input: new Set(), inputTokens: 10 }

export function ask(
  asked: string,
  { in: change, env = {}, sandbox = false, ...more }: Question = {},
): Plan | HubError {
  const known = configuration(change)
  return makePlan({
    asked,
    routes: known.routes,
    directory: makeDirectory(known, env as unknown as Env, sandbox),
    clientDialect: 'openai-chat',
    spoken: ['openai-chat', 'openai-responses', 'anthropic', 'gemini', 'cohere', 'openai-embeddings'],
    allowedModels: null,
    allowedProviders: null,
    needs: noNeeds,
    turnOf: () => 0,
    heardOf: () => ({}),
    ...more,
  })
}

/** The candidates as `provider/model`, or the code of the error. */
export function names(plan: Plan | HubError): string[] | string {
  if (plan instanceof HubError) return plan.code
  return plan.candidates.map(({ providerId, model }) => `${providerId}/${model ?? '*'}`)
}

/** A caller with a key for every built-in provider. */
export const everywhere = {
  reach: Object.keys(catalog)
    .filter((id) => id !== 'sandbox')
    .map((id) => reach(id)),
}

/** A provider that the caller made. */
export function customRow(id: string, change: Partial<CustomProvider> = {}): CustomProvider {
  return {
    owner: 'usr_1',
    id,
    name: id,
    baseUrl: 'https://m.example.org',
    dialect: 'openai-chat',
    models: ['m'],
    headers: {},
    sealedHeaders: null,
    byAdmin: true,
    prices: {},
    dialects: {},
    modelFacts: {},
    listedModels: {},
    keyless: false,
    ...change,
  }
}
