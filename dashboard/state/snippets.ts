/**
 * What to paste, or to set, so that a tool uses this hub: for its address and a model of it. Pure.
 * Each follows its tool's own documentation, whose address is beside it in `text/connect.ts`.
 */
import * as agents from './snippets/agents.ts'
import * as apps from './snippets/apps.ts'
import { type Place, placeOf } from './snippets/place.ts'
import * as sdks from './snippets/sdks.ts'

export { isLoopback, tokenVariable } from './snippets/place.ts'

export const tools = [
  'curl',
  'openai-python',
  'openai-js',
  'anthropic',
  'gemini',
  'langchain',
  'claude-code',
  'codex',
  'gemini-cli',
  'cursor',
  'opencode',
  'qwen-code',
  'cline',
  'copilot',
  'continue',
  'zed',
  'crush',
  'aider',
  'pi',
  'open-webui',
  'librechat',
  'n8n',
] as const
export type Tool = (typeof tools)[number]

const snippets: Record<Tool, (place: Place) => string> = {
  curl: sdks.curl,
  'openai-python': sdks.openaiPython,
  'openai-js': sdks.openaiJs,
  anthropic: sdks.anthropic,
  gemini: sdks.gemini,
  langchain: sdks.langchain,
  'claude-code': agents.claudeCode,
  codex: agents.codex,
  'gemini-cli': agents.geminiCli,
  cursor: agents.cursor,
  opencode: agents.opencode,
  'qwen-code': agents.qwenCode,
  cline: agents.cline,
  copilot: agents.copilot,
  continue: agents.continueDev,
  zed: agents.zed,
  crush: agents.crush,
  aider: agents.aider,
  pi: agents.pi,
  'open-webui': apps.openWebui,
  librechat: apps.librechat,
  n8n: apps.n8n,
}

/** Returns the snippet of a tool for this hub and one of its models or routes. */
export function snippet(tool: Tool, { origin, model }: Pick<Place, 'origin' | 'model'>): string {
  return snippets[tool](placeOf(origin, model))
}
