/** What Gemini refuses. https://ai.google.dev/api/generate-content */
import type { JsonObject } from '../../../src/chat/json.ts'
import { listIn, objectIn, textIn } from '../../../src/dialects/json-read.ts'
import { sealOf } from '../seal.ts'
import type { Vendor } from '../vendors.ts'
import { demand } from './refusal.ts'
import { checkName, schemasIn } from './tools.ts'
import { words } from './words.ts'

const names = /^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$/

const fields = words(
  'contents systemInstruction generationConfig tools toolConfig safetySettings',
  'cachedContent labels serviceTier store',
)
const settings = words(
  'temperature topP topK candidateCount maxOutputTokens stopSequences seed',
  'presencePenalty frequencyPenalty responseLogprobs logprobs responseMimeType',
  'responseSchema responseJsonSchema responseModalities thinkingConfig mediaResolution',
)
const schemaWords = words(
  'type format title description nullable enum items minItems maxItems',
  'properties required propertyOrdering minProperties maxProperties minimum maximum',
  'minLength maxLength pattern anyOf default example',
)
/** The stand-ins for a signature that Gemini accepts. */
const standIns = ['skip_thought_signature_validator', btoa('context_engineering_is_the_way_to_go')]

/** @throws {Refusal} as Gemini would. */
export function checkGemini(body: JsonObject, vendor: Vendor, account: string): void {
  demandKnown(body, fields, 'request')
  const config = objectIn(body.generationConfig) ?? {}
  demandKnown(config, settings, 'generation_config')
  checkConfig(config, vendor)
  for (const tool of listIn(body.tools))
    for (const declared of listIn(objectIn(tool)?.functionDeclarations)) {
      const { name, parameters, ...rest } = objectIn(declared) ?? {}
      checkName(name, 'tools.function_declarations.name', names)
      demandKnown(
        rest,
        ['description', 'parametersJsonSchema', 'response', 'behavior'],
        'function_declarations',
      )
      for (const schema of objectIn(parameters) ? schemasIn(objectIn(parameters) ?? {}) : [])
        demandKnown(schema, schemaWords, 'tools.function_declarations.parameters')
    }
  const contents = listIn(body.contents).map((content) => objectIn(content) ?? {})
  demand(contents.length > 0, '* GenerateContentRequest.contents: contents is not specified')
  checkTurns(contents)
  checkSignatures(contents, account)
}

function demandKnown(object: JsonObject, known: readonly string[], place: string): void {
  for (const name of Object.keys(object))
    demand(
      known.includes(name),
      `Invalid JSON payload received. Unknown name "${name}" at '${place}': Cannot find field.`,
    )
}

function checkConfig(config: JsonObject, { facts }: Vendor): void {
  const limit = config.maxOutputTokens
  if (typeof limit === 'number')
    demand(
      limit >= 1 && limit <= facts.outputTokens,
      `Unable to submit request because it has a maxOutputTokens value of ${limit} but the supported range is from 1 (inclusive) to ${facts.outputTokens + 1} (exclusive).`,
    )
  demand(listIn(config.stopSequences).length <= 5, 'The number of stop sequences is greater than 5.')
  const { thinkingLevel: level, thinkingBudget: budget } = objectIn(config.thinkingConfig) ?? {}
  demand(level === undefined || budget === undefined, 'Cannot set both thinking_budget and thinking_level.')
  demand(
    level === undefined || facts.efforts.includes((textIn(level) ?? '').toLowerCase()),
    `Thinking level ${textIn(level)} is not supported for this model.`,
  )
}

function partsOf(content: JsonObject | undefined): JsonObject[] {
  return listIn(content?.parts).map((part) => objectIn(part) ?? {})
}

function checkTurns(contents: JsonObject[]): void {
  contents.forEach((content, index) => {
    const { role } = content
    demand(role === 'user' || role === 'model', 'Please use a valid role: user, model.')
    const parts = partsOf(content)
    demand(
      parts.length > 0,
      `* GenerateContentRequest.contents[${index}].parts: contents.parts must not be empty.`,
    )
    for (const part of parts)
      demand(
        Object.keys(part).length > 0,
        `contents[${index}].parts: required oneof field 'data' must have one initialized field`,
      )
    const calls = parts.filter((part) => part.functionCall).length
    const before = contents[index - 1]
    if (calls > 0)
      demand(
        before?.role === 'user',
        'Please ensure that function call turn comes immediately after a user turn or after a function response turn.',
      )
    const answers = parts.filter((part) => part.functionResponse).length
    const asked = partsOf(before).filter((part) => part.functionCall).length
    demand(
      answers === asked || (answers === 0 && asked === 0),
      'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.',
    )
    for (const part of parts) {
      const called = objectIn(part.functionCall) ?? objectIn(part.functionResponse)
      if (called) checkName(called.name, `contents[${index}].parts.function_call.name`, names)
    }
  })
}

/** The first call of each step of the current turn is signed; a signature of others is corrupt. */
function checkSignatures(contents: JsonObject[], account: string): void {
  const isAsked = (content: JsonObject): boolean =>
    content.role === 'user' && partsOf(content).some((part) => !part.functionResponse)
  const current = contents.findLastIndex(isAsked)
  contents.forEach((content, index) => {
    const parts = partsOf(content)
    for (const { thoughtSignature: signature } of parts)
      demand(
        signature === undefined ||
          signature === sealOf(account) ||
          standIns.includes(textIn(signature) ?? ''),
        'Corrupted thought signature.',
      )
    const first = parts.find((part) => part.functionCall)
    if (index > current && first)
      demand(
        textIn(first.thoughtSignature) !== undefined,
        `Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly. Additional data, function call \`default_api:${textIn(objectIn(first.functionCall)?.name)}\`, position ${index}.`,
      )
  })
}
