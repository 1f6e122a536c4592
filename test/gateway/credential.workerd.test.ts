/**
 * Whatever row is called: a key opens for the row that its owner entered it for, and headers for
 * theirs.
 */
import { env } from 'cloudflare:workers'
import { asyncProperty, assert, constantFrom, record } from 'fast-check'
import { expect, it, vi } from 'vitest'
import { sealSecret } from '../../src/vault/vault.ts'
import { openCredential } from '../../src/gateway/credential.ts'
import { sealHeaders } from '../../src/gateway/provider-row.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const aRow = record({
  owner: constantFrom('usr_1', 'usr_2', 'hub'),
  host: constantFrom('a.example.org', 'b.example.org'),
  path: constantFrom('/v1/acct-1', '/v1/acct-2'),
  dialect: constantFrom('openai-chat' as const, 'anthropic' as const),
})
const anId = constantFrom('team', 'mine')

it('a key and the headers of a row open for that row, and at no other address', async () => {
  await assert(
    asyncProperty(
      constantFrom('usr_1', 'usr_2'),
      aRow,
      anId,
      aRow,
      anId,
      constantFrom('bound', 'from before'),
      async (keyOwner, entered, enteredId, calledRow, calledId, kind) => {
        const urlOf = (row: typeof entered): string => `https://${row.host}${row.path}`
        const binding = { owner: entered.owner, baseUrl: urlOf(entered), dialect: entered.dialect }
        const called = { owner: calledRow.owner, baseUrl: urlOf(calledRow), dialect: calledRow.dialect }
        const old = {
          owner: keyOwner,
          provider: enteredId,
          origin: `https://${entered.host}`,
          keyId: 'key_1',
        }
        const isBound = kind === 'bound'
        const ciphertext = await sealSecret(env, 'the-secret', isBound ? { ...old, row: binding } : old)
        const place = { owner: entered.owner, id: enteredId, baseUrl: binding.baseUrl }
        const { sealedHeaders } = await sealHeaders(env, place, { 'x-secret': 'value' })
        const opened = await openCredential(
          env,
          {
            keyId: 'key_1',
            secret: { type: 'sealed', owner: keyOwner, ciphertext },
            ...(isBound && { boundTo: binding }),
          },
          {
            providerId: calledId,
            provider: {
              name: 'Any',
              dialects: { [called.dialect]: called.baseUrl },
              defaultModel: 'm',
              models: {},
            },
            row: { binding: called, headers: { sealed: sealedHeaders ?? '' }, byAdmin: false },
          },
        )
        const isSameRow = JSON.stringify(called) === JSON.stringify(binding) && calledId === enteredId
        const mayBe =
          [keyOwner, 'hub'].includes(called.owner) &&
          entered.host === calledRow.host &&
          calledId === enteredId
        const opensKey = isBound ? isSameRow && mayBe : mayBe
        const opensHeaders =
          calledId === enteredId && entered.owner === called.owner && binding.baseUrl === called.baseUrl
        expect('secret' in opened).toBe(opensKey && opensHeaders)
        if ('secret' in opened)
          expect(opened).toEqual({ secret: 'the-secret', headers: { 'x-secret': 'value' } })
        else expect(JSON.stringify(opened)).not.toContain('the-secret')
      },
    ),
    { numRuns: 150 },
  )
})

it('a key of the deployment goes with the providers that the hub brings', async () => {
  const open = (owner: string) =>
    openCredential(
      { ...env, GROQ_API_KEY: 'gsk_of_the_deployment' },
      { keyId: 'env-groq', secret: { type: 'environment', variable: 'GROQ_API_KEY' } },
      {
        providerId: 'groq',
        provider: {
          name: 'Any',
          dialects: { 'openai-chat': 'https://a.example.org' },
          defaultModel: 'm',
          models: {},
        },
        row: { binding: { owner, baseUrl: null, dialect: null }, headers: { clear: {} }, byAdmin: true },
      },
    )
  expect(await open('built-in')).toEqual({ secret: 'gsk_of_the_deployment', headers: {} })
  for (const owner of ['usr_1', 'hub'])
    expect(await open(owner)).toMatchObject({ fault: { verdict: 'another-row' } })
})
