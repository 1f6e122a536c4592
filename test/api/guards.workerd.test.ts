/**
 * Every registered route declares its guard, and the guard does what it says. The routes are read
 * from the app, not listed here.
 */
import { createExecutionContext } from 'cloudflare:test'
import { env, exports } from 'cloudflare:workers'
import { Hono } from 'hono'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Env } from '../../src/env.ts'
import { app } from '../../src/index.ts'
import type { HubContext } from '../../src/api/context.ts'
import { declaredRoutes, endpoint } from '../../src/api/endpoint.ts'
import { settleIn } from '../hub.workerd.ts'

const routes = declaredRoutes(app)
const guarded = routes.filter(({ declaration }) => declaration.guard !== 'public')

/** Everything that may be called without a credential. An addition here is a decision. */
const publicRoutes = [
  'GET /health',
  'GET /health/live',
  'GET /health/ready',
  'POST /api/auth/register',
  'POST /api/auth/login',
  'POST /v1/auth/register',
  'POST /v1/auth/login',
  'GET /api/auth/session',
  'GET /v1/auth/session',
]

let token = ''
let plainSession = ''

beforeAll(async () => {
  token = (await settleIn({ provider: 'sandbox', apiKey: 'anything' })).token
  plainSession = (await settleIn({ provider: 'sandbox', apiKey: 'anything' }, 'plain')).session
})

afterEach(() => vi.restoreAllMocks())

function request(method: string, path: string, credential?: string): Request {
  const url = `http://localhost${path.replaceAll(/:\w+(\{[^}]*\})?/g, 'x')}`
  const headers = credential === undefined ? {} : { authorization: `Bearer ${credential}` }
  return new Request(url, { method, headers })
}

function send(method: string, path: string, credential?: string): Promise<Response> {
  return exports.default.fetch(request(method, path, credential))
}

describe('the routes', () => {
  it('are public only where they are listed as public', () => {
    const found = routes.filter(({ declaration }) => declaration.guard === 'public')
    expect(found.map(({ method, path }) => `${method} ${path}`).toSorted()).toEqual(publicRoutes.toSorted())
  })

  it('include those that this test is about', () => {
    expect(guarded.length).toBeGreaterThan(20)
  })

  it.each(guarded.map(({ method, path }) => [method, path]))(
    '%s %s answers 401 without a credential',
    async (method, path) => {
      const response = await send(method, path)
      expect(response.status).toBe(401)
      expect(await response.json()).toMatchObject({ hub: { code: 'UNAUTHORIZED' } })
    },
  )

  const forPeople = guarded.filter(({ declaration }) => declaration.guard !== 'caller')
  it.each(forPeople.map(({ method, path }) => [method, path]))(
    '%s %s answers 403 to a token',
    async (method, path) => {
      expect((await send(method, path, token)).status).toBe(403)
    },
  )

  const forAdmins = guarded.filter(({ declaration }) => declaration.guard === 'admin')
  it.each(forAdmins.map(({ method, path }) => [method, path]))(
    '%s %s answers 403 to a person who is no administrator',
    async (method, path) => {
      const response = await send(method, path, plainSession)
      expect(response.status).toBe(403)
      expect(await response.text()).toContain('admin')
    },
  )

  const unset = { ...env, HUB_LOCAL: '0', MASTER_KEY: '' } as Env
  it.each(
    routes.filter(({ path }) => !/^\/health(\/|$)/.test(path)).map(({ method, path }) => [method, path]),
  )('%s %s is not answered by a deployment without real secrets', async (method, path) => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const response = await app.fetch(request(method, path, plainSession), unset, createExecutionContext())
    expect(response.status).toBe(500)
    expect(await response.text()).toContain('wrangler secret put MASTER_KEY')
  })

  it('cannot be added without a guard', () => {
    const careless = new Hono<HubContext>()
      .get('/open', endpoint({ guard: 'public', summary: 'Declared.' }), (c) => c.text('fine'))
      .get('/forgotten', (c) => c.text('oops'))
    expect(() => declaredRoutes(careless)).toThrow('GET /forgotten')
  })
})
