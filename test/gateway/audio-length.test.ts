import { describe, expect, it } from 'vitest'
import type { FilePart } from '../../src/chat/request.ts'
import { audioSecondsOf } from '../../src/gateway/audio-length.ts'

function audio(bytes: Uint8Array, mediaType: string): FilePart {
  const data = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
  return { type: 'file', kind: 'audio', mediaType, source: { type: 'base64', data } }
}

/** A WAV file of silence, with samples of 16 bits in one channel. */
function wav(seconds: number, bytesPerSecond: number): Uint8Array {
  const bytes = new Uint8Array(44 + seconds * bytesPerSecond)
  bytes.set(new TextEncoder().encode('RIFF'), 0)
  bytes.set(new TextEncoder().encode('WAVEfmt '), 8)
  const view = new DataView(bytes.buffer)
  view.setUint32(16, 16, true)
  view.setUint16(22, 1, true)
  view.setUint32(24, bytesPerSecond / 2, true)
  view.setUint32(28, bytesPerSecond, true)
  view.setUint16(34, 16, true)
  return bytes
}

describe('the length of audio', () => {
  it.each([16_000, 32_000, 88_200])('is read from a WAV file of %d bytes a second', (rate) => {
    // Its header counts as a part of a second.
    expect(audioSecondsOf(audio(wav(9, rate), 'audio/wav'))).toBe(10)
  })

  it.each([
    ['audio/mpeg', 10],
    ['audio/ogg', 20],
    ['audio/x-flac', 3],
    ['audio/unheard-of', 10],
    ['audio/constructor', 10],
    ['', 10],
  ])('is taken from the size of %s, as long as speech can be', (mediaType, seconds) => {
    expect(audioSecondsOf(audio(new Uint8Array(39_999), mediaType))).toBe(seconds)
  })

  it('does not believe a header that makes audio short', () => {
    const lie = wav(2, 32_000)
    new DataView(lie.buffer).setUint32(24, 2_000_000_000, true)
    new DataView(lie.buffer).setUint32(28, 4_000_000_000, true)
    expect(audioSecondsOf(audio(lie, 'audio/wav'))).toBe(17)
  })

  it('goes by the samples of a WAV file where it states more bytes a second', () => {
    const lie = wav(9, 32_000)
    new DataView(lie.buffer).setUint32(28, 6_000_000, true)
    expect(audioSecondsOf(audio(lie, 'audio/wav'))).toBe(10)
  })

  it('reads the format of a WAV file from its chunk, and not from another one', () => {
    const file = wav(9, 32_000)
    const fast = wav(1, 6_000_000).slice(12, 36)
    const other = new Uint8Array(8 + fast.length)
    other.set(new TextEncoder().encode('JUNK'), 0)
    new DataView(other.buffer).setUint32(4, fast.length, true)
    other.set(fast, 8)
    const hidden = new Uint8Array([...file.slice(0, 12), ...other, ...file.slice(12)])
    expect(audioSecondsOf(audio(hidden, 'audio/wav'))).toBe(10)
  })

  it('reads the stated bytes a second of a compressed WAV file', () => {
    const file = wav(9, 4_000)
    new DataView(file.buffer).setUint16(34, 0, true)
    expect(audioSecondsOf(audio(file, 'audio/wav'))).toBe(10)
  })

  it('is a minute where audio is only named, and nothing of other files', () => {
    const source = { type: 'url', url: 'https://files.test/a.mp3' } as const
    expect(audioSecondsOf({ type: 'file', kind: 'audio', source })).toBe(60)
    expect(audioSecondsOf({ type: 'file', kind: 'video', source })).toBe(0)
  })
})
