/**
 * An answer as it is kept to be given again: gathered while it passes, sealed as one text, and
 * opened again.
 */
import { utf8Length } from '../chat/json-bytes.ts'
import { openText, SealError, sealText } from '../vault/vault.ts'
import type { Secrets } from '../auth/secrets.ts'

/** No larger answer is kept, in bytes of its body. */
export const maxKeptBytes = 2 * 1024 * 1024

/** A response that was given, to the byte. */
export interface KeptAnswer {
  head: { status: number; headers: [string, string][] }
  body: string
}

/** What an answer came to while it passed. */
export type Gathered = { type: 'whole'; body: string } | { type: 'too-large' } | { type: 'broken' }

/** Seals an answer for the place that `bound` names. */
export function sealKept(secrets: Secrets, { head, body }: KeptAnswer, bound: string[]): Promise<string> {
  // One text for both: the head is JSON, and has no line break.
  return sealText(secrets, `${JSON.stringify(head)}\n${body}`, bound)
}

/**
 * What `sealKept` sealed; undefined where the master key that it was sealed with is gone.
 * @throws {SealError} where it was altered.
 */
export async function openKept(
  secrets: Secrets,
  sealed: string,
  bound: string[],
): Promise<KeptAnswer | undefined> {
  try {
    const text = await openText(secrets, sealed, bound)
    const end = text.indexOf('\n')
    const head: KeptAnswer['head'] = JSON.parse(text.slice(0, end))
    return { head, body: text.slice(end + 1) }
  } catch (thrown) {
    if (!(thrown instanceof SealError) || thrown.problem !== 'no-master-key') throw thrown
    console.error(
      `A stored answer could not be decrypted, and its request is served again: ${thrown.message}`,
    )
    return undefined
  }
}

/** A body that is there already. */
export function gather(body: string): Gathered {
  return utf8Length(body) > maxKeptBytes ? { type: 'too-large' } : { type: 'whole', body }
}

/**
 * Passes a stream on to a client, and gathers it for others: they wait neither for a client that
 * reads slowly nor for one that has left. What has become too large to keep is for this client
 * alone, and goes at its pace. Never rejects.
 */
export async function passOn(
  body: ReadableStream<Uint8Array>,
  writable: WritableStream<Uint8Array>,
): Promise<Gathered> {
  const writer = writable.getWriter()
  // A byte order mark is part of the answer.
  const decoder = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true })
  let text = ''
  let bytes = 0
  let listening = true
  const write = async (chunk: Uint8Array): Promise<void> => {
    await writer.write(chunk).catch(() => {
      listening = false
    })
  }
  try {
    for await (const chunk of body) {
      bytes += chunk.byteLength
      if (bytes <= maxKeptBytes) {
        text += decoder.decode(chunk, { stream: true })
        void write(chunk)
      } else {
        await write(chunk)
        if (!listening) break
      }
    }
    // The client may take its time.
    void writer.close().catch(() => {})
    return bytes > maxKeptBytes ? { type: 'too-large' } : { type: 'whole', body: text }
  } catch (thrown) {
    await writer.abort(thrown).catch(() => {})
    return { type: 'broken' }
  }
}
