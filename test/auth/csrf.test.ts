import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { isFromOwnPage, refuseForgery } from '../../src/auth/csrf.ts'
import { HubError } from '../../src/errors.ts'

const url = 'https://hub.example.com/api/keys'
const from = (headers: Record<string, string>): boolean =>
  isFromOwnPage({ url, headers: new Headers(headers) })

const app = new Hono()
  .use(refuseForgery)
  .all('*', (c) => c.text('done'))
  .onError((error, c) => c.text(error.message, error instanceof HubError ? 403 : 500))

const cookie = { cookie: 'hub_session=eyJ.e30.x' }
const elsewhere = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example.com' }

async function statusOf(method: string, headers: Record<string, string>, address = url): Promise<number> {
  return (await app.request(address, { method, headers })).status
}

describe('a page', () => {
  it.each([
    [{ 'sec-fetch-site': 'same-origin' }, true],
    [{ 'sec-fetch-site': 'none' }, true],
    [{ 'sec-fetch-site': 'same-site' }, false],
    [{ 'sec-fetch-site': 'cross-site' }, false],
    [{ 'sec-fetch-site': 'cross-site', origin: 'https://hub.example.com' }, false],
    [{ origin: 'https://hub.example.com' }, true],
    [{ origin: 'http://hub.example.com' }, false],
    [{ origin: 'https://hub.example.com.evil.com' }, false],
    [{ origin: 'https://hub.example.com:8443' }, false],
    [{ origin: 'null' }, false],
    [{}, true],
  ])('with %j is our own: %s', (headers, own) => expect(from(headers)).toBe(own))
})

describe('a request that another site made a browser send', () => {
  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('is refused with %s and a cookie', async (method) => {
    expect(await statusOf(method, { ...cookie, ...elsewhere })).toBe(403)
    expect(await statusOf(method, { ...cookie, origin: 'https://evil.example.com' })).toBe(403)
    expect(await statusOf(method, { ...cookie, 'sec-fetch-site': 'same-origin' })).toBe(200)
  })

  it('is refused where it opens a socket', async () => {
    expect(await statusOf('GET', { ...cookie, ...elsewhere, upgrade: 'websocket' })).toBe(403)
    expect(await statusOf('GET', { ...cookie, ...elsewhere })).toBe(200)
  })

  it('is let through with a credential that no site can make a browser send', async () => {
    expect(await statusOf('POST', { ...cookie, ...elsewhere, authorization: 'Bearer llm_x' })).toBe(200)
    expect(await statusOf('POST', { ...elsewhere, 'x-api-key': 'llm_x' })).toBe(200)
    const gemini = 'https://hub.example.com/v1beta/models/smart:generateContent?key=llm_x'
    expect(await statusOf('POST', { ...cookie, ...elsewhere }, gemini)).toBe(200)
    expect(await statusOf('POST', { ...cookie, ...elsewhere }, gemini.replace('v1beta', 'v1'))).toBe(200)
    expect(await statusOf('POST', { ...cookie, ...elsewhere }, `${url}?key=llm_x`)).toBe(403)
    expect(await statusOf('POST', elsewhere)).toBe(200)
  })
})
