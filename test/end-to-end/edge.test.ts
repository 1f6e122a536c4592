/**
 * The built hub as a browser and a careless operator meet it: the page's headers, and no service
 * without real secrets.
 */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Hub, type Person, settleIn, startHub } from './hub.ts'
import { type FakeProvider, startProvider } from './provider.ts'

describe('the dashboard', () => {
  let hub: Hub
  let html: string
  let page: Response
  beforeAll(async () => {
    hub = await startHub()
    page = await fetch(hub.url)
    html = await page.text()
  })
  afterAll(() => hub.stop())

  it('is served under a policy that lets nothing inline run and nobody frame it', () => {
    const policy = page.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self'")
    expect(policy).toContain("style-src 'self'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toMatch(/unsafe|\*|https?:/)
    expect(Object.fromEntries(page.headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
    })
    expect(page.headers.get('strict-transport-security')).toContain('max-age=')
  })

  it('holds nothing that this policy forbids, and loads what it names', async () => {
    expect(html).not.toMatch(/<script(?![^>]*\ssrc=)/)
    expect(html).not.toMatch(/<style|\sstyle=|\son\w+=|javascript:/i)
    const files = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file = '']) => file)
    expect(files.length).toBeGreaterThanOrEqual(3)
    for (const file of files) {
      expect(new URL(file, hub.url).origin).toBe(hub.url)
      const response = await fetch(new URL(file, hub.url))
      expect(response.status).toBe(200)
      expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
      const text = await response.text()
      // Neither made from text nor fetched from elsewhere.
      if (file.endsWith('.js')) expect(text).not.toMatch(/\beval\(|new Function\(|import\(\s*["']https?:/)
      if (file.endsWith('.css')) expect(text).not.toMatch(/url\(\s*["']?(https?:|\/\/)|@import/)
    }
  })

  it('is the same under every address that is no file', async () => {
    const response = await fetch(`${hub.url}/anything/else`)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
  })
})

describe('a hub without real secrets', () => {
  const random = (): string => randomBytes(32).toString('base64')
  const real = { MASTER_KEY: random(), JWT_SECRET: random(), HUB_LOCAL: '0' }
  const state = mkdtempSync(path.join(tmpdir(), 'hub-unset-'))
  afterAll(() => rmSync(state, { recursive: true, force: true }))

  const routes = [
    ['POST', '/v1/chat/completions'],
    ['POST', '/v1/messages'],
    ['POST', '/v1/responses'],
    ['POST', '/v1beta/models/gemini-2.5-flash:generateContent'],
    ['GET', '/v1/models'],
    ['POST', '/api/chat'],
    ['POST', '/gateway/query'],
    ['POST', '/api/auth/register'],
    ['POST', '/api/auth/login'],
    ['GET', '/api/keys'],
    ['POST', '/v1/admin/keys'],
    ['GET', '/api/audit'],
    ['POST', '/api/vault/rotate'],
    ['GET', '/api/nothing'],
  ] as const

  it.each<[string, Record<string, string>]>([
    ['MASTER_KEY', { MASTER_KEY: '' }],
    ['MASTER_KEY', { MASTER_KEY: Buffer.alloc(32, 1).toString('base64') }],
    ['JWT_SECRET', { JWT_SECRET: 'dev-secret-that-is-long-enough-to-pass' }],
    ['SETUP_TOKEN', { SETUP_TOKEN: 'changeme' }],
  ])('refuses every route but its health, and says how to set %s: %j', async (name, wrong) => {
    const hub = await startHub({ ...real, ...wrong }, state)
    try {
      const ask = (method: string, where: string) =>
        fetch(`${hub.url}${where}`, {
          method,
          headers: { 'content-type': 'application/json' },
          ...(method === 'POST' && { body: '{}' }),
        })
      for (const [method, where] of routes) {
        const response = await ask(method, where)
        const text = await response.text()
        expect(response.status, `${method} ${where}`).toBe(500)
        expect(text).toContain(name)
        expect(text).toContain(`wrangler secret put ${name}`)
        const [value = ''] = Object.values(wrong)
        if (value !== '') expect(text).not.toContain(value)
      }
      expect((await ask('GET', '/health')).status).toBe(200)
      expect((await ask('GET', '/health/live')).status).toBe(200)
      const ready = await ask('GET', '/health/ready')
      expect(ready.status).toBe(503)
      expect(await ready.json()).toMatchObject({ status: 'not-ready', problems: [{ name }] })
    } finally {
      await hub.stop()
    }
  })

  it('serves with real ones', async () => {
    const hub = await startHub(real, state)
    try {
      expect((await fetch(`${hub.url}/health/ready`)).status).toBe(200)
      expect((await fetch(`${hub.url}/v1/models`)).status).toBe(401)
    } finally {
      await hub.stop()
    }
  })
})

describe('npm run rotate', () => {
  const state = mkdtempSync(path.join(tmpdir(), 'hub-rotation-'))
  const old = randomBytes(32).toString('base64')
  const fresh = randomBytes(32).toString('base64')
  /** The same hub each time: whoever is logged in stays so. */
  const variables = { JWT_SECRET: randomBytes(32).toString('base64') }
  const rotate = (hub: Hub, credentials: Record<string, string>) =>
    new Promise<{ status: number | null; out: string }>((done) => {
      const child = spawn(process.execPath, ['.scripts/rotate.mjs'], {
        cwd: path.join(import.meta.dirname, '../..'),
        env: { PATH: process.env.PATH, HUB_URL: hub.url, ...credentials },
      })
      let out = ''
      child.stdout.on('data', (part) => (out += part))
      child.stderr.on('data', (part) => (out += part))
      child.once('exit', (status) => done({ status, out }))
    })
  let provider: FakeProvider
  let ada: Person
  beforeAll(async () => {
    provider = await startProvider()
  })
  afterAll(async () => {
    await provider.stop()
    rmSync(state, { recursive: true, force: true })
  })

  const ask = (hub: Hub) =>
    hub.call('POST', '/v1/chat/completions', {
      as: ada.token,
      body: { model: 'mine/m', messages: [{ role: 'user', content: 'Hello' }] },
    })

  it('moves a hub to another master key, after which the old one may go', async () => {
    const before = await startHub({ ...variables, MASTER_KEY: old }, state)
    ada = await settleIn(before)
    const custom = {
      id: 'mine',
      name: 'Mine',
      baseUrl: provider.baseUrl,
      dialect: 'openai-chat',
      models: ['m'],
    }
    await before.call('POST', '/api/providers', { as: ada.session, body: custom })
    const apiKey = 'rotated-key-0123456789'
    await before.call('POST', '/api/keys', { as: ada.session, body: { provider: 'mine', apiKey } })
    await before.stop()

    const during = await startHub({ ...variables, MASTER_KEY: old, MASTER_KEY_2: fresh }, state)
    expect(await rotate(during, {})).toMatchObject({ status: 1, out: expect.stringContaining('HUB_SESSION') })
    const done = await rotate(during, { HUB_LOGIN: 'ada', HUB_PASSWORD: 'correct horse battery' })
    expect(done.status, done.out).toBe(0)
    expect(done.out).toContain('1 re-encrypted with v2, 0 left')
    expect(done.out).toContain('wrangler secret delete MASTER_KEY\n')
    await during.stop()

    const after = await startHub({ ...variables, MASTER_KEY: '', MASTER_KEY_2: fresh }, state)
    await ask(after)
    expect(provider.received.at(-1)?.key).toBe(apiKey)
    const next = await rotate(after, { HUB_SESSION: ada.session })
    expect(next).toMatchObject({ status: 0, out: expect.stringContaining('MASTER_KEY_3') })
    await after.stop()
  })
})
