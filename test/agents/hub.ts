/** The hub of the benches: the built Worker, whose every call goes to the scripted vendors. */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { build, guard, migrateLocal, serve } from '../../.scripts/local.mjs'
import type { Outside } from './outside.ts'
import { type Vendor, vendors } from './vendors.ts'

export interface BenchHub {
  origin: string
  /** A new person with so many keys at each vendor. */
  settleIn(keys?: number): Promise<BenchPerson>
  stop(): Promise<void>
}

export interface BenchPerson {
  token: string
  /** The name of a vendor's model; each person enters custom providers under names of their own. */
  nameOf(vendor: Vendor): string
  /** Makes a route over these vendors, in this order. */
  addRoute(name: string, candidates: readonly Vendor[]): Promise<void>
}

/** Builds the hub and serves it. */
export async function startHub({ listener }: Pick<Outside, 'listener'>): Promise<BenchHub> {
  const state = mkdtempSync(path.join(tmpdir(), 'hub-agents-'))
  process.on('exit', () => rmSync(state, { recursive: true, force: true, maxRetries: 5 }))
  build()
  migrateLocal(state)
  const secret = (): string => randomBytes(32).toString('base64')
  const variables = {
    MASTER_KEY: secret(),
    JWT_SECRET: secret(),
    HUB_LOCAL: '1',
    // Vendors' names are not looked up: there may be no internet.
    ALLOW_PRIVATE_UPSTREAMS: 'true',
  }
  const hub = await serve({ port: 0, state, variables, outside: listener })
  // The runtime would serve on if the bench were killed.
  guard(hub.workers)
  const { origin } = hub.url
  const password = secret()
  const { token: admin } = await call(origin, 'POST', '/api/auth/register', { username: 'bench', password })
  let people = 0

  async function settleIn(keys = 1): Promise<BenchPerson> {
    const username = `person-${++people}`
    await call(origin, 'POST', '/api/users', { username, password, role: 'admin' }, admin)
    const { token: session = '' } = await call(origin, 'POST', '/api/auth/login', {
      login: username,
      password,
    })
    const ids = new Map<string, string>()
    for (const vendor of vendors) {
      const id = vendor.custom ? `${vendor.id}-${people}` : vendor.id
      if (ids.has(vendor.id)) continue
      ids.set(vendor.id, id)
      if (vendor.custom) {
        const baseUrl = `https://${vendor.host}/v1`
        const row = { id, name: id, baseUrl, dialect: vendor.custom, models: [vendor.model] }
        await call(origin, 'POST', '/api/providers', row, session)
      }
      for (let key = 1; key <= keys; key++)
        await call(
          origin,
          'POST',
          '/api/keys',
          { provider: id, apiKey: `sk-${username}-${id}-${key}` },
          session,
        )
    }
    const { token = '' } = await call(origin, 'POST', '/api/tokens', { name: 'bench' }, session)
    return {
      token,
      nameOf: ({ id, model }) => `${ids.get(id)}/${model}`,
      async addRoute(name, candidates) {
        const listed = candidates.map(({ id, model }) => ({ provider: ids.get(id), model }))
        await call(origin, 'PUT', `/api/routes/${name}`, { order: 'listed', candidates: listed }, session)
      },
    }
  }

  return {
    origin,
    settleIn,
    stop: () => hub.stop(),
  }
}

async function call(
  origin: string,
  method: string,
  where: string,
  body: object,
  as?: string,
): Promise<{ token?: string }> {
  const response = await fetch(`${origin}${where}`, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(as !== undefined && { authorization: `Bearer ${as}` }),
    },
    body: JSON.stringify(body),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${where} answered ${response.status}: ${text}`)
  // The hub's own answers; one without a token has none.
  return JSON.parse(text) as { token?: string }
}
