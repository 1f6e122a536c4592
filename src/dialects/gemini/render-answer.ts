/** A canonical answer, whole, as a Gemini client reads it. */
import type { JsonObject } from '../../chat/json.ts'
import type { AssistantPart } from '../../chat/request.ts'
import type { ChatResponse, Choice } from '../../chat/response.ts'
import type { Served } from '../dialect.ts'
import { compact } from '../json-read.ts'
import { wholeCalls } from './answer-calls.ts'
import { writeGrounding } from './write-grounding.ts'
import { writeLogprobs } from './logprobs.ts'
import { PartWriter } from './part-writer.ts'
import { writeUsage } from './usage.ts'

export function renderAnswer(response: ChatResponse, served: Served | undefined): JsonObject {
  return compact({
    candidates: response.choices.map(renderChoice),
    usageMetadata: response.usage && writeUsage(response.usage),
    ...renderHead(response, served),
  })
}

/** What every chunk says beside its candidates. */
export function renderHead(
  { id, model, createdAt }: Pick<ChatResponse, 'id' | 'model' | 'createdAt'>,
  served: Served | undefined,
): JsonObject {
  const at = createdAt || served?.at
  return compact({
    modelVersion: model,
    createTime: at ? new Date(at).toISOString() : undefined,
    responseId: id,
  })
}

function renderChoice({ index, content, finish, logprobs, citations = [] }: Choice): JsonObject {
  const { calls, finishReason } = wholeCalls(
    content.filter((part) => part.type === 'tool-call'),
    finish,
  )
  const wholes = new Map(calls.map((call) => [call.of, call]))
  const writer = new PartWriter('client')
  const parts = content.flatMap((part): JsonObject[] => {
    if (part.type !== 'tool-call') return renderPart(writer, part)
    const whole = wholes.get(part)
    return whole ? writer.call(whole) : []
  })
  return compact({
    content: { parts: [...parts, ...writer.flush()], role: 'model' },
    finishReason,
    index,
    logprobsResult: logprobs && writeLogprobs(logprobs),
    groundingMetadata: writeGrounding(citations, textOf(content)),
  })
}

function textOf(content: AssistantPart[]): string {
  return content.map((part) => (part.type === 'text' ? part.text : '')).join('')
}

function renderPart(writer: PartWriter, part: Exclude<AssistantPart, { type: 'tool-call' }>): JsonObject[] {
  switch (part.type) {
    case 'text':
    // This dialect has no place for a refusal: it is what the model says, and the finish says the
    // rest.
    case 'refusal':
      return writer.text(part.text)
    case 'file':
      return writer.file(part)
    case 'reasoning':
      return [...writer.reasoning(part.text), ...(part.opaque ? writer.seal(part.opaque, part.text) : [])]
  }
}
