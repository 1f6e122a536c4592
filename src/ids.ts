/**
 * Names for things: random where they must not be guessed, time-ordered where their order is the
 * order of time.
 */

const alphabet = '0123456789abcdefghijklmnopqrstuvwxyz'
const timeLength = 9 // 36 ** 9 milliseconds reach into the year 5188

/** A name like `key_4f9…`, with 96 random bits. */
export function randomId(prefix: string): string {
  return `${prefix}_${hex(crypto.getRandomValues(new Uint8Array(12)))}`
}

/**
 * A name that sorts by the time it was made: nine base-36 digits of milliseconds, then 64 random
 * bits.
 */
export function timeOrderedId(prefix: string, now: number): string {
  return `${prefix}_${timePart(now)}${hex(crypto.getRandomValues(new Uint8Array(8)))}`
}

/** The lowest name that `timeOrderedId` can make at this time: the bound of a range over ids. */
export function firstIdAt(prefix: string, now: number): string {
  return `${prefix}_${timePart(now)}`
}

/** When `timeOrderedId` made this name, in milliseconds since the epoch. */
export function timeOfId(id: string): number {
  const start = id.indexOf('_') + 1
  return Number.parseInt(id.slice(start, start + timeLength), 36)
}

/** Bytes as lower-case hexadecimal digits. */
export function hex(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0')
  return text
}

/**
 * SHA-256 (FIPS 180-4) of a text, in hexadecimal digits: the same name for the same text, which
 * says nothing of it.
 */
export async function sha256(text: string): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))))
}

/**
 * A hash for names that nobody gains by guessing. cyrb53: two multiplicative 32-bit hashes over the
 * same text, joined to the 53 bits that a number holds exactly.
 */
export function hash53(text: string): number {
  let high = 0xdeadbeef
  let low = 0x41c6ce57
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    high = Math.imul(high ^ unit, 2654435761)
    low = Math.imul(low ^ unit, 1597334677)
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909)
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909)
  return 4294967296 * (2097151 & low) + (high >>> 0)
}

function timePart(now: number): string {
  let rest = Math.max(0, Math.floor(now))
  let text = ''
  for (let i = 0; i < timeLength; i++) {
    text = alphabet.charAt(rest % 36) + text
    rest = Math.floor(rest / 36)
  }
  return text
}
