/** One request from the page, streamed through the hub's own endpoint. */
import { useCallback, useEffect, useReducer, useRef } from 'preact/hooks'
import { SseDecoder } from '../../../src/http/sse.ts'
import { api, type ApiError, readError, send } from '../../api.ts'
import { toApiError } from '../../state/action.ts'

export interface Trial {
  phase: 'idle' | 'waiting' | 'streaming' | 'done' | 'stopped' | 'failed'
  /** What was asked for. */
  asked: string
  answer: string
  reasoning: string
  /** Who served it, where the hub says so. */
  served: Served
  /** Milliseconds from sending to the first word, and to the end. */
  firstTokenMs: number | undefined
  totalMs: number | undefined
  error: ApiError | undefined
}

interface Served {
  provider?: string
  model?: string
  attempts?: string
}

type TrialEvent =
  | { type: 'start'; model: string }
  | { type: 'served'; served: Served }
  | { type: 'text-delta' | 'reasoning-delta'; text: string; afterMs: number }
  | { type: 'end'; afterMs: number }
  | { type: 'stop' }
  | { type: 'fail'; error: ApiError }

const idle: Trial = {
  phase: 'idle',
  asked: '',
  answer: '',
  reasoning: '',
  served: {},
  firstTokenMs: undefined,
  totalMs: undefined,
  error: undefined,
}

export function reduceTrial(trial: Trial, event: TrialEvent): Trial {
  switch (event.type) {
    case 'start':
      return { ...idle, phase: 'waiting', asked: event.model }
    case 'served':
      return { ...trial, served: { ...trial.served, ...event.served } }
    case 'text-delta':
    case 'reasoning-delta': {
      const field = event.type === 'text-delta' ? 'answer' : 'reasoning'
      const firstTokenMs = trial.firstTokenMs ?? event.afterMs
      return { ...trial, phase: 'streaming', [field]: trial[field] + event.text, firstTokenMs }
    }
    case 'end':
      return { ...trial, phase: 'done', totalMs: event.afterMs }
    case 'stop':
      return { ...trial, phase: 'stopped' }
    case 'fail':
      return { ...trial, phase: 'failed', error: event.error }
  }
}

export interface TrialControls {
  trial: Trial
  start: (request: { model: string; prompt: string }) => void
  stop: () => void
}

/** @param onEnd called when a request is over, whatever came of it: keys may have changed by it. */
export function useTrial(onEnd: () => void): TrialControls {
  const [trial, dispatch] = useReducer(reduceTrial, idle)
  const abort = useRef<AbortController>()
  const stop = useCallback(() => abort.current?.abort(), [])
  useEffect(() => stop, [stop])

  const start = ({ model, prompt }: { model: string; prompt: string }): void => {
    stop()
    const controller = new AbortController()
    abort.current = controller
    const tell = (event: TrialEvent): void => {
      // What an earlier request still has to say is not about this one.
      if (abort.current === controller) dispatch(event)
    }
    tell({ type: 'start', model })
    runTrial(model, prompt, controller.signal, tell)
      .catch((thrown: unknown) =>
        tell(controller.signal.aborted ? { type: 'stop' } : { type: 'fail', error: toApiError(thrown) }),
      )
      .finally(onEnd)
  }

  return { trial, start, stop }
}

async function runTrial(
  model: string,
  prompt: string,
  signal: AbortSignal,
  tell: (event: TrialEvent) => void,
): Promise<void> {
  const startedAt = performance.now()
  const afterMs = (): number => performance.now() - startedAt
  const json = { model, stream: true, messages: [{ role: 'user' as const, content: prompt }] }
  const response = await send(api.v1.chat.completions.$post({ json }, { init: { signal } }))
  tell({ type: 'served', served: servedBy((name) => response.headers.get(name)) })

  const decoder = new SseDecoder()
  for await (const chunk of chunksOf(response.body)) {
    for (const { data, comment } of decoder.push(chunk)) {
      // If the hub sent the headers before it knew the provider, a last comment has the facts.
      const facts = new Map(comment?.split(' ').map((fact) => fact.split('=', 2) as [string, string]))
      if (facts.size > 0) tell({ type: 'served', served: servedBy((name) => facts.get(name)) })
      if (data === undefined || data === '[DONE]') continue
      const { error, choices } = JSON.parse(data) as Chunk
      if (error) throw readError(data)
      const delta = choices?.[0]?.delta
      const words = delta?.content ?? delta?.refusal
      if (delta?.reasoning_content)
        tell({ type: 'reasoning-delta', text: delta.reasoning_content, afterMs: afterMs() })
      if (words) tell({ type: 'text-delta', text: words, afterMs: afterMs() })
    }
  }
  tell({ type: 'end', afterMs: afterMs() })
}

/** What is read of OpenAI's `chat.completion.chunk`. */
interface Chunk {
  error?: object
  choices?: {
    delta?: { content?: string | null; refusal?: string | null; reasoning_content?: string | null }
  }[]
}

function servedBy(fact: (name: string) => string | null | undefined): Served {
  const provider = fact('x-llm-provider')
  const model = fact('x-llm-model')
  const attempts = fact('x-hub-attempts')
  return { ...(provider && { provider }), ...(model && { model }), ...(attempts && { attempts }) }
}

/** Not every browser can iterate over a stream by itself. */
async function* chunksOf(body: ReadableStream<Uint8Array> | null): AsyncGenerator<Uint8Array> {
  const reader = body?.getReader()
  if (!reader) return
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    yield value
  }
}
