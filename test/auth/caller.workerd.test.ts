import { env } from 'cloudflare:workers'
import { describe, expect, it, vi } from 'vitest'
import { identifyCaller } from '../../src/auth/caller.ts'
import { makeToken } from '../../src/auth/gateway-tokens.ts'
import { call, settleIn } from '../hub.workerd.ts'

const background = (): void => {}
const identify = (credential: string | undefined, now = Date.now()) =>
  identifyCaller(env, { credential, address: '203.0.113.1' }, now, background)

describe('a caller', () => {
  it('is known by a token, and by nothing that only looks like one', async () => {
    const { token, userId } = await settleIn({ provider: 'sandbox', apiKey: 'x' })
    expect((await identify(token)).configuration.user.id).toBe(userId)
    for (const other of [
      undefined,
      '',
      'llm_nonsense',
      `${token}x`,
      makeToken(),
      'eyJhbGciOiJub25lIn0.e30.',
    ]) {
      await expect(identify(other)).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
    }
  })

  it('costs no query for a guess that fails the checksum, nor twice for one that does not', async () => {
    const asked = vi.spyOn(Object.getPrototypeOf(env.DB), 'withSession')
    await expect(identify('llm_0123456789')).rejects.toThrow()
    expect(asked).not.toHaveBeenCalled()
    const unknown = makeToken()
    await expect(identify(unknown)).rejects.toThrow()
    const queries = asked.mock.calls.length
    expect(queries).toBeGreaterThan(0)
    await expect(identify(unknown)).rejects.toThrow()
    expect(asked).toHaveBeenCalledTimes(queries)
    asked.mockRestore()
  })

  it('is refused while their owner is disabled, and known again afterwards', async () => {
    const { session, userId } = await settleIn({ provider: 'sandbox', apiKey: 'y' }, 'bob')
    const { token } = await call<{ token: string }>('POST', '/api/tokens', { name: 'later' }, session)
    const set = (at: number | null) =>
      env.DB.prepare('UPDATE users SET disabled_at = ? WHERE id = ?').bind(at, userId).run()
    await set(1)
    await expect(identify(token)).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
    await set(null)
    expect((await identify(token)).configuration.user.id).toBe(userId)
  })

  it('is refused with a revoked token also where no lease would tell, in an isolate that remembers it', async () => {
    const { session } = await settleIn({ provider: 'sandbox', apiKey: 'w' }, 'mallory')
    const { token, id } = await call<{ token: string; id: string }>(
      'POST',
      '/api/tokens',
      { name: 'gone' },
      session,
    )
    await call('GET', '/v1/models', undefined, token)
    await call('DELETE', `/api/tokens/${id}`, undefined, session)
    await expect(call('GET', '/v1/models', undefined, token)).rejects.toThrow('401')
    const count = { model: 'm', messages: [{ role: 'user', content: 'x' }] }
    await expect(call('POST', '/v1/messages/count_tokens', count, token)).rejects.toThrow('401')
  })

  it('is refused after the token has expired, also where it is remembered', async () => {
    const { session } = await settleIn({ provider: 'sandbox', apiKey: 'z' }, 'eve')
    const expiresAt = new Date(Date.now() + 60_000).toISOString()
    const { token } = await call<{ token: string }>(
      'POST',
      '/api/tokens',
      { name: 'short', expiresAt },
      session,
    )
    await identify(token)
    await expect(identify(token, Date.now() + 61_000)).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
  })
})
