/**
 * What a provider's list of models says of each: its window and its abilities, under the names that
 * servers use. Read little, forgive the rest. Pure.
 */
import { type FileKind, fileKinds } from '../domain/files.ts'
import type { JsonObject } from '../chat/json.ts'
import { isJsonObject } from '../chat/json.ts'
import type { ModelFacts } from '../chat/model.ts'
import { listIn, objectIn } from '../dialects/json-read.ts'

/**
 * vLLM; OpenRouter, Cohere and Together; Mistral and LM Studio; Gemini; Anthropic; hubs like this.
 */
const contextNames = [
  'max_model_len',
  'context_length',
  'max_context_length',
  'loaded_context_length',
  'inputTokenLimit',
  'max_input_tokens',
  'context_window',
] as const
const outputNames = ['outputTokenLimit', 'max_output_tokens', 'max_completion_tokens'] as const

/** The facts in one entry of a list. An absent one is unknown. */
export function listedFacts(entry: JsonObject): ModelFacts {
  // llama.cpp says what the model was trained with, and after `-c` what it was loaded with.
  const meta = objectIn(entry.meta) ?? {}
  const contextTokens = tokensIn(entry, contextNames) ?? tokensIn(meta, ['n_ctx', 'n_ctx_train'])
  const outputTokens = tokensIn(entry, outputNames)
  const input = seenIn(entry)
  const tools = toolsIn(entry)
  return {
    ...(contextTokens !== undefined && { contextTokens }),
    ...(outputTokens !== undefined && { outputTokens }),
    ...(input && { input }),
    ...(tools !== undefined && { tools }),
  }
}

function tokensIn(entry: JsonObject, names: readonly string[]): number | undefined {
  for (const name of names) {
    const value = entry[name]
    if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value
  }
  return undefined
}

function seenIn(entry: JsonObject): FileKind[] | undefined {
  const listed = entry.input_modalities ?? objectIn(entry.architecture)?.input_modalities
  if (Array.isArray(listed)) {
    const named = new Set(listed.map((kind) => (kind === 'file' ? 'pdf' : kind)))
    return fileKinds.filter((kind) => named.has(kind))
  }
  const sees = objectIn(entry.capabilities)?.vision
  if (typeof sees === 'boolean') return sees ? ['image'] : []
  // LM Studio's own list.
  return entry.type === 'vlm' ? ['image'] : undefined
}

/** A list of abilities says what a model can; only Mistral says that one cannot. */
function toolsIn(entry: JsonObject): boolean | undefined {
  const { capabilities } = entry
  if (isJsonObject(capabilities)) {
    const calls = capabilities.function_calling
    return typeof calls === 'boolean' ? calls : undefined
  }
  const named = [...listIn(capabilities), ...listIn(entry.supported_parameters)]
  return named.some((ability) => ability === 'tools' || ability === 'tool_use') ? true : undefined
}
