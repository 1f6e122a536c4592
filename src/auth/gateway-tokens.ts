/**
 * The tokens that clients present: `llm_`, 43 base-62 digits holding 256 random bits, and a
 * checksum of six digits, which is verified first, so that a guess or a typo costs no query.
 */
import { sha256 } from '../ids.ts'

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const bodyLength = 43
const checksumLength = 6
const form = new RegExp(`^llm_[0-9A-Za-z]{${bodyLength + checksumLength}}$`)

/** A new token. It is shown once and stored only as its hash. */
export function makeToken(): string {
  let number = 0n
  for (const byte of crypto.getRandomValues(new Uint8Array(32))) number = (number << 8n) | BigInt(byte)
  const body = toBase62(number, bodyLength)
  return `llm_${body}${checksum(body)}`
}

/** Whether a text could be a token: its form and its checksum are right. */
export function isToken(text: string): boolean {
  if (!form.test(text)) return false
  const body = text.slice(4, 4 + bodyLength)
  return text.slice(4 + bodyLength) === checksum(body)
}

/** The name under which a token is stored and cached: SHA-256 of the whole of it, in hex. */
export function hashToken(token: string): Promise<string> {
  return sha256(token)
}

/** What a person sees of a token afterwards. */
export function tokenPrefix(token: string): string {
  return token.slice(0, 10)
}

function checksum(body: string): string {
  return toBase62(BigInt(crc32(body)), checksumLength)
}

function toBase62(number: bigint, length: number): string {
  let text = ''
  for (let rest = number; text.length < length; rest /= 62n) text = alphabet.charAt(Number(rest % 62n)) + text
  return text
}

/** CRC-32 of ISO 3309, bit by bit: the text is short. */
function crc32(text: string): number {
  let crc = 0xffffffff
  for (let i = 0; i < text.length; i++) {
    crc ^= text.charCodeAt(i)
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  }
  return (crc ^ 0xffffffff) >>> 0
}
