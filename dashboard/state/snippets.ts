/**
 * What to paste, or to set, so that a tool uses this hub: for its address and a model of it. Pure. Each follows its tool's own
 * documentation, whose address is beside it in `text/connect.ts`.
 */

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
  'continue',
  'open-webui',
] as const
export type Tool = (typeof tools)[number]

/** Where the snippets look for a token of this hub. */
export const tokenVariable = 'LLM_HUB_TOKEN'

const prompt = 'Hello!'

interface Place {
  /** The hub's own address, as in `https://hub.example.com`. */
  origin: string
  model: string
}

export function snippet(tool: Tool, { origin, model }: Place): string {
  const baseUrl = `${origin}/v1`
  // Names of models are written by people too: JSON's quoting is right in all of these, but for the shell.
  const name = JSON.stringify(model)
  const word = quoteForShell(model)
  switch (tool) {
    case 'curl':
      return `curl ${baseUrl}/chat/completions \\
  -H "authorization: Bearer $${tokenVariable}" \\
  -H "content-type: application/json" \\
  -d '{
    "model": ${name.replaceAll("'", String.raw`'\''`)},
    "messages": [{"role": "user", "content": "${prompt}"}]
  }'`
    case 'openai-python':
      return `import os
from openai import OpenAI

hub = OpenAI(
    base_url="${baseUrl}",
    api_key=os.environ["${tokenVariable}"],
)
answer = hub.chat.completions.create(
    model=${name},
    messages=[{"role": "user", "content": "${prompt}"}],
)
print(answer.choices[0].message.content)`
    case 'openai-js':
      return `import OpenAI from 'openai'

const hub = new OpenAI({
  baseURL: '${baseUrl}',
  apiKey: process.env.${tokenVariable},
})
const answer = await hub.chat.completions.create({
  model: ${name},
  messages: [{ role: 'user', content: '${prompt}' }],
})
console.log(answer.choices[0].message.content)`
    case 'anthropic':
      return `import Anthropic from '@anthropic-ai/sdk'

const hub = new Anthropic({
  baseURL: '${origin}',
  apiKey: process.env.${tokenVariable},
})
const answer = await hub.messages.create({
  model: ${name},
  max_tokens: 1024,
  messages: [{ role: 'user', content: '${prompt}' }],
})
console.log(answer.content)`
    case 'gemini':
      return `import { GoogleGenAI } from '@google/genai'

const hub = new GoogleGenAI({
  apiKey: process.env.${tokenVariable},
  httpOptions: { baseUrl: '${origin}' },
})
const answer = await hub.models.generateContent({
  model: ${name},
  contents: '${prompt}',
})
console.log(answer.text)`
    case 'langchain':
      return `import os
from langchain_openai import ChatOpenAI

hub = ChatOpenAI(
    base_url="${baseUrl}",
    api_key=os.environ["${tokenVariable}"],
    model=${name},
)
print(hub.invoke("${prompt}").content)`
    case 'claude-code':
      return `export ANTHROPIC_BASE_URL=${origin}
export ANTHROPIC_AUTH_TOKEN="$${tokenVariable}"
export ANTHROPIC_MODEL=${word}
claude`
    case 'codex':
      return `model = ${name}
model_provider = "llm-hub"

[model_providers.llm-hub]
name = "LLM Hub"
base_url = "${baseUrl}"
env_key = "${tokenVariable}"
wire_api = "responses"`
    case 'gemini-cli':
      return `export GOOGLE_GEMINI_BASE_URL=${origin}
export GEMINI_API_KEY="$${tokenVariable}"
gemini -m ${word}`
    case 'cursor':
      return `OpenAI API Key:            (a token of this hub)
Override OpenAI Base URL:  ${baseUrl}
Add model:                 ${model}`
    case 'opencode':
      return JSON.stringify(
        {
          $schema: 'https://opencode.ai/config.json',
          provider: {
            'llm-hub': {
              npm: '@ai-sdk/openai-compatible',
              name: 'LLM Hub',
              options: { baseURL: baseUrl, apiKey: `{env:${tokenVariable}}` },
              models: { [model]: { name: model } },
            },
          },
          model: `llm-hub/${model}`,
        },
        null,
        2,
      )
    case 'continue':
      return `name: LLM Hub
version: 0.0.1
schema: v1
models:
  - name: LLM Hub
    provider: openai
    model: ${name}
    apiBase: ${baseUrl}
    apiKey: (a token of this hub)`
    case 'open-webui':
      return `docker run -d -p 3000:8080 \\
  -e OPENAI_API_BASE_URL=${baseUrl} \\
  -e OPENAI_API_KEY="$${tokenVariable}" \\
  -v open-webui:/app/backend/data \\
  ghcr.io/open-webui/open-webui:main`
  }
}

/** A word of a shell command, whatever is in it. */
function quoteForShell(word: string): string {
  return /^[\w./:@-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}
