/**
 * What a transcript says, for a person to read: its texts and calls, out of whichever dialect they
 * stand in. Pure.
 */
import type { DialectId } from '../domain/dialects.ts'
import { foldEvents } from '../chat/fold.ts'
import { isJsonObject, type Json } from '../chat/json.ts'
import type { AssistantPart, FilePart, Message, ToolResultPart } from '../chat/request.ts'
import type { ChatResponse } from '../chat/response.ts'
import type { Outbound } from '../dialects/dialect.ts'
import { inbound, outbound } from '../dialects/index.ts'
import { parseJson } from '../dialects/json-read.ts'
import { SseDecoder, type SseMessage } from '../http/sse.ts'

/** One thing that was said. */
export interface Spoken {
  role: Message['role']
  /** What it is, by the names of the canonical form. */
  type: (AssistantPart | ToolResultPart)['type']
  text: string
  /** Of a call the tool, of its result the call, of a file its kind. */
  name: string | null
}

/** The messages of a request; undefined where it cannot be read, as one that was cut off. */
export function spokenInRequest(dialect: DialectId, body: string): Spoken[] | undefined {
  return orUndefined(() => inbound[dialect]?.parseRequest(parseJson(body)).messages.flatMap(spokenIn))
}

/**
 * The messages of an answer, whole or streamed, as far as it came; undefined where none can be
 * found, as in an error.
 */
export function spokenInAnswer(dialect: DialectId, text: string): Spoken[] | undefined {
  const speaker = outbound[dialect]
  const answer = speaker && orUndefined(() => readAnswer(speaker, text))
  const said = answer?.choices.flatMap(({ content }) => spokenIn({ role: 'assistant', content }))
  return said?.length ? said : undefined
}

function readAnswer(speaker: Outbound, text: string): ChatResponse {
  const whole = parseJson(text)
  if (isJsonObject(whole)) return speaker.parseResponse(whole)
  const parser = speaker.parseStream()
  const events = messagesOf(text, whole).flatMap((message) => parser.push(message))
  return foldEvents(events)
}

/** The messages of a stream, in either framing. */
function messagesOf(text: string, whole: Json | undefined): SseMessage[] {
  if (Array.isArray(whole)) return whole.map((message) => ({ data: JSON.stringify(message) }))
  const decoder = new SseDecoder()
  return [...decoder.push(text), ...decoder.end()]
}

function spokenIn({ role, content }: Message): Spoken[] {
  return content.map((part): Spoken => {
    const { type } = part
    switch (type) {
      case 'text':
      case 'reasoning':
      case 'refusal':
        return { role, type, text: part.text, name: null }
      case 'tool-call':
        return { role, type, text: part.arguments, name: part.name }
      case 'tool-result':
        return { role, type, text: part.content.map(textOf).join('\n'), name: part.callId }
      case 'file':
        return { role, type, text: describe(part), name: part.kind }
    }
  })
}

function textOf(part: ToolResultPart['content'][number]): string {
  return part.type === 'text' ? part.text : describe(part)
}

/** What can be said of a file in a line. */
function describe({ source, name, mediaType, kind }: FilePart): string {
  const what = name ?? mediaType ?? kind
  if (source.type === 'url') return source.url
  return source.type === 'text' ? source.text : what
}

/** What this makes of a text; undefined where the text is not what it would have to be. */
function orUndefined<Made>(make: () => Made): Made | undefined {
  try {
    return make()
  } catch {
    return undefined
  }
}
