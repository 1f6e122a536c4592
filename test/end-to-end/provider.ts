/**
 * The one fake: a provider on loopback that answers as a test tells it, with what real providers
 * send.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Received {
  path: string
  headers: IncomingMessage['headers']
  // What a hub sends is looked at by tests, each of which knows what it sent.
  // oxlint-disable-next-line typescript/no-explicit-any
  body: any
  /** The key of this call. */
  key: string
  /** Whether the hub hung up before the answer was complete. */
  aborted: boolean
}

/** Answers one call. `n` counts the calls, from 1. */
export type Behaviour = (response: ServerResponse, received: Received, n: number) => void | Promise<void>

export interface FakeProvider {
  baseUrl: string
  received: Received[]
  behave(behaviour: Behaviour): void
  stop(): Promise<void>
}

export async function startProvider(): Promise<FakeProvider> {
  const received: Received[] = []
  let behaviour: Behaviour = (response) => sendJson(response, 200, completion('ok'))
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part)
    const text = Buffer.concat(parts).toString()
    const call: Received = {
      path: request.url ?? '',
      headers: request.headers,
      body: text === '' ? undefined : JSON.parse(text),
      key: (request.headers.authorization ?? '').replace('Bearer ', ''),
      aborted: false,
    }
    received.push(call)
    response.on('close', () => {
      call.aborted = !response.writableFinished
    })
    await behaviour(response, call, received.length)
  }
  // A behaviour that throws hangs up, and the test sees a provider that broke.
  const server = createServer(
    (request, response) => void answer(request, response).catch(() => response.destroy()),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    received,
    behave(next) {
      behaviour = next
      received.length = 0
    },
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(body))
}

export const usage = {
  prompt_tokens: 21,
  completion_tokens: 9,
  total_tokens: 30,
  prompt_tokens_details: { cached_tokens: 5 },
  completion_tokens_details: { reasoning_tokens: 3 },
}

/** A whole answer as OpenAI sends it. */
export function completion(text: string): object {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_790_000_000,
    model: 'fake-1',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: text, refusal: null },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
    usage,
    system_fingerprint: 'fp_1',
  }
}

/**
 * The chunks of a streamed answer as OpenAI sends them, without the usage chunk and the end mark.
 */
export function chunks(words: string[]): object[] {
  return [
    chunkOf({ role: 'assistant', content: '', refusal: null }, null),
    ...words.map((content) => chunkOf({ content }, null)),
    chunkOf({}, 'stop'),
  ]
}

function chunkOf(delta: object, finish: string | null): object {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1_790_000_000,
    model: 'fake-1',
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
  }
}

export const usageChunk = {
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1_790_000_000,
  model: 'fake-1',
  choices: [],
  usage,
}

export function openStream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
  response.flushHeaders()
}

export function sendEvent(response: ServerResponse, event: object | string): void {
  response.write(`data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`)
}

/** Streams a whole answer: the usage chunk if the hub asked for it, then the end mark. */
export function streamCompletion(response: ServerResponse, received: Received, words: string[]): void {
  openStream(response)
  for (const chunk of chunks(words)) sendEvent(response, chunk)
  if (received.body.stream_options?.include_usage) sendEvent(response, usageChunk)
  sendEvent(response, '[DONE]')
  response.end()
}
