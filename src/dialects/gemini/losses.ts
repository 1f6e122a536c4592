/**
 * What of a Gemini request no translation carries. Nothing has a type here: parts and tools are
 * told by their members.
 */
import type { JsonObject } from '../../chat/json.ts'
import type { Loss } from '../../chat/request.ts'
import { unreadFields } from '../skipped-parts.ts'
import { camelNames, type WireContent, type WireRequest } from './wire.ts'

/** The members of a tool that ask for a search of the web. */
export const searchMembers = ['googleSearch', 'googleSearchRetrieval'] as const

const topMembers = ['model', 'contents', 'systemInstruction', 'tools', 'toolConfig', 'generationConfig']
const partMembers = [
  'text',
  'thought',
  'thoughtSignature',
  'inlineData',
  'fileData',
  'functionCall',
  'functionResponse',
]
/** What makes a part say something. */
const partContents = ['text', 'inlineData', 'fileData', 'functionCall', 'functionResponse'] as const
const toolMembers = ['functionDeclarations', ...searchMembers]
const configMembers = [
  'temperature',
  'topP',
  'topK',
  'candidateCount',
  'maxOutputTokens',
  'stopSequences',
  'seed',
  'presencePenalty',
  'frequencyPenalty',
  'responseLogprobs',
  'logprobs',
  'responseMimeType',
  'responseSchema',
  'responseJsonSchema',
  'thinkingConfig',
]

/** @param body the request as it came, in either spelling of its names. */
export function lossesOf(wire: WireRequest, body: JsonObject): Loss[] | undefined {
  const losses = [
    ...membersBeside(body, '', topMembers),
    ...membersBeside(wire.generationConfig ?? {}, 'generationConfig.', configMembers),
    ...(wire.tools ?? []).flatMap((tool, index) => membersBeside(tool, `tools[${index}].`, toolMembers)),
    ...wire.contents.flatMap(lossesInContent),
  ]
  return losses.length > 0 ? losses : undefined
}

function lossesInContent({ role, parts }: WireContent, index: number): Loss[] {
  return (parts ?? []).flatMap((part, place): Loss[] => {
    const path = `contents[${index}].parts[${place}]`
    const others = membersBeside(part, `${path}.`, partMembers)
    const isRead = partContents.some((name) => (part[name] ?? null) !== null)
    if (isRead || others.length === 0) return others
    // What the model ran itself is in its words where it matters.
    return [{ path, ...(role !== 'model' && { isEssential: true }) }]
  })
}

function membersBeside(members: object, prefix: string, known: readonly string[]): Loss[] {
  // Read from JSON, with other names at most.
  const named = camelNames(members) as JsonObject
  return unreadFields(named, known).map(({ path }) => ({ path: prefix + path }))
}
