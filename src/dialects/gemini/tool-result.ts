/**
 * Tool results. Here they are objects, and texts elsewhere: a text is put under `result`, a failure
 * under `error`. Of what clients send, `output` is the documented name and `result` the usual one.
 * https://ai.google.dev/api/caching#FunctionResponse
 */
import { isJsonObject, type Json, type JsonObject } from '../../chat/json.ts'
import type { ToolResultPart, UserPart } from '../../chat/request.ts'
import { parseJson } from '../json-read.ts'
import { readMedia } from './media.ts'
import type { WireFunctionResponse } from './wire.ts'

export function readResult(callId: string, { response, parts }: WireFunctionResponse): ToolResultPart {
  const { text, isError } = readResponse(response ?? {})
  const content: UserPart[] = text === '' ? [] : [{ type: 'text', text }]
  for (const part of parts ?? []) {
    const file = readMedia(part)
    if (file) content.push(file)
  }
  return { type: 'tool-result', callId, content, ...(isError && { isError }) }
}

/** The `response` object that says this result. */
export function writeResponse({ content, isError }: ToolResultPart): JsonObject {
  const text = content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n\n')
  if (isError) return { error: text }
  return ownObject(text) ?? { result: text }
}

function readResponse(response: JsonObject): { text: string; isError?: true } {
  const [only, another] = Object.keys(response)
  if (only === undefined) return { text: '' }
  if (another !== undefined || !isWrapper(only)) return { text: JSON.stringify(response) }
  const text = textOf(response[only] ?? '')
  return only === 'error' ? { text, isError: true } : { text }
}

function isWrapper(name: string): boolean {
  return name === 'output' || name === 'result' || name === 'error'
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** The object that a text is, unless it would be taken for a wrapper. */
function ownObject(text: string): JsonObject | undefined {
  const value = parseJson(text)
  if (!isJsonObject(value)) return undefined
  const [only, another] = Object.keys(value)
  return only === undefined || (another === undefined && isWrapper(only)) ? undefined : value
}
