/**
 * Where names point to, asked over DNS over HTTPS, because Workers have no resolver of their own to
 * ask.
 * https://developers.cloudflare.com/1.1.1.1/encryption/dns-over-https/make-api-requests/dns-json/
 */
import { isJsonObject, type Json } from '../chat/json.ts'
import { readText } from './bounded-reader.ts'

/**
 * What a name resolves to: every address of either kind, for as many seconds. None where there is
 * no such name.
 */
export interface Resolution {
  addresses: string[]
  ttlSeconds: number
}

/** Looks a name up. @throws where no resolver answers. */
export type Resolver = (name: string) => Promise<Resolution>

/** Asked in this order; the second only where the first does not answer. */
const resolvers = ['https://cloudflare-dns.com/dns-query', 'https://dns.google/resolve'] as const
const timeoutMs = 3_000
const maxAnswerBytes = 64 * 1024

/** RFC 1035, 3.2.2 and RFC 3596. */
const recordTypes = { A: 1, AAAA: 28 } as const
/** RFC 1035, 4.1.1. */
const noError = 0
const noSuchName = 3

/** The resolver of production. */
export async function resolveOverHttps(name: string): Promise<Resolution> {
  let failure: unknown
  for (const resolver of resolvers) {
    try {
      const [ipv4, ipv6] = await Promise.all([ask(resolver, name, 'A'), ask(resolver, name, 'AAAA')])
      return {
        addresses: [...ipv4.addresses, ...ipv6.addresses],
        ttlSeconds: Math.min(ipv4.ttlSeconds, ipv6.ttlSeconds),
      }
    } catch (error) {
      failure = error
    }
  }
  throw failure
}

async function ask(resolver: string, name: string, type: keyof typeof recordTypes): Promise<Resolution> {
  const response = await fetch(`${resolver}?name=${encodeURIComponent(name)}&type=${type}`, {
    headers: { accept: 'application/dns-json' },
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMs),
  })
  const text = await readText(response, maxAnswerBytes)
  if (!response.ok) throw new Error(`The resolver answered ${response.status}.`)
  return readAnswer(JSON.parse(text) as Json, recordTypes[type])
}

function readAnswer(answer: Json, type: number): Resolution {
  if (!isJsonObject(answer)) throw new Error('The resolver answered with something else than an object.')
  if (answer.Status !== noError && answer.Status !== noSuchName)
    throw new Error(`The resolver failed with status ${JSON.stringify(answer.Status)}.`)
  // Names that the asked one stands for are answered along with it: only what is an address counts.
  const records = (Array.isArray(answer.Answer) ? answer.Answer : []).filter(
    (record) => isJsonObject(record) && record.type === type && typeof record.data === 'string',
  ) as { data: string; TTL?: unknown }[]
  return {
    addresses: records.map(({ data }) => data),
    ttlSeconds: Math.min(...records.map(({ TTL }) => (typeof TTL === 'number' ? TTL : 0)), Infinity),
  }
}
