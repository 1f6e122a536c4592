/**
 * What a provider says in headers stays with the hub: an answer has the headers that the hub gives
 * it, and no others.
 */
import { exports } from 'cloudflare:workers'
import { afterEach, beforeAll, expect, it, vi } from 'vitest'
import { completionBody, settleIn, type Settled } from '../hub.workerd.ts'

/** Everything an answer of a model may bear. An addition here is a decision. */
const allowed = new Set([
  'cache-control',
  'content-security-policy',
  'content-type',
  'cross-origin-opener-policy',
  'cross-origin-resource-policy',
  'permissions-policy',
  'referrer-policy',
  'retry-after',
  'x-content-type-options',
  'x-frame-options',
  'x-hub-attempts',
  'x-hub-dropped',
  'x-hub-request-id',
  'x-llm-key-id',
  'x-llm-latency-ms',
  'x-llm-model',
  'x-llm-provider',
])

const ofProvider = {
  'set-cookie': '__cf_bm=tracking; path=/; HttpOnly',
  server: 'provider/1.0',
  via: '1.1 somewhere',
  'x-request-id': 'req_of_the_provider',
  'openai-organization': 'org-of-the-key',
  'openai-project': 'proj-of-the-key',
  'anthropic-organization-id': 'org-of-the-key',
  'x-ratelimit-remaining-requests': '7',
  'access-control-allow-origin': '*',
  'access-control-allow-credentials': 'true',
  'content-security-policy': "default-src 'unsafe-inline'",
  'strict-transport-security': 'max-age=0',
  'content-disposition': 'attachment',
  location: 'https://elsewhere.example.org/',
  refresh: '0; url=https://elsewhere.example.org/',
  link: '<https://elsewhere.example.org/>; rel=preload',
  'x-powered-by': 'something',
}

let ada: Settled
beforeAll(async () => {
  ada = await settleIn({ provider: 'openai', apiKey: 'sk-headers-0123456789' })
})
afterEach(() => vi.restoreAllMocks())

it.each<[string, boolean, () => Response]>([
  ['an answer', false, () => Response.json(completionBody, { headers: ofProvider })],
  [
    'a stream',
    true,
    () =>
      new Response(
        `data: ${JSON.stringify({
          id: 'c',
          object: 'chat.completion.chunk',
          created: 1,
          model: 'm',
          choices: [{ index: 0, delta: { content: 'Hi' }, finish_reason: 'stop' }],
        })}\n\ndata: [DONE]\n\n`,
        { headers: { ...ofProvider, 'content-type': 'text/event-stream' } },
      ),
  ],
  [
    'a refusal of the request',
    false,
    () =>
      Response.json(
        { error: { message: 'No.', type: 'invalid_request_error' } },
        { status: 400, headers: ofProvider },
      ),
  ],
  [
    'a limit',
    false,
    () => Response.json({ error: { message: 'Slow down.' } }, { status: 429, headers: ofProvider }),
  ],
])('%s brings none of its provider’s headers', async (_what, stream, answer) => {
  vi.spyOn(globalThis, 'fetch').mockImplementation(async () => answer())
  const response = await exports.default.fetch(
    new Request('http://localhost/v1/chat/completions', {
      method: 'POST',
      headers: { authorization: `Bearer ${ada.token}` },
      body: JSON.stringify({ model: 'openai/gpt-fake', stream, messages: [{ role: 'user', content: 'Hi' }] }),
    }),
  )
  await response.text()
  expect([...response.headers.keys()].filter((name) => !allowed.has(name))).toEqual([])
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(JSON.stringify([...response.headers])).not.toMatch(/of-the-key|of_the_provider|elsewhere/)
})
