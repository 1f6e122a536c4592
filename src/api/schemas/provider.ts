/** How a provider is entered and shown, with what its free tier would be as limits of a key. */
import { strategyNames } from '../../domain/strategies.ts'
import { scopes } from '../../domain/scopes.ts'
import { providerChatDialects, providerDialects } from '../../domain/dialects.ts'
import { fileKinds } from '../../domain/files.ts'
import { z } from 'zod'
import { toCustomProvider } from '../../db/configuration.ts'
import type { StoredProvider } from '../../db/routes-and-providers.ts'
import { toKnown } from '../../gateway/provider-directory.ts'
import { presetsOf, termsOf } from '../../providers/presets.ts'
import type { Provider } from '../../providers/provider.ts'
import { mostDollars } from '../../providers/registry.ts'
import { KeyLimit } from './limit.ts'
import { ModelName, Name, Time, toTimeOrNull } from './common.ts'

const ProviderId = z
  .string()
  .trim()
  .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'must be up to 40 lower-case letters, digits and dashes')
/** https://www.rfc-editor.org/rfc/rfc9110#name-field-values: Latin-1 without control characters. */
const HeaderValue = z
  .string()
  .max(1_000)
  .regex(/^[\x20-\x7e\xa0-\xff]*$/, 'must be Latin-1 text without line breaks or other control characters')
export const Headers = z
  .record(z.string().regex(/^[A-Za-z0-9-]{1,64}$/, 'must be a header name'), HeaderValue)
  .refine(
    (headers) => !Object.keys(headers).some((name) => reserved.has(name.toLowerCase())),
    'must not set credentials or connection headers',
  )
  .refine((headers) => Object.keys(headers).length <= 20, 'must have at most 20 headers')
  .refine(
    (headers) =>
      new Set(Object.keys(headers).map((name) => name.toLowerCase())).size === Object.keys(headers).length,
    'must name each header once',
  )
const reserved = new Set([
  'authorization',
  'x-api-key',
  'x-goog-api-key',
  'cookie',
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
])
export const Dialect = z.enum(providerChatDialects)
/** Further dialects of the same server, with their base URLs. */
const Dialects = z.partialRecord(z.enum(providerDialects), z.string().trim().min(1).max(500))
/** What a model can, by its id. What is not said is unknown, and passes. */
const ModelDetails = z
  .record(
    ModelName,
    z.strictObject({
      contextTokens: z.int().min(1).max(1_000_000_000).optional(),
      outputTokens: z.int().min(1).max(1_000_000_000).optional(),
      input: z.array(z.enum(fileKinds)).max(4).readonly().optional(),
      tools: z.boolean().optional(),
      jsonSchema: z.boolean().optional(),
      reasoning: z.boolean().optional(),
      sampling: z.boolean().optional(),
    }),
  )
  .refine((details) => Object.keys(details).length <= 1_000, 'must have at most 1000 models')
const Models = z.array(ModelName).max(1_000)

const Dollars = z.number().min(0).max(mostDollars)
/** US dollars for a million tokens, by the model's id. */
const Prices = z
  .record(
    ModelName,
    z.strictObject({
      input: Dollars,
      output: Dollars,
      cachedInput: Dollars.optional(),
      cacheWrite: Dollars.optional(),
    }),
  )
  .refine((prices) => Object.keys(prices).length <= 1_000, 'must have at most 1000 models')
export const BaseUrl = z.string().trim().min(1).max(500)

/** Settings that are entered with a provider or later. */
const settings = {
  models: Models.optional(),
  headers: Headers.optional(),
  prices: Prices.optional(),
  dialects: Dialects.optional(),
  modelDetails: ModelDetails.optional(),
  /** `none` where the server needs no key. */
  key: z.enum(['none', 'needed']).optional(),
}

export const ProviderInput = z.strictObject({
  id: ProviderId,
  name: Name,
  baseUrl: BaseUrl,
  dialect: Dialect,
  ...settings,
  /** `hub` adds it for everyone, as `?scope=hub` does. */
  scope: z.enum(scopes).optional(),
})
export const ProviderChange = z.strictObject({
  name: Name.optional(),
  baseUrl: BaseUrl.optional(),
  ...settings,
  /** `hub` makes a provider of your own the whole hub's, with its keys. Only for administrators. */
  scope: z.literal('hub').optional(),
  strategy: z.enum(strategyNames).optional(),
})

/**
 * A free tier, as limits that may be entered for a key. It is offered, and never applied by itself.
 */
const PresetView = z.object({
  id: z.string(),
  name: z.string(),
  limits: z.array(KeyLimit),
  asOf: z.iso.date(),
  source: z.url(),
  terms: z.string(),
})

export const ProviderView = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(['built-in', 'custom']),
  scope: z.enum(scopes),
  dialects: z.record(z.string(), z.string()),
  defaultModel: z.string(),
  models: z.array(z.string()),
  /** Of a custom provider's models those that a person named, the default one first. */
  namedModels: z.array(z.string()),
  /** Whether keys are sent to it: `none` where it needs none. */
  key: z.enum(['none', 'needed']),
  /** What is known of a custom provider's models, as far as somebody has said so. */
  modelDetails: ModelDetails.nullable(),
  /** When a custom provider listed its models last. */
  listedAt: Time.nullable(),
  /** What a custom provider's models cost, as far as somebody has said so. */
  prices: Prices.nullable(),
  /**
   * The headers that every call to a custom provider has besides. Their values are stored sealed
   * and never shown.
   */
  headerNames: z.array(z.string()),
  /** Where a person makes a key for it. */
  keysUrl: z.string().nullable(),
  strategy: z.string().nullable(),
  presets: z.array(PresetView),
  /** What it asks and gives, where there is no preset that says it. */
  terms: z.string().nullable(),
  /** The day on which the provider itself ended: every call is refused. */
  retiredOn: z.iso.date().nullable(),
})

/** The same after a change. */
export const ChangedProviderView = ProviderView.extend({
  /**
   * Headers that the change has dropped: their values were for another base URL. Enter them again
   * if they belong here too.
   */
  droppedHeaders: z.array(z.string()),
})

/** A built-in row as the API shows it. */
export function showBuiltIn(
  id: string,
  provider: Provider,
  strategy: string | undefined,
): z.infer<typeof ProviderView> {
  return {
    id,
    name: provider.name,
    kind: 'built-in',
    scope: 'hub',
    dialects: { ...provider.dialects },
    defaultModel: provider.defaultModel,
    models: Object.keys(provider.models),
    namedModels: [],
    key: 'needed',
    modelDetails: null,
    listedAt: null,
    prices: null,
    headerNames: [],
    keysUrl: provider.keysUrl ?? null,
    strategy: strategy ?? null,
    presets: presetsOf(id).map((preset) => ({ ...preset, limits: [...preset.limits] })),
    terms: termsOf(id) ?? null,
    retiredOn: provider.retired?.on ?? null,
  }
}

/** The names of a row's headers, in the clear or sealed. */
export function headerNamesOf({
  headerNames,
  headers,
}: Pick<StoredProvider, 'headerNames' | 'headers'>): string[] {
  return headerNames ?? Object.keys(headers ?? {})
}

/** A custom provider as the API shows it. */
export function showCustom(row: StoredProvider, strategy: string | undefined): z.infer<typeof ProviderView> {
  const { provider } = toKnown(toCustomProvider({ row, role: null }))
  return {
    id: row.id,
    name: row.name,
    kind: 'custom',
    scope: row.owner === 'hub' ? 'hub' : 'user',
    dialects: { [row.dialect]: row.baseUrl, ...row.dialects },
    defaultModel: provider.defaultModel,
    models: Object.keys(provider.models),
    namedModels: row.models ?? [],
    key: row.keyless ? 'none' : 'needed',
    modelDetails: row.modelFacts,
    listedAt: toTimeOrNull(row.listedAt),
    prices: row.prices,
    headerNames: headerNamesOf(row),
    keysUrl: null,
    strategy: strategy ?? null,
    presets: [],
    terms: null,
    retiredOn: null,
  }
}
