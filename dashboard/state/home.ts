/** What the home page shows: keys, tokens, providers and models, kept fresh without polling. */
import { useCallback, useEffect, useState } from 'preact/hooks'
import { api, ask, type Key, type Model, type Provider, type Token } from '../api.ts'
import { useNow } from './clock.ts'
import { type Resource, useResource } from './resource.ts'
import { nextChangeAt } from './standing.ts'

export interface Home {
  keys: Resource<Key[]>
  tokens: Resource<Token[]>
  providers: Resource<Provider[]>
  models: Resource<Model[]>
  /** The time for countdowns, in milliseconds since the epoch. */
  now: number
  /** A provider's name; its id where the name is not known (yet). */
  nameOf: (provider: string) => string
  /** To be called when keys were added or removed: what can be asked for changes with them. */
  keysChanged: () => Promise<void>
}

const loadKeys = async (): Promise<Key[]> => (await ask(api.api.keys.$get())).data
const loadTokens = async (): Promise<Token[]> => (await ask(api.api.tokens.$get())).data
const loadProviders = async (): Promise<Provider[]> => (await ask(api.api.providers.$get())).data
const loadModels = async (): Promise<Model[]> => {
  const list = await ask(api.v1.models.$get())
  return 'object' in list ? list.data : []
}

export function useHome(): Home {
  const keys = useResource(loadKeys)
  const tokens = useResource(loadTokens)
  const providers = useResource(loadProviders)
  const models = useResource(loadModels)
  const [changeAt, setChangeAt] = useState<number>()
  const now = useNow(changeAt !== undefined)

  const { data, reload: reloadKeys } = keys
  useEffect(() => {
    const next = nextChangeAt(data ?? [], Date.now())
    setChangeAt(next)
    if (next === undefined) return
    // A moment after the rest is over, so that the hub agrees that it is; no timer is set for longer than it can hold.
    const timer = setTimeout(() => void reloadKeys(), Math.min(next - Date.now() + 300, 2 ** 31 - 1))
    return () => clearTimeout(timer)
  }, [data, reloadKeys])

  // Who comes back to the page finds it as things are now.
  const reloadTokens = tokens.reload
  useEffect(() => {
    const look = (): void => {
      if (document.visibilityState !== 'visible') return
      void reloadKeys()
      void reloadTokens()
    }
    document.addEventListener('visibilitychange', look)
    return () => document.removeEventListener('visibilitychange', look)
  }, [reloadKeys, reloadTokens])

  const reloadModels = models.reload
  const keysChanged = useCallback(async () => {
    await Promise.all([reloadKeys(), reloadModels()])
  }, [reloadKeys, reloadModels])

  const nameOf = (id: string): string => providers.data?.find((provider) => provider.id === id)?.name ?? id
  return { keys, tokens, providers, models, now, nameOf, keysChanged }
}
