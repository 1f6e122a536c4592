/**
 * Keys that the deployment itself brings (`{PROVIDER}_API_KEY`), as administrators see and test
 * them. None of them is stored: they can be changed in the deployment alone.
 */
import type { Caller } from '../auth/caller.ts'
import type { Env } from '../env.ts'
import { environmentProviders } from '../gateway/provider-directory.ts'
import { environmentKeyId, environmentVariable } from '../providers/registry.ts'
import type { ShownKey } from './schemas/key.ts'

/** The keys of the deployment, for an administrator. */
export function environmentKeys(env: Env, caller: Caller): ShownKey[] {
  if (caller.configuration.user.role !== 'admin') return []
  return environmentProviders(env).map(environmentKey)
}

/** The key of the deployment with this id, for an administrator. */
export function findEnvironmentKey(env: Env, caller: Caller, id: string): ShownKey | undefined {
  return environmentKeys(env, caller).find((key) => key.id === id)
}

function environmentKey(provider: string): ShownKey {
  const id = environmentKeyId(provider)
  const variable = environmentVariable(provider)
  return {
    id,
    owner: 'hub',
    provider,
    accountId: id,
    accountName: null,
    rowOwner: 'built-in',
    environment: variable,
    name: null,
    note: null,
    masked: variable,
    priority: 1,
    weight: 1,
    enabled: true,
    shared: true,
    reserve: null,
    allowedModels: null,
    defaultModel: null,
    limits: null,
    maxConcurrent: null,
    free: false,
    createdAt: null,
    updatedAt: null,
  }
}
