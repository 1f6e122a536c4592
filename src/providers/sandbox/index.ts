/**
 * A provider without a key and without a network. It answers in this process, as a provider would
 * over HTTP: streams, tools, rate limits and failures included, whichever its model stands for. The
 * pipeline hands it what is addressed to `sandboxHost`.
 */
import type { Complaint } from '../../chat/events.ts'
import { foldEvents } from '../../chat/fold.ts'
import type { JsonObject } from '../../chat/json.ts'
import type { Ask } from './ask.ts'
import { perform, rateLimitHeaders } from './behaviours.ts'
import type { Front } from './front.ts'
import { openaiChat } from './openai-chat.ts'
import { pacedStream, pause } from './paced-stream.ts'
import type { Performance } from './performance.ts'
import { SandboxRefusal } from './refusal.ts'

export const sandboxHost = 'sandbox.invalid'

/** The dialects it is spoken to in. */
const fronts: readonly Front[] = [openaiChat]

/** Longer than anybody waits. */
const foreverMs = 2 ** 31 - 1

/**
 * The sandbox's answer to a call. Rejects only as `fetch` does, when the request's signal is
 * aborted.
 * @param signal - where the request's own signal is not the caller's.
 */
export async function answerSandbox(
  request: Request,
  signal: AbortSignal = request.signal,
): Promise<Response> {
  const { pathname } = new URL(request.url)
  const front = fronts.find((candidate) => candidate.speaks(request.method, pathname))
  if (!front)
    return refuse(openaiChat, 404, { message: `Unknown request URL: ${request.method} ${pathname}.` })
  if (request.method === 'GET') return refuseOr(front, () => Response.json(front.renderModels(pathname)))
  const body: unknown = await request.json().catch(() => undefined)
  let ask: Ask
  try {
    ask = front.readAsk(body)
  } catch (thrown) {
    if (thrown instanceof SandboxRefusal) return refuse(front, thrown.status, thrown.complaint)
    throw thrown
  }
  return stage(front, ask, perform(ask, Date.now()), signal)
}

async function stage(
  front: Front,
  ask: Ask,
  performance: Performance,
  signal: AbortSignal,
): Promise<Response> {
  switch (performance.type) {
    case 'silence':
      await pause(foreverMs, signal)
      throw new Error('The sandbox waited for ever.')
    case 'refusal':
      return refuse(front, performance.status, performance.complaint, performance.headers)
    case 'answer':
      return ask.stream ? streamed(front, ask, performance, signal) : whole(front, performance, signal)
  }
}

type Answer = Extract<Performance, { type: 'answer' }>

function streamed(front: Front, ask: Ask, { events, pace }: Answer, signal: AbortSignal): Response {
  const texts = front.renderStream(events, ask)
  return new Response(pacedStream(texts, pace, signal), {
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
      ...rateLimitHeaders,
    },
  })
}

async function whole(front: Front, { events, pace }: Answer, signal: AbortSignal): Promise<Response> {
  await pause(pace.firstMs, signal)
  const failure = events.find((event) => event.type === 'stream-error')
  if (failure) return refuse(front, 500, failure.complaint)
  const text = JSON.stringify(front.renderWhole(foldEvents(events)))
  const isWhole = events.at(-1)?.type === 'response-end'
  return new Response(isWhole ? text : text.slice(0, text.length / 2), {
    headers: { 'content-type': 'application/json', ...rateLimitHeaders },
  })
}

function refuseOr(front: Front, make: () => Response): Response {
  try {
    return make()
  } catch (thrown) {
    if (thrown instanceof SandboxRefusal) return refuse(front, thrown.status, thrown.complaint)
    throw thrown
  }
}

function refuse(
  front: Front,
  status: number,
  complaint: Complaint,
  headers: Record<string, string> = {},
): Response {
  const body: JsonObject = front.renderError(complaint)
  return Response.json(body, { status, headers })
}
