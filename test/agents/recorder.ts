/** Between an agent and the hub: passes everything on, and keeps the bodies that the agent sent. */
import { createServer, request as call, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { JsonObject } from '../../src/chat/json.ts'

export interface ClientRequest {
  path: string
  body: JsonObject
}

export interface Recorder {
  origin: string
  /** What was sent since the last time it was emptied. */
  requests: ClientRequest[]
  stop(): Promise<void>
}

/** @param hub its origin. */
export async function openRecorder(hub: string): Promise<Recorder> {
  const requests: ClientRequest[] = []

  async function pass(from: IncomingMessage, to: ServerResponse): Promise<void> {
    const parts: Buffer[] = []
    for await (const part of from) parts.push(part)
    const bytes = Buffer.concat(parts)
    if (from.method === 'POST' && from.headers['content-encoding'] === undefined)
      requests.push({ path: from.url ?? '', body: JSON.parse(bytes.toString()) })
    const { host: _host, 'transfer-encoding': _encoding, ...headers } = from.headers
    const outgoing = call(
      `${hub}${from.url ?? ''}`,
      { method: from.method, headers: { ...headers, 'content-length': bytes.length } },
      (answer) => {
        to.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(to)
        // A stream that breaks off must break off here too.
        answer.once('close', () => {
          if (!answer.complete) to.destroy()
        })
      },
    )
    outgoing.once('error', () => to.destroy())
    to.once('close', () => outgoing.destroy())
    outgoing.end(bytes)
  }

  const server = createServer((from, to) => {
    pass(from, to).catch((error: unknown) => {
      console.error(error)
      to.destroy()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    requests,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
