/**
 * What a Response object says again of its request, as OpenAI does: what was asked, or else what
 * goes without saying.
 */
import type { Json, JsonObject } from '../../chat/json.ts'
import type { ChatRequest } from '../../chat/request.ts'
import { objectIn } from '../json-read.ts'

/** Fields that are said as they came, and what stands where they did not come. */
const echoed: Readonly<Record<string, Json>> = {
  instructions: null,
  max_output_tokens: null,
  max_tool_calls: null,
  metadata: {},
  parallel_tool_calls: true,
  previous_response_id: null,
  prompt_cache_key: null,
  safety_identifier: null,
  service_tier: 'default',
  store: true,
  // What a provider takes for these where they are not set is its own affair.
  temperature: null,
  tool_choice: 'auto',
  tools: [],
  top_logprobs: 0,
  top_p: null,
  truncation: 'disabled',
  user: null,
}

export function echoOf({ origin }: ChatRequest): JsonObject {
  const asked = origin.dialect === 'openai-responses' ? origin.body : {}
  const echo: JsonObject = { background: false }
  for (const [name, otherwise] of Object.entries(echoed)) echo[name] = asked[name] ?? otherwise
  echo.reasoning = { effort: null, summary: null, ...objectIn(asked.reasoning) }
  const { format, verbosity } = objectIn(asked.text) ?? {}
  echo.text = { format: format ?? { type: 'text' }, verbosity: verbosity ?? 'medium' }
  return echo
}
