/**
 * Forced tools at vendors whose models may not be forced while they think: "Thinking mode does not
 * support this tool_choice". A client that forces a tool cannot do without the call, and thinking
 * is only their default: it is switched off. https://api-docs.deepseek.com/guides/thinking_mode
 */
import type { Json, JsonObject } from '../../chat/json.ts'
import { objectIn, textIn } from '../json-read.ts'
import type { BodyStep } from './fit.ts'

export const forceWithoutThinking: BodyStep = (body, { dialect, quirks }, dropped) => {
  if (!quirks.noForcedToolsInThinking || !isForced(body.tool_choice)) return body
  switch (dialect) {
    case 'openai-responses':
      return thinkNothing(body, dropped)
    case 'anthropic':
      return switchOff(body, 'output_config', dropped)
    default:
      return switchOff(body, 'reasoning_effort', dropped)
  }
}

/** Whether a choice in any dialect leaves no answer but a call. */
function isForced(choice: Json | undefined): boolean {
  const word = textIn(choice) ?? textIn(objectIn(choice)?.type)
  return word !== undefined && !['auto', 'none', 'allowed_tools'].includes(word)
}

/** @param effortField names how much is to be thought, and is left out with its format kept. */
function switchOff(body: JsonObject, effortField: string, dropped: string[]): JsonObject {
  const { [effortField]: effort, thinking, ...rest } = body
  if (effortOf(effort) !== undefined || objectIn(thinking)?.type === 'enabled')
    dropped.push('reasoning_effort')
  const { effort: _effort, ...others } = objectIn(effort) ?? {}
  const kept = Object.keys(others).length > 0 && { [effortField]: others }
  return { ...rest, ...kept, thinking: { type: 'disabled' } }
}

function thinkNothing(body: JsonObject, dropped: string[]): JsonObject {
  const reasoning = objectIn(body.reasoning)
  const effort = textIn(reasoning?.effort)
  if (effort === 'none') return body
  if (effort !== undefined) dropped.push('reasoning_effort')
  return { ...body, reasoning: { ...reasoning, effort: 'none' } }
}

function effortOf(value: Json | undefined): string | undefined {
  return textIn(value) ?? textIn(objectIn(value)?.effort)
}
