/** The hub inside workerd, with people in it, for tests that look at its bindings. */
import { env, exports } from 'cloudflare:workers'

/** A whole answer as OpenAI sends it. */
export const completionBody = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1_790_000_000,
  model: 'gpt-fake',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: 'Hello.', refusal: null },
      logprobs: null,
      finish_reason: 'stop',
    },
  ],
  usage: { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 },
}

export interface Settled {
  session: string
  token: string
  userId: string
}

/** A person with one key and a token. The first is the admin; for more, registration is opened. */
export async function settleIn(
  key: { provider: string; apiKey: string },
  username = 'ada',
): Promise<Settled> {
  await env.DB.prepare(
    `INSERT OR REPLACE INTO settings (name, value) VALUES ('registration', '"open"')`,
  ).run()
  const registered = await call<{ token: string; user: { id: string } }>('POST', '/api/auth/register', {
    username,
    password: 'correct horse battery',
  })
  await call('POST', '/api/keys', key, registered.token)
  const { token } = await call<{ token: string }>('POST', '/api/tokens', { name: 'test' }, registered.token)
  return { session: registered.token, token, userId: registered.user.id }
}

export interface Sending {
  body?: unknown
  /** A token or a session, sent on purpose. */
  as?: string | undefined
  headers?: Record<string, string>
}

/** Sends the hub a request, whatever comes of it. */
export function send(
  method: string,
  path: string,
  { body, as, headers = {} }: Sending = {},
): Promise<Response> {
  return exports.default.fetch(
    new Request(`http://localhost${path}`, {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(as !== undefined && { authorization: `Bearer ${as}` }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }),
  )
}

/** Calls the hub. @throws where it answers anything but 2xx. */
export async function call<T>(method: string, path: string, body?: unknown, as?: string): Promise<T> {
  const response = await send(method, path, { body, as })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`)
  // The caller says what it expects; a test that is wrong about it fails in its assertions.
  return (text === '' ? undefined : JSON.parse(text)) as T
}

/** What the hub says of a call that it refuses: its code, the field and the sentence. */
export async function refusal(
  method: string,
  path: string,
  body: unknown,
  as: string,
): Promise<{ status: number; code: string; message: string; param?: string }> {
  const response = await send(method, path, { body, as })
  // Every error of ours has this shape; a test that is wrong about it fails in its assertions.
  const { error } = await response.json<{ error?: { code: string; message: string; param?: string } }>()
  return { status: response.status, code: '', message: '', ...error }
}

/** The cookies that an answer sets, by name. */
export function cookiesOf(response: Response): Map<string, string> {
  return new Map(
    response.headers.getSetCookie().map((line) => {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      return [name, value]
    }),
  )
}

/** The body that the hub sent to a provider, out of what `fetch` was called with. */
export function sentText(init: RequestInit | undefined): string {
  // A large body goes out as bytes.
  if (init?.body instanceof Uint8Array) return new TextDecoder().decode(init.body)
  if (typeof init?.body !== 'string') throw new Error('The hub sent no text.')
  return init.body
}
