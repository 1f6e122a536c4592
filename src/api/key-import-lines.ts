/**
 * What one line of an import amounts to: a key that could be added, or what is wrong with it. Pure;
 * no word of it repeats a key.
 */
import type { z } from 'zod'
import type { Caller } from '../auth/caller.ts'
import { maskSecret } from '../vault/vault.ts'
import type { NamedAccount } from '../db/accounts.ts'
import { HubError } from '../errors.ts'
import type { KnownProvider } from '../gateway/provider-directory.ts'
import { validationError } from '../http/validation.ts'
import { checkKey } from '../providers/auth.ts'
import type { ListedKey } from '../providers/key-list.ts'
import { recogniseKey } from '../providers/recognise.ts'
import { providerOfVariable } from '../providers/key-variables.ts'
import { KeyInput } from './schemas/key.ts'
import { withoutUndefined } from './schemas/common.ts'

/** A key with everything that is to be stored of it. */
export interface UsableKey {
  provider: KnownProvider
  secret: string
  /** The account that it joins; absent for one of its own. */
  account?: NamedAccount
  settings: Partial<
    Pick<z.output<typeof KeyInput>, 'name' | 'note' | 'priority' | 'weight' | 'allowedModels'>
  >
}

export type Judged =
  | { type: 'usable'; line: number; because: string; key: UsableKey }
  | {
      type: 'problem'
      line: number
      provider: string | null
      because: string | null
      /** Absent where what stands there may be anything. */
      masked: string | null
      problem: string
    }

/** What a line is judged with. */
export interface Surroundings {
  find: (nameOrAlias: string) => KnownProvider | undefined
  /** The row that a shared key of a provider goes with. @throws {HubError} where it has none. */
  shareable: (provider: KnownProvider) => KnownProvider
  /** The provider of lines that tell none. */
  assumed: KnownProvider | undefined
  /** The provider that a person chose for this very key, by its name or alias. */
  chosen: string | undefined
  accounts: NamedAccount[]
  caller: Caller
}

type Known = { provider: KnownProvider; because: string }

/** What a line amounts to. */
export function judgeListedKey(listed: ListedKey, surroundings: Surroundings): Judged {
  const { line, secret } = listed
  const problem = (text: string, known?: Known): Judged => ({
    type: 'problem',
    line,
    provider: known?.provider.id ?? null,
    because: known?.because ?? null,
    masked: known || recogniseKey(secret).type !== 'unknown' ? maskSecret(secret) : null,
    problem: text,
  })
  if (secret === '') return problem('No key in this line.')
  const known = findProvider(listed, surroundings)
  if (typeof known === 'string') return problem(known)
  try {
    const key = toUsableKey(listed, known.provider, surroundings)
    return { type: 'usable', line, because: known.because, key }
  } catch (thrown) {
    if (thrown instanceof HubError) return problem(thrown.message, known)
    throw thrown
  }
}

/**
 * Whose key it is, or why that is not known. A provider that is named decides, unless the key is
 * plainly another one's: it would be sent to somebody it is none of. A variable's name says less
 * than the key's own shape.
 */
function findProvider(listed: ListedKey, { find, assumed, chosen }: Surroundings): Known | string {
  const shape = recogniseKey(listed.secret)
  if (shape.type === 'unusable') return `The key ${shape.because}.`
  const shaped = shape.type === 'known' ? find(shape.provider) : undefined
  const name = chosen ?? listed.provider
  const named = name === undefined ? assumed : find(name)
  if (name !== undefined && !named) return 'Unknown provider. GET /api/providers lists the known ones.'
  if (named) {
    if (
      shape.type === 'known' &&
      shaped &&
      shaped.id !== named.id &&
      !named.custom &&
      named.id !== 'sandbox'
    ) {
      return `Named as a ${named.provider.name} key, but it ${shape.because}, like ${shaped.provider.name} keys.`
    }
    return { provider: named, because: reasonOf(listed, chosen) }
  }
  if (shape.type === 'known' && shaped) return { provider: shaped, because: shape.because }
  const fromVariable = listed.variable === undefined ? undefined : providerOfVariable(listed.variable, find)
  if (fromVariable)
    return { provider: fromVariable, because: `the name of ${quoteVariable(listed.variable)}` }
  if (shape.type === 'ambiguous') return `The key ${shape.because}. Choose a provider.`
  return listed.variable === undefined
    ? 'Unknown key format. Choose a provider.'
    : `Unknown provider: neither the name nor the value of ${quoteVariable(listed.variable)} identifies it.`
}

function reasonOf({ provider }: ListedKey, chosen: string | undefined): string {
  if (chosen !== undefined) return 'chosen for this key'
  return provider === undefined ? 'named for all lines' : 'named in the line'
}

/** @throws {HubError} VALIDATION_ERROR or FORBIDDEN saying what is wrong. */
function toUsableKey(listed: ListedKey, provider: KnownProvider, surroundings: Surroundings): UsableKey {
  const secret = provider.id === 'sandbox' ? listed.secret : checkKey(provider.provider, listed.secret)
  const input = KeyInput.safeParse({
    provider: provider.id,
    apiKey: secret,
    name: listed.name,
    note: listed.note,
    priority: numberIn(listed.priority),
    weight: numberIn(listed.weight),
    allowedModels: listed.models,
  })
  if (!input.success) throw validationError(input.error)
  const { name, note, priority, weight, allowedModels } = input.data
  for (const field of ['name', 'note'] as const) {
    if (recogniseKey(listed[field] ?? '').type !== 'unknown') {
      throw new HubError(
        'VALIDATION_ERROR',
        `\`${field}\` contains something that looks like a key. The columns may be mixed up.`,
      )
    }
  }
  const account =
    listed.account === undefined ? undefined : findAccount(listed.account, provider, surroundings)
  return {
    provider: account?.shared ? surroundings.shareable(provider) : provider,
    secret,
    ...(account && { account }),
    settings: withoutUndefined({ name, note, priority, weight, allowedModels }),
  }
}

/** What is no number is left as it is, for the schema to refuse. */
function numberIn(text: string | undefined): number | string | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : text
}

function findAccount(
  nameOrId: string,
  provider: KnownProvider,
  { accounts, caller }: Surroundings,
): NamedAccount {
  const account = accounts.find(
    (candidate) => candidate.provider === provider.id && [candidate.id, candidate.name].includes(nameOrId),
  )
  if (!account) {
    throw new HubError(
      'VALIDATION_ERROR',
      `You have no account with this name or id at ${provider.provider.name}. Create one with POST /api/accounts.`,
    )
  }
  if (account.shared && caller.configuration.user.role !== 'admin') {
    throw new HubError('FORBIDDEN', 'Only admins can add keys to a shared account.')
  }
  return account
}

/**
 * A variable in a sentence of ours, if it is one: a key that ends in an equals sign looks like an
 * assignment.
 */
function quoteVariable(name: string | undefined): string {
  return name !== undefined && recogniseKey(name).type === 'unknown' ? name : 'the variable'
}
