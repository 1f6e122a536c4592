/** Snippets for coding agents. */
import { json, type Place, quoteForShell, tokenVariable } from './place.ts'

/** The context window to tell a tool, in tokens. Models behind a route differ; this fits most. */
const contextWindow = 200_000
const outputLimit = 32_000

/** Claude Code asks for other models by name for its sub-agents and small tasks. */
export const claudeCode = ({ origin, word }: Place): string => `export ANTHROPIC_BASE_URL=${origin}
export ANTHROPIC_AUTH_TOKEN="$${tokenVariable}"
export ANTHROPIC_MODEL=${word}
export ANTHROPIC_DEFAULT_OPUS_MODEL=${word}
export ANTHROPIC_DEFAULT_SONNET_MODEL=${word}
export ANTHROPIC_DEFAULT_HAIKU_MODEL=${word}
claude`

export const codex = ({ baseUrl, name }: Place): string => `model = ${name}
model_provider = "llm-hub"
model_context_window = ${contextWindow}

[model_providers.llm-hub]
name = "LLM Hub"
base_url = "${baseUrl}"
env_key = "${tokenVariable}"
wire_api = "responses"`

/** Without this setting, Gemini CLI refuses the address with "Invalid auth method selected". */
export const geminiCli = ({ origin, word }: Place): string => `mkdir -p ~/.gemini
[ -f ~/.gemini/settings.json ] || cat > ~/.gemini/settings.json <<'END'
{ "security": { "auth": { "selectedType": "gemini-api-key" } } }
END
export GOOGLE_GEMINI_BASE_URL=${origin}
export GEMINI_API_KEY="$${tokenVariable}"
gemini -m ${word}`

export const opencode = ({ baseUrl, model }: Place): string =>
  json({
    $schema: 'https://opencode.ai/config.json',
    provider: {
      'llm-hub': {
        npm: '@ai-sdk/openai',
        name: 'LLM Hub',
        options: { baseURL: baseUrl, apiKey: `{env:${tokenVariable}}` },
        models: { [model]: { name: model, limit: { context: contextWindow, output: outputLimit } } },
      },
    },
    model: `llm-hub/${model}`,
  })

export const qwenCode = ({ baseUrl, word }: Place): string => `export OPENAI_BASE_URL=${baseUrl}
export OPENAI_API_KEY="$${tokenVariable}"
export OPENAI_MODEL=${word}
qwen`

export const pi = ({ baseUrl, model }: Place): string =>
  json({
    providers: {
      'llm-hub': {
        baseUrl,
        api: 'openai-responses',
        apiKey: tokenVariable,
        models: [
          { id: model, contextWindow, maxTokens: outputLimit, reasoning: true, input: ['text', 'image'] },
        ],
      },
    },
  })

export const crush = ({ baseUrl, model }: Place): string =>
  json({
    $schema: 'https://charm.land/crush.json',
    providers: {
      'llm-hub': {
        type: 'openai-compat',
        base_url: baseUrl,
        api_key: `$${tokenVariable}`,
        models: [{ id: model, name: model, context_window: contextWindow, default_max_tokens: outputLimit }],
      },
    },
  })

export const aider = ({ baseUrl, model }: Place): string => `export OPENAI_API_BASE=${baseUrl}
export OPENAI_API_KEY="$${tokenVariable}"
aider --model ${quoteForShell(`openai/${model}`)}`

export const zed = ({ baseUrl, model }: Place): string =>
  json({
    language_models: {
      openai_compatible: {
        'LLM Hub': {
          api_url: baseUrl,
          available_models: [
            { name: model, max_tokens: contextWindow, capabilities: { tools: true, images: true } },
          ],
        },
      },
    },
  })

export const cursor = ({ baseUrl, model }: Place): string => `OpenAI API Key:            (a token of this hub)
Override OpenAI Base URL:  ${baseUrl}
Add model:                 ${model}`

export const cline = ({ baseUrl, model }: Place): string => `API Provider:  OpenAI Compatible
Base URL:      ${baseUrl}
API Key:       (a token of this hub)
Model ID:      ${model}`

export const copilot = ({ baseUrl, model }: Place): string => `Provider:  OpenAI Compatible
Name:      LLM Hub
URL:       ${baseUrl}
API Key:   (a token of this hub)
Model ID:  ${model}`

export const continueDev = ({ baseUrl, name }: Place): string => `name: LLM Hub
version: 0.0.1
schema: v1
models:
  - name: LLM Hub
    provider: openai
    model: ${name}
    apiBase: ${baseUrl}
    apiKey: (a token of this hub)`
