/**
 * Texts as a stream of bytes with pauses between them: an answer that takes its time, and stops
 * when nobody listens.
 */
import type { Pace } from './performance.ts'

/** @param signal - breaks the stream, as an aborted call breaks a connection. */
export function pacedStream(
  texts: readonly string[],
  pace: Pace,
  signal: AbortSignal,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  const over = new AbortController()
  let sent = 0
  return new ReadableStream({
    type: 'bytes',
    start(controller) {
      signal.addEventListener('abort', () => controller.error(signal.reason), { signal: over.signal })
    },
    async pull(controller) {
      const text = texts[sent]
      if (text === undefined) {
        over.abort()
        controller.close()
        // A reader that brought its own buffer is answered only by this.
        controller.byobRequest?.respond(0)
        return
      }
      await pause(sent === 0 ? pace.firstMs : pace.betweenMs, AbortSignal.any([signal, over.signal]))
      sent++
      controller.enqueue(encoder.encode(text))
    },
    cancel() {
      over.abort()
    },
  })
}

/** Waits, and rejects with the signal's reason as soon as it is aborted. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  if (ms === 0) return
  await new Promise<void>((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop)
      resolve()
    }, ms)
    signal.addEventListener('abort', stop, { once: true })
  })
}
