/**
 * How long the audio of a request is. A WAV file says so itself; of compressed formats only the
 * size is known, and they are taken to be as long as speech of that size can be. Pure.
 */
import type { FilePart } from '../chat/request.ts'
import { base64Bytes } from '../dialects/data-url.ts'
import { entryOf } from '../dialects/json-read.ts'

/** Bytes of a second of speech, by format, at the lowest rate in common use. */
const bytesPerSecond: Readonly<Record<string, number>> = {
  // 24 kHz, 16 bits, one channel: OpenAI's `pcm16`.
  pcm16: 48_000,
  pcm: 48_000,
  l16: 32_000,
  flac: 16_000,
  mpeg: 4_000,
  mp3: 4_000,
  mp4: 4_000,
  aac: 4_000,
  ogg: 2_000,
  opus: 2_000,
  webm: 2_000,
}
const usualBytesPerSecond = 4_000

/** Audio that is only named, by an address or the id of a file. */
const namedSeconds = 60

/** The length of an audio file in whole seconds, rounded up; 0 for every other file. */
export function audioSecondsOf({ kind, mediaType = '', source }: FilePart): number {
  if (kind !== 'audio') return 0
  if (source.type !== 'base64') return namedSeconds
  const format = /^audio\/(?:x-|vnd\.)?(\w+)/.exec(mediaType)?.[1] ?? ''
  const rate = wavRate(source.data) ?? entryOf(bytesPerSecond, format) ?? usualBytesPerSecond
  return Math.ceil(base64Bytes(source.data) / rate)
}

/** The header of a WAV file, with what may come before its format. */
const headerCharacters = 4_096
/** Beyond these a header is wrong: 8 kbit/s, and eight channels of 32 bits at 192 kHz. */
const slowestRate = 1_000
const fastestRate = 6_144_000

/**
 * The bytes of a second of a WAV file, from the chunk `fmt ` of its header; undefined for other
 * files. Decoders go by the samples and not by the stated bytes of a second, so that the lesser
 * counts. https://www.mmsp.ece.mcgill.ca/Documents/AudioFormats/WAVE/WAVE.html
 */
function wavRate(base64: string): number | undefined {
  // "RIFF", in base64.
  if (!base64.startsWith('UklGR')) return undefined
  const head = decode(base64.slice(0, headerCharacters))
  if (head === undefined) return undefined
  const format = chunkAt(head, 'fmt ')
  if (format === undefined || format + 24 > head.length) return undefined
  const channels = readNumber(head, format + 10, 2)
  const samplesPerSecond = readNumber(head, format + 12, 4)
  const stated = readNumber(head, format + 16, 4)
  const bitsPerSample = readNumber(head, format + 22, 2)
  const sampled = (samplesPerSecond * channels * bitsPerSample) / 8
  // Compressed formats have no bits of a sample.
  const rate = sampled > 0 ? Math.min(sampled, stated) : stated
  return rate >= slowestRate && rate <= fastestRate ? rate : undefined
}

/** Where the chunk of a name begins in a RIFF file; undefined where its head has none. */
function chunkAt(head: string, name: string): number | undefined {
  let at = 12
  while (at + 8 <= head.length) {
    if (head.startsWith(name, at)) return at
    const size = readNumber(head, at + 4, 4)
    // Chunks begin at even places.
    at += 8 + size + (size % 2)
  }
  return undefined
}

/** A number of some bytes, the lowest first. */
function readNumber(head: string, at: number, bytes: number): number {
  let number = 0
  for (let index = bytes - 1; index >= 0; index--) number = number * 256 + head.charCodeAt(at + index)
  return number
}

/** The bytes of base64 as characters; undefined where it is none. */
function decode(base64: string): string | undefined {
  try {
    return atob(base64)
  } catch {
    return undefined
  }
}
