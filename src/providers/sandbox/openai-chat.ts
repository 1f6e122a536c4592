/** The sandbox in OpenAI's Chat Completions: https://platform.openai.com/docs/api-reference/chat */
import type { ChatEvent, Usage } from '../../chat/events.ts'
import type { Json, JsonObject } from '../../chat/json.ts'
import type { AssistantPart } from '../../chat/request.ts'
import type { Choice } from '../../chat/response.ts'
import type { Ask } from './ask.ts'
import type { Front } from './front.ts'
import { sandboxModels } from './models.ts'
import { noSuchModel, readAsk } from './openai-chat-request.ts'

const modelsPath = '/v1/models'

export const openaiChat: Front = {
  speaks: (method, pathname) =>
    method === 'GET'
      ? pathname === modelsPath || pathname.startsWith(`${modelsPath}/`)
      : method === 'POST' && pathname === '/v1/chat/completions',
  readAsk,
  renderWhole: ({ id, model, createdAt, choices, usage }) => ({
    id,
    object: 'chat.completion',
    created: Math.floor(createdAt / 1_000),
    model,
    choices: choices.map(renderChoice),
    ...(usage && { usage: renderUsage(usage) }),
  }),
  renderStream,
  renderError: ({ message, type, code, param }) => ({
    error: { message, type: type ?? 'invalid_request_error', param: param ?? null, code: code ?? null },
  }),
  renderModels(pathname) {
    if (pathname === modelsPath) return { object: 'list', data: Object.keys(sandboxModels).map(renderModel) }
    const name = decodeURIComponent(pathname.slice(modelsPath.length + 1))
    if (!Object.hasOwn(sandboxModels, name)) throw noSuchModel(name)
    return renderModel(name)
  },
}

function renderModel(id: string): JsonObject {
  return { id, object: 'model', created: 1_767_225_600, owned_by: 'sandbox' }
}

function renderChoice({ index, content, finish }: Choice): JsonObject {
  const texts = (type: 'text' | 'reasoning' | 'refusal') =>
    content.flatMap((part) => (part.type === type ? [part.text] : [])).join('')
  const calls = content.flatMap(renderCall)
  const reasoning = texts('reasoning')
  const message: JsonObject = {
    role: 'assistant',
    content: calls.length > 0 || texts('refusal') !== '' ? texts('text') || null : texts('text'),
    refusal: texts('refusal') || null,
    ...(reasoning !== '' && { reasoning_content: reasoning }),
    ...(calls.length > 0 && { tool_calls: calls }),
  }
  return { index, message, logprobs: null, finish_reason: finish.raw }
}

function renderCall(part: AssistantPart): JsonObject[] {
  if (part.type !== 'tool-call') return []
  return [{ id: part.id, type: 'function', function: { name: part.name, arguments: part.arguments } }]
}

function renderUsage(usage: Usage): JsonObject {
  return {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.inputTokens + usage.outputTokens,
    prompt_tokens_details: { cached_tokens: usage.cachedTokens },
    completion_tokens_details: { reasoning_tokens: usage.reasoningTokens },
  }
}

function renderStream(events: readonly ChatEvent[], ask: Ask): string[] {
  const first = events.find((event) => event.type === 'response-start')
  if (!first) return []
  const frame = {
    id: first.id,
    object: 'chat.completion.chunk',
    created: Math.floor(first.createdAt / 1_000),
    model: first.model,
  }
  const chunk = (choices: Json[], usage: Json = null): string =>
    toSse({ ...frame, choices, ...(ask.streamUsage && { usage }) })
  const delta = (index: number, fields: JsonObject, finish: string | null = null): string =>
    chunk([{ index, delta: fields, logprobs: null, finish_reason: finish }])

  return events.flatMap((event): string[] => {
    switch (event.type) {
      case 'response-start':
        return Array.from({ length: ask.choices }, (_, index) =>
          delta(index, { role: 'assistant', content: '', refusal: null }),
        )
      case 'text-delta':
        return [delta(event.choice, { content: event.text })]
      case 'reasoning-delta':
        return [delta(event.choice, { reasoning_content: event.text })]
      case 'refusal-delta':
        return [delta(event.choice, { refusal: event.text })]
      case 'tool-call-start': {
        const { call: index, id, name } = event
        return [
          delta(event.choice, {
            tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }],
          }),
        ]
      }
      case 'tool-call-delta': {
        const { call: index, arguments: text } = event
        return [delta(event.choice, { tool_calls: [{ index, function: { arguments: text } }] })]
      }
      case 'choice-finish':
        return [delta(event.choice, {}, event.finish.raw)]
      case 'usage-report':
        return ask.streamUsage ? [chunk([], renderUsage(event.usage))] : []
      case 'stream-error':
        return [toSse(openaiChat.renderError(event.complaint))]
      case 'response-end':
        return ['data: [DONE]\n\n']
      default:
        return []
    }
  })
}

function toSse(data: JsonObject): string {
  return `data: ${JSON.stringify(data)}\n\n`
}
