/** A canonical request in the wire format, for a client that speaks another dialect. */
import type { JsonObject } from '../../chat/json.ts'
import { HubError } from '../../errors.ts'
import type { ChatRequest, Sampling } from '../../chat/request.ts'
import type { Upstream } from '../dialect.ts'
import { withFewMarks } from '../cache-marks.ts'
import { compact } from '../json-read.ts'
import { abilitiesOf, otherVendors, type Abilities } from './generations.ts'
import { isThinking, lacksThinking } from './replay.ts'
import { fitBudget, isOn, limitFor, planThinking, writeThinking, type Thinking } from './thinking.ts'
import type { Turn } from './turns.ts'
import { writeFormat } from './write-format.ts'
import { writeMessages } from './write-messages.ts'
import { writeTools } from './write-tools.ts'

/**
 * The output limit where neither the client nor the catalogue names one; every model has so much.
 */
const plainLimit = 4096

/**
 * Without `model` and `stream`, which are the hub's to set. What cannot be said and does no harm is
 * named in `dropped`, by the name that most dialects have for it.
 * @throws {HubError} VALIDATION_ERROR where the request holds what cannot be said here.
 */
export function writeRequest(
  request: ChatRequest,
  upstream: Upstream,
): { body: JsonObject; dropped: string[] } {
  if ((request.choices ?? 1) > 1) {
    throw new HubError('VALIDATION_ERROR', '`n` must be 1: this model returns one answer per request.', {
      param: 'n',
    })
  }
  const dropped: string[] = []
  const abilities = abilitiesOf(upstream.model) ?? otherVendors
  const knowsSchemas = canKeepSchemas(upstream, abilities)
  const { system, turns } = writeMessages(request.messages)
  const { limit, thinking } = writeLimit(request, upstream, abilities, turns, dropped)
  const { effort, ...said } = writeThinking(thinking)
  const { format, instruction } = writeFormat(request.format, knowsSchemas, dropped)
  const config = compact({ effort, format })
  const instructions = instruction === undefined ? system : [...system, { type: 'text', text: instruction }]
  const body = compact({
    max_tokens: limit,
    system: instructions.length > 0 ? instructions : undefined,
    messages: writeTurns(turns, thinking),
    ...writeTools(request, thinking, knowsSchemas, dropped),
    ...said,
    output_config: Object.keys(config).length > 0 ? config : undefined,
    ...writeSampling(request.sampling, upstream, thinking, dropped),
    stop_sequences: writeStop(request.stop, dropped),
    metadata: request.user === undefined ? undefined : { user_id: request.user },
  })
  if (request.logprobs) dropped.push('logprobs')
  return { body: withFewMarks(body), dropped }
}

function canKeepSchemas({ facts, quirks }: Upstream, { schemas }: Abilities): boolean {
  return !quirks.noJsonSchema && (schemas ?? facts?.jsonSchema ?? true)
}

/** How much the model may write, and how much of that it may think. */
function writeLimit(
  { reasoning, maxOutputTokens }: ChatRequest,
  { facts }: Upstream,
  abilities: Abilities,
  turns: Turn[],
  dropped: string[],
): { limit: number; thinking: Thinking } {
  const wished = planThinking(reasoning, abilities)
  // A model that cannot think is not told to, nor not to.
  const asked: Thinking = facts?.reasoning === false ? { type: 'unasked' } : wished
  const refused = reasoning?.effort === 'none' ? isOn(asked) : isOn(wished) && !isOn(asked)
  if (refused) dropped.push('reasoning_effort')
  const most = facts?.outputTokens
  const limit = Math.min(maxOutputTokens ?? most ?? limitFor(asked, plainLimit), most ?? Infinity)
  if (asked.type !== 'budget') return { limit, thinking: asked }
  const budgetTokens = fitBudget(asked.budgetTokens, limit)
  if (budgetTokens !== undefined && !lacksThinking(turns))
    return { limit, thinking: { ...asked, budgetTokens } }
  dropped.push('reasoning_effort')
  return { limit, thinking: { type: 'off' } }
}

/**
 * Where the model is to go on with its own last words without thinking, the thinking before them is
 * refused.
 */
function writeTurns(turns: Turn[], thinking: Thinking): Turn[] {
  const last = turns.at(-1)
  if (last?.role !== 'assistant' || isOn(thinking)) return turns
  const content = last.content.filter((block) => !isThinking(block))
  return [...turns.slice(0, -1), { ...last, content }]
}

/**
 * What the model refuses is left out: all of it at the newest models, most of it while it thinks.
 */
function writeSampling(
  { temperature, topP, topK, seed, presencePenalty, frequencyPenalty }: Sampling,
  { facts }: Upstream,
  thinking: Thinking,
  dropped: string[],
): JsonObject {
  const able = facts?.sampling !== false
  const free = able && !isOn(thinking)
  // Newer models take one of the two, and thinking ones a high `top_p` only.
  const takesTopP = able && temperature === undefined && (free || (topP ?? 1) >= 0.95)
  const refused = {
    temperature: free ? undefined : temperature,
    top_p: takesTopP ? undefined : topP,
    top_k: free ? undefined : topK,
    seed,
    presence_penalty: presencePenalty,
    frequency_penalty: frequencyPenalty,
  }
  dropped.push(...Object.keys(compact(refused)))
  return compact({
    // Other dialects go up to 2.
    temperature: free && temperature !== undefined ? Math.min(1, Math.max(0, temperature)) : undefined,
    top_p: takesTopP ? topP : undefined,
    top_k: free ? topK : undefined,
  })
}

/** White space alone is refused as the mark of an end. */
function writeStop(stop: string[] | undefined, dropped: string[]): string[] | undefined {
  const kept = stop?.filter((text) => text.trim() !== '')
  if (kept && kept.length < (stop?.length ?? 0)) dropped.push('stop')
  return kept && kept.length > 0 ? kept : undefined
}
