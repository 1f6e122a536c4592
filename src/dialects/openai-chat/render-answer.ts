/** A canonical answer, whole, as a Chat client reads it. */
import type { Citation } from '../../chat/citation.ts'
import type { JsonObject } from '../../chat/json.ts'
import type { AssistantPart, ChatRequest, FilePart, ReasoningPart, ToolCallPart } from '../../chat/request.ts'
import type { ChatResponse, Choice } from '../../chat/response.ts'
import { writeChatAnnotation } from '../annotations.ts'
import { readCustomInput } from '../custom-input.ts'
import { compact } from '../json-read.ts'
import { TextOffsets } from '../text-offsets.ts'
import { sealCallId } from './call-id.ts'
import { addressOf } from '../data-url.ts'
import { writeFinish } from './finish.ts'
import { callFieldsOf, fieldsOf, isForeign, mergeFields } from './opaque.ts'
import { writeUsage } from './usage.ts'

/** The names of the request's custom tools, whose calls are given back as such. */
export function customTools({ tools }: Pick<ChatRequest, 'tools'>): ReadonlySet<string> {
  return new Set(tools.flatMap(({ name, form }) => (form?.type === 'custom' ? [name] : [])))
}

export function renderAnswer(response: ChatResponse, request: Pick<ChatRequest, 'tools'>): JsonObject {
  const custom = customTools(request)
  return compact({
    id: response.id,
    object: 'chat.completion',
    created: Math.floor(response.createdAt / 1000),
    model: response.model,
    choices: response.choices.map((choice) => renderChoice(choice, custom)),
    usage: response.usage && writeUsage(response.usage),
  })
}

function renderChoice(
  { index, content, finish, logprobs, citations = [] }: Choice,
  custom: ReadonlySet<string>,
): JsonObject {
  const refusal = textOf(content, 'refusal')
  const calls = content.filter((part) => part.type === 'tool-call')
  const files = content.filter((part) => part.type === 'file')
  const reasoning = content.filter((part) => part.type === 'reasoning')
  const foreign = reasoning.filter(({ opaque }) => opaque && isForeign(opaque))
  const message = compact({
    role: 'assistant',
    // Null where there is something else to look at; an answer that stayed empty is an empty text.
    content: textOf(content, 'text') || (calls.length > 0 || refusal !== '' ? null : ''),
    refusal: refusal || null,
    reasoning_content: textOf(content, 'reasoning') || undefined,
    ...mergeFields(reasoning.flatMap(({ opaque, text }) => (opaque ? [fieldsOf(opaque, text)] : []))),
    images: files.length > 0 ? files.map(renderImage) : undefined,
    tool_calls:
      calls.length > 0
        ? calls.map((call) => renderToolCall(call, call === calls[0] ? foreign : [], custom))
        : undefined,
    annotations: citations.length > 0 ? renderCitations(citations, textOf(content, 'text')) : undefined,
  })
  return {
    index,
    message,
    logprobs: logprobs ? renderLogprobs(logprobs, refusal !== '') : null,
    finish_reason: writeFinish(finish, refusal !== ''),
  }
}

/** @param text of the message, in which the places count. */
export function renderCitations(citations: readonly Citation[], text: string): JsonObject[] {
  const offsets = new TextOffsets('code-points')
  offsets.add(text)
  return citations.map((citation) => writeChatAnnotation(citation, offsets))
}

function textOf(content: AssistantPart[], type: 'text' | 'reasoning' | 'refusal'): string {
  return content.map((part) => (part.type === type ? part.text : '')).join('')
}

/** @param foreign reasoning of other dialects that this call carries along. */
function renderToolCall(
  { id: bare, name, arguments: text, opaque }: ToolCallPart,
  foreign: ReasoningPart[],
  custom: ReadonlySet<string>,
): JsonObject {
  const id = sealCallId(bare, { reasoning: foreign, ...(opaque && isForeign(opaque) && { opaque }) })
  const state = opaque && callFieldsOf(opaque)
  if (custom.has(name))
    return { id, type: 'custom', custom: { name, input: readCustomInput(text) }, ...state }
  return { id, type: 'function', function: { name, arguments: text }, ...state }
}

/** OpenRouter's form; OpenAI's chat models make no files. */
export function renderImage(file: FilePart): JsonObject {
  return { type: 'image_url', image_url: { url: addressOf(file) } }
}

export function renderLogprobs(tokens: NonNullable<Choice['logprobs']>, refused: boolean): JsonObject {
  return refused ? { content: null, refusal: tokens } : { content: tokens, refusal: null }
}
