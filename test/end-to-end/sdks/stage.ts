/** The shared hub, which reaches the sandbox, and a fake provider under a name for each dialect. */
import { type Hub, joinHub, type Person } from '../hub.ts'
import { type FakeProvider, startProvider } from '../provider.ts'
import type { ProviderDialect } from './says.ts'

export interface Stage extends Person {
  hub: Hub
  provider: FakeProvider
  /**
   * A new provider of this dialect with one key, so that no test inherits another's rest. Answers
   * with its model's name.
   */
  model(dialect: ProviderDialect): Promise<string>
  stop(): Promise<void>
}

export async function setStage(): Promise<Stage> {
  const [{ hub, ...person }, provider] = await Promise.all([joinHub(), startProvider()])
  let providers = 0
  return {
    ...person,
    hub,
    provider,
    async model(dialect) {
      const id = `${dialect}-${++providers}`
      const as = person.session
      await hub.call('POST', '/api/providers', {
        as,
        body: { id, name: id, baseUrl: provider.baseUrl, dialect, models: ['fake-1'] },
      })
      await hub.call('POST', '/api/keys', { as, body: { provider: id, apiKey: `key-of-${id}` } })
      return `${id}/fake-1`
    },
    stop: () => provider.stop(),
  }
}

/** Two tools, so that a model can call them in parallel. */
export const city = {
  type: 'object' as const,
  properties: { city: { type: 'string' as const, description: 'Its name.' } },
  required: ['city'],
}
export const calls = [
  { id: 'call_weather1', name: 'get_weather', arguments: { city: 'Oslo' } },
  { id: 'call_time1', name: 'get_time', arguments: { city: 'Rome' } },
]

/** A PNG of one pixel. */
export const pixel =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
