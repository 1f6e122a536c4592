/**
 * How a call shows its key, and where it goes: the one place where a secret meets an address. Pure.
 */
import type { DialectId } from '../domain/dialects.ts'
import { HubError } from '../errors.ts'
import type { Provider } from './provider.ts'

/** What stands in a base URL for the account id that such a provider's keys begin with. */
const accountMark = '{account}'

/**
 * The headers that carry a key, by dialect. Providers that speak a foreign dialect take its headers
 * too. One that needs no key is sent none.
 */
export function authHeaders(
  { keyless }: Pick<Provider, 'keyless'>,
  dialect: DialectId,
  secret: string,
): Record<string, string> {
  const headers = keyHeaders(dialect, secret)
  if (!keyless) return headers
  const { authorization: _bearer, 'x-api-key': _key, 'x-goog-api-key': _google, ...others } = headers
  return others
}

function keyHeaders(dialect: DialectId, secret: string): Record<string, string> {
  switch (dialect) {
    case 'openai-chat':
    case 'openai-responses':
    case 'openai-embeddings':
    case 'cohere':
      return { authorization: `Bearer ${secret}` }
    case 'anthropic':
      // Pinned: version 2026-10-21 refuses sampling fields.
      // https://platform.claude.com/docs/en/api/versioning
      return { 'x-api-key': secret, 'anthropic-version': '2023-06-01' }
    case 'gemini':
      return { 'x-goog-api-key': secret }
    case 'hub-chat':
    case 'hub-query':
      throw new Error(`The dialect ${dialect} is spoken by clients only.`)
  }
}

/**
 * The base URL and the bare secret of a call. Where the URL has a place for an account id, the key
 * is entered as `<account id>:<api token>`.
 * @throws {HubError} VALIDATION_ERROR naming `apiKey` where the key does not have that form.
 */
export function addressFor(
  provider: Provider,
  dialect: DialectId,
  secret: string,
): { baseUrl: string; secret: string } {
  const baseUrl = provider.dialects[dialect]
  if (baseUrl === undefined)
    throw new HubError('INTERNAL_ERROR', `${provider.name} does not speak ${dialect}.`)
  if (!baseUrl.includes(accountMark)) return { baseUrl, secret }
  const { account, token } = splitKey(provider, secret)
  return { baseUrl: baseUrl.replace(accountMark, account), secret: token }
}

/**
 * A key as a person entered it, without the space around it, checked as far as it can be without a
 * call.
 * @throws {HubError} VALIDATION_ERROR naming `apiKey` and what is wrong, never the key.
 */
export function checkKey(provider: Provider, entered: string): string {
  const secret = entered.trim()
  if (secret === '') throw refuse('is empty')
  // What is not visible ASCII cannot stand in a header, and comes from a copy that went wrong.
  if (!/^[\x21-\x7e]+$/.test(secret)) throw refuse('contains spaces, line breaks or invalid characters')
  if (Object.values(provider.dialects).some((url) => url.includes(accountMark))) splitKey(provider, secret)
  return secret
}

/**
 * Where a provider's keys are sent, as scheme, host and port: what a key's ciphertext is bound to.
 * The first dialect decides: a dialect on another host may be added to a row behind it, and never
 * before it, or stored keys no longer open.
 */
export function originOf(provider: Provider): string {
  const [first] = Object.values(provider.dialects)
  if (first === undefined) throw new HubError('INTERNAL_ERROR', `${provider.name} has no base URL.`)
  return new URL(first).origin
}

function splitKey(provider: Provider, secret: string): { account: string; token: string } {
  const [, account, token] = /^([0-9a-f]{32}):(\S+)$/i.exec(secret) ?? []
  if (account === undefined || token === undefined) {
    throw refuse(
      `for ${provider.name} must be "<account id>:<api token>", with an account id of 32 hexadecimal digits`,
    )
  }
  return { account, token }
}

function refuse(problem: string): HubError {
  return new HubError('VALIDATION_ERROR', `The API key ${problem}.`, { param: 'apiKey' })
}
