/** The settings of the hub: what they are at first, what they change, and what they refuse. */
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import worker from '../../src/index.ts'
import { noCaps } from '../../src/db/settings.ts'
import { call, completionBody, send, settleIn, type Settled } from '../hub.workerd.ts'

let admin: Settled

beforeAll(async () => {
  admin = await settleIn({ provider: 'openai', apiKey: 'sk-first-0123456789' }, 'ada')
  await call('POST', '/api/keys', { provider: 'openai', apiKey: 'sk-second-0123456789' }, admin.session)
})
afterEach(() => vi.restoreAllMocks())

async function chat(): Promise<Response> {
  vi.spyOn(globalThis, 'fetch').mockImplementation(async () => Response.json(completionBody))
  const context = createExecutionContext()
  const request = new Request('http://localhost/v1/chat/completions', {
    method: 'POST',
    headers: { authorization: `Bearer ${admin.token}` },
    body: JSON.stringify({ model: 'openai/gpt-fake', messages: [{ role: 'user', content: 'Hello' }] }),
  })
  const response = await worker.fetch(request, env, context)
  await waitOnExecutionContext(context)
  return response
}

describe('the settings', () => {
  it('close everything at first', async () => {
    await env.DB.prepare('DELETE FROM settings').run()
    expect(await call('GET', '/api/settings', undefined, admin.session)).toEqual({
      registration: 'closed',
      openAccess: false,
      openAccessPerMinute: 20,
      logRetentionDays: 30,
      exposeServedBy: true,
      corsOrigins: [],
      defaultStrategy: null,
      personDefaults: { ...noCaps, maxShare: null },
      tokenDefaults: { ...noCaps, expiresInDays: null },
      openAccessCaps: noCaps,
      openAccessState: { running: 0, windows: [], budget: null },
    })
  })

  it('keep what is not changed', async () => {
    await call('PATCH', '/api/settings', { corsOrigins: ['https://app.example.com'] }, admin.session)
    const settings = await call('PATCH', '/api/settings', { logRetentionDays: 7 }, admin.session)
    expect(settings).toMatchObject({ corsOrigins: ['https://app.example.com'], logRetentionDays: 7 })
    expect(await call('GET', '/api/settings', undefined, admin.session)).toEqual(settings)
  })

  it('take a choice back that is null now', async () => {
    await call('PATCH', '/api/settings', { defaultStrategy: 'weighted' }, admin.session)
    const settings = await call('PATCH', '/api/settings', { defaultStrategy: null }, admin.session)
    expect(settings).toMatchObject({ defaultStrategy: null })
  })

  it.each([
    ['registration', 'ajar'],
    ['openAccess', 'yes'],
    ['openAccessPerMinute', 0],
    ['logRetentionDays', 1.5],
    ['corsOrigins', ['https://app.example.com/path']],
    ['corsOrigins', ['*']],
    ['defaultStrategy', 'whichever'],
    ['unknown', true],
  ])('refuse %s %j by its name', async (name, value) => {
    const response = await send('PATCH', '/api/settings', { body: { [name]: value }, as: admin.session })
    expect(response.status).toBe(400)
    const { error } = await response.json<{ error: { param: string } }>()
    expect(error.param).toContain(name)
  })

  it('are changed in the audit log, too', async () => {
    await call('PATCH', '/api/settings', { registration: 'open' }, admin.session)
    const row = await env.DB.prepare(
      "SELECT actor, detail FROM audit WHERE action = 'settings.changed' ORDER BY at DESC",
    ).first()
    expect(row).toMatchObject({ actor: admin.userId, detail: JSON.stringify({ registration: 'open' }) })
  })

  it('hide from clients who served them', async () => {
    expect((await chat()).headers.get('x-llm-provider')).toBe('openai')
    await call('PATCH', '/api/settings', { exposeServedBy: false }, admin.session)
    const headers = [...(await chat()).headers.keys()]
    expect(headers.filter((name) => name.startsWith('x-llm-'))).toEqual([])
    await call('PATCH', '/api/settings', { exposeServedBy: true }, admin.session)
  })

  it('say how keys are ordered where their owner does not', async () => {
    const used = async (): Promise<number> => {
      const keys = await Promise.all([chat(), chat(), chat(), chat()])
      return new Set(keys.map(({ headers }) => headers.get('x-llm-key-id'))).size
    }
    expect(await used()).toBe(1)
    await call('PATCH', '/api/settings', { defaultStrategy: 'round-robin' }, admin.session)
    expect(await used()).toBe(2)
    await call('PATCH', '/api/providers/openai', { strategy: 'exhaust-first' }, admin.session)
    expect(await used()).toBe(1)
  })
})
