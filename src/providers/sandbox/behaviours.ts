/**
 * What each of the sandbox's models does when asked. In no dialect: the way in and out is
 * `openai-chat.ts` and its like.
 */
import type { ChatEvent, Complaint, Finish } from '../../chat/events.ts'
import { type Ask, countTokens } from './ask.ts'
import { echo, type Step } from './echo.ts'
import type { Pace, Performance } from './performance.ts'

const natural: Pace = { firstMs: 20, betweenMs: 20 }
const patient: Pace = { firstMs: 2_000, betweenMs: 300 }
const atOnce: Pace = { firstMs: 0, betweenMs: 0 }

/**
 * Pieces of an answer when it is streamed: enough to see it come, few enough not to wait for it.
 */
const mostPieces = 40
const longPieces = 200

/** @param now - milliseconds since the epoch. */
export function perform(ask: Ask, now: number): Performance {
  switch (ask.model) {
    case 'echo':
      return answer(ask, echo(ask), natural, now)
    case 'slow':
      return answer(ask, echo(ask), patient, now)
    case 'think':
      return answer(ask, [{ type: 'reasoning', text: thoughts(ask) }, ...echo(ask)], natural, now)
    case 'long':
      return answer(ask, [{ type: 'text', text: longText }], atOnce, now, longPieces)
    case 'refuse':
      return answer(
        ask,
        [{ type: 'refusal', text: 'I will not do that, because I was asked to refuse.' }],
        natural,
        now,
      )
    case 'cut':
      return brokenAnswer(ask, now)
    case 'error':
      return brokenAnswer(ask, now, {
        message: 'The sandbox failed in the middle of its answer, as it was asked to.',
        type: 'server_error',
        code: 'server_error',
      })
    case 'cut-early':
      return { type: 'answer', events: [], pace: natural }
    case 'timeout':
      return { type: 'silence' }
    default:
      return { type: 'refusal', ...refusals[ask.model] }
  }
}

/**
 * Sent with every good answer. The limits are beyond reach: they are there to be read, and never to
 * be felt.
 */
export const rateLimitHeaders: Readonly<Record<string, string>> = {
  'x-ratelimit-limit-requests': '1000000',
  'x-ratelimit-remaining-requests': '999999',
  'x-ratelimit-reset-requests': '1ms',
  'x-ratelimit-limit-tokens': '1000000000',
  'x-ratelimit-remaining-tokens': '999999000',
  'x-ratelimit-reset-tokens': '1ms',
}

type RefusingModel = '429' | 'quota' | '400' | '401' | '500' | '503'

const refusals: Record<RefusingModel, Omit<Extract<Performance, { type: 'refusal' }>, 'type'>> = {
  '429': {
    status: 429,
    headers: {
      'retry-after': '7',
      'x-ratelimit-limit-requests': '60',
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '7s',
      'x-ratelimit-limit-tokens': '1000000',
      'x-ratelimit-remaining-tokens': '999000',
      'x-ratelimit-reset-tokens': '60ms',
    },
    complaint: {
      message:
        'Rate limit reached for 429 in organization org-sandbox on requests per min (RPM): Limit 60, Used 60, Requested 1. Please try again in 7s.',
      type: 'requests',
      code: 'rate_limit_exceeded',
    },
  },
  quota: refusal(429, 'You exceeded your current quota, please check your plan and billing details.', {
    type: 'insufficient_quota',
    code: 'insufficient_quota',
  }),
  '400': refusal(400, 'The sandbox finds fault with this request, as it was asked to.', {
    type: 'invalid_request_error',
    code: 'invalid_value',
    param: 'model',
  }),
  '401': refusal(401, 'Incorrect API key provided. This is what a dead key looks like.', {
    type: 'invalid_request_error',
    code: 'invalid_api_key',
  }),
  '500': refusal(500, 'The server had an error while processing your request.', { type: 'server_error' }),
  '503': refusal(503, 'The model is overloaded. Please try again later.', {
    type: 'server_error',
    code: 'server_is_overloaded',
  }),
}

function refusal(status: number, message: string, words: Omit<Complaint, 'message'>) {
  return { status, headers: {}, complaint: { message, ...words } }
}

function answer(ask: Ask, planned: Step[], pace: Pace, now: number, pieces = mostPieces): Performance {
  const { steps, finish } = limit(ask, planned)
  const events: ChatEvent[] = [start(ask, now)]
  for (let choice = 0; choice < ask.choices; choice++) {
    events.push(...steps.flatMap((step, index) => eventsOf(step, choice, callIndex(steps, index), pieces)))
    events.push({ type: 'choice-finish', choice, finish })
  }
  const outputTokens = ask.choices * tokensOf(steps)
  const reasoningTokens = ask.choices * tokensOf(steps.filter((step) => step.type === 'reasoning'))
  const usage = {
    inputTokens: ask.inputTokens,
    outputTokens,
    cachedTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens,
  }
  events.push({ type: 'usage-report', usage }, { type: 'response-end' })
  return { type: 'answer', events, pace }
}

/**
 * Some content, and then no end: an error where there is one to report, a broken connection
 * otherwise.
 */
function brokenAnswer(ask: Ask, now: number, complaint?: Complaint): Performance {
  const events: ChatEvent[] = [
    start(ask, now),
    { type: 'text-delta', choice: 0, text: 'This answer is going to ' },
    { type: 'text-delta', choice: 0, text: 'end before ' },
  ]
  if (complaint) events.push({ type: 'stream-error', complaint })
  return { type: 'answer', events, pace: natural }
}

function start(ask: Ask, now: number): ChatEvent {
  return { type: 'response-start', id: `chatcmpl-${crypto.randomUUID()}`, model: ask.model, createdAt: now }
}

/** Stop sequences end the text; the output limit ends everything, thoughts included. */
function limit(ask: Ask, planned: Step[]): { steps: Step[]; finish: Finish } {
  let lettersLeft = (ask.maxOutputTokens ?? Number.POSITIVE_INFINITY) * 4
  const steps: Step[] = []
  let wasCut = false
  for (const step of planned) {
    const text = step.type === 'text' ? beforeStop(step.text, ask.stop) : step.text
    if (lettersLeft > 0) steps.push({ ...step, text: text.slice(0, lettersLeft) })
    wasCut ||= text.length > lettersLeft
    lettersLeft -= Math.min(text.length, lettersLeft)
  }
  if (wasCut) return { steps, finish: { reason: 'length', raw: 'length' } }
  const calls = steps.some((step) => step.type === 'tool-call')
  return {
    steps,
    finish: calls ? { reason: 'tool-calls', raw: 'tool_calls' } : { reason: 'stop', raw: 'stop' },
  }
}

function beforeStop(text: string, stop: string[]): string {
  const ends = stop.map((sequence) => text.indexOf(sequence)).filter((end) => end >= 0)
  return text.slice(0, Math.min(text.length, ...ends))
}

function eventsOf(step: Step, choice: number, call: number, pieces: number): ChatEvent[] {
  const parts = cutIntoPieces(step.text, pieces)
  switch (step.type) {
    case 'text':
      return parts.map((text) => ({ type: 'text-delta', choice, text }))
    case 'reasoning':
      return parts.map((text) => ({ type: 'reasoning-delta', choice, text }))
    case 'refusal':
      return parts.map((text) => ({ type: 'refusal-delta', choice, text }))
    case 'tool-call': {
      const id = `call_${crypto.randomUUID().replaceAll('-', '').slice(0, 24)}`
      const opening: ChatEvent = { type: 'tool-call-start', choice, call, id, name: step.name }
      return [
        opening,
        ...parts.map((text): ChatEvent => ({ type: 'tool-call-delta', choice, call, arguments: text })),
      ]
    }
  }
}

/** The how-manieth tool call a step is. */
function callIndex(steps: Step[], index: number): number {
  return steps.slice(0, index).filter((step) => step.type === 'tool-call').length
}

function cutIntoPieces(text: string, most: number): string[] {
  const words = text.match(/\S*\s*/g)?.filter((word) => word !== '') ?? []
  const perPiece = Math.ceil(words.length / most)
  const pieces: string[] = []
  for (let at = 0; at < words.length; at += perPiece) pieces.push(words.slice(at, at + perPiece).join(''))
  return pieces
}

function tokensOf(steps: Step[]): number {
  return steps.reduce((sum, step) => sum + countTokens(step.text), 0)
}

function thoughts({ prompt }: Ask): string {
  return `I am asked: "${prompt.slice(0, 200)}". There is nothing to find out, so I will say it back.`
}

const longText = Array.from({ length: longPieces }, (_, index) => `word-${index + 1}`).join(' ')
