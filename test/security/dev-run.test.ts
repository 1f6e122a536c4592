/** `npm run dev` tells the hub what `npm start` tells it of how it is reached. */
import { afterEach, expect, it, vi } from 'vitest'
import { platformVariables } from '../../.scripts/local.mjs'

const cloudflare = vi.hoisted(() => vi.fn(() => []))
vi.mock('@cloudflare/vite-plugin', () => ({ cloudflare }))

afterEach(() => vi.unstubAllEnvs())

/**
 * The variables that a run of Vite gives the Worker, over those of `wrangler.toml` and `.dev.vars`.
 */
async function variablesOf(command: 'serve' | 'build'): Promise<unknown> {
  cloudflare.mockClear()
  const { default: config } = await import('../../dashboard/vite.config.ts')
  if (typeof config !== 'function') throw new Error('The configuration does not depend on the command.')
  void config({ command, mode: 'test' })
  return cloudflare.mock.lastCall
}

it('knows its port and when it began, and believes no address that a client claims', async () => {
  const said = platformVariables(9_123, { HUB_LOCAL: '1' })
  expect(said).toEqual({
    HUB_PORT: '9123',
    HUB_DIRECT: '1',
    HUB_STARTED_AT: expect.stringMatching(/^\d{13}$/),
  })
  expect(Math.abs(Date.now() - Number(said.HUB_STARTED_AT))).toBeLessThan(60_000)
  for (const [name, value] of Object.entries(said)) vi.stubEnv(name, value)
  expect(await variablesOf('serve')).toMatchObject([{ config: { vars: said } }])
  // A build is deployed, where Cloudflare is in front.
  expect(await variablesOf('build')).toMatchObject([{ config: { vars: {} } }])
})
