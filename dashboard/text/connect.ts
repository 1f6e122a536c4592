/** Words of the Connect page. */
import type { Tool } from '../state/snippets.ts'

interface ToolWords {
  name: string
  /** Where the snippet belongs. */
  where: string
  /** The tool's own documentation of it. */
  docs: string
}

const tools: Record<Tool, ToolWords> = {
  curl: { name: 'curl', where: 'In a terminal.', docs: 'https://curl.se/docs/manpage.html' },
  'openai-python': {
    name: 'OpenAI SDK, Python',
    where: 'After pip install openai.',
    docs: 'https://github.com/openai/openai-python',
  },
  'openai-js': {
    name: 'OpenAI SDK, JavaScript',
    where: 'After npm install openai.',
    docs: 'https://github.com/openai/openai-node',
  },
  anthropic: {
    name: 'Anthropic SDK',
    where: 'After npm install @anthropic-ai/sdk. The SDK adds /v1 itself.',
    docs: 'https://github.com/anthropics/anthropic-sdk-typescript',
  },
  gemini: {
    name: 'Gemini SDK',
    where: 'After npm install @google/genai. The SDK adds /v1beta itself.',
    docs: 'https://googleapis.github.io/js-genai/',
  },
  langchain: {
    name: 'LangChain',
    where: 'After pip install langchain-openai.',
    docs: 'https://docs.langchain.com/oss/python/integrations/chat/openai',
  },
  'claude-code': {
    name: 'Claude Code',
    where: 'In a terminal, or under "env" in ~/.claude/settings.json. Unset ANTHROPIC_API_KEY first.',
    docs: 'https://code.claude.com/docs/en/llm-gateway',
  },
  codex: {
    name: 'Codex',
    where: 'In ~/.codex/config.toml. Codex uses the Responses API.',
    docs: 'https://developers.openai.com/codex/config-reference',
  },
  'gemini-cli': {
    name: 'Gemini CLI',
    where: 'In a terminal. In an existing settings file, set security.auth.selectedType to gemini-api-key.',
    docs: 'https://github.com/google-gemini/gemini-cli',
  },
  cursor: {
    name: 'Cursor',
    where:
      'In Settings, Models. Cursor calls from its own servers: the hub must be on the internet. The override applies to all OpenAI models.',
    docs: 'https://docs.cursor.com/settings/api-keys',
  },
  opencode: {
    name: 'OpenCode',
    where: 'In ~/.config/opencode/opencode.json. This adapter uses the Responses API.',
    docs: 'https://opencode.ai/docs/providers/',
  },
  'qwen-code': {
    name: 'Qwen Code',
    where: 'In a terminal. Choose “OpenAI” when it asks how to sign in.',
    docs: 'https://qwenlm.github.io/qwen-code-docs/',
  },
  cline: {
    name: 'Cline',
    where: 'In the extension, under Settings, API Configuration.',
    docs: 'https://docs.cline.bot/provider-config/openai-compatible',
  },
  copilot: {
    name: 'GitHub Copilot',
    where: 'In VS Code, under Manage Models, Add Models.',
    docs: 'https://code.visualstudio.com/docs/copilot/language-models',
  },
  zed: {
    name: 'Zed',
    where: 'In settings.json. Export the token as LLM_HUB_API_KEY, or enter it in the agent settings.',
    docs: 'https://zed.dev/docs/ai/llm-providers',
  },
  crush: {
    name: 'Crush',
    where: 'In ~/.config/crush/crush.json.',
    docs: 'https://github.com/charmbracelet/crush',
  },
  aider: {
    name: 'Aider',
    where: 'In a terminal.',
    docs: 'https://aider.chat/docs/llms/openai-compat.html',
  },
  pi: {
    name: 'pi',
    where: 'In ~/.pi/agent/models.json. Choose the model with /model.',
    docs: 'https://github.com/badlogic/pi-mono',
  },
  librechat: {
    name: 'LibreChat',
    where: 'In librechat.yaml. Put the token in .env.',
    docs: 'https://www.librechat.ai/docs/configuration/librechat_yaml/object_structure/custom_endpoint',
  },
  n8n: {
    name: 'n8n',
    where: 'In n8n, under Credentials.',
    docs: 'https://docs.n8n.io/integrations/builtin/credentials/openai/',
  },
  continue: {
    name: 'Continue',
    where: 'In ~/.continue/config.yaml.',
    docs: 'https://docs.continue.dev/customize/model-providers/top-level/openai',
  },
  'open-webui': {
    name: 'Open WebUI',
    where:
      'In a terminal, or in Settings, Connections. For a hub started with npm start, run the container with --network=host on Linux.',
    docs: 'https://docs.openwebui.com/getting-started/env-configuration/',
  },
}

export const words = {
  title: 'Connect',
  lede: 'Use any OpenAI, Anthropic or Gemini client: change the base URL and use a hub token as the API key.',
  addresses: 'Base URLs',
  openai: 'OpenAI clients',
  others: 'Anthropic and Gemini clients',
  copyAddress: 'Copy base URL',
  copyOther: 'Copy hub URL',
  onlyHere: (host: string) =>
    `${host} works on this machine only. Containers, other devices and cloud tools can’t reach it.`,
  tool: 'Tool',
  model: 'Model or route',
  tools,
  snippetFor: 'Configuration',
  copySnippet: 'Copy snippet',
  docs: (tool: string) => `${tool} documentation`,
  newTab: '(opens in a new tab)',
  makeToken: 'Create token',
  tokenHint: 'Snippets read your token from',
  arrived: {
    title: 'Test connection',
    waiting: 'Waiting for your first request…',
    served: (asked: string, provider: string, model: string, time: string) =>
      `Connected: ${provider} (${model}) answered “${asked}” in ${time}.`,
    failed: (asked: string, why: string) => `Received, but “${asked}” failed: ${why}.`,
    look: 'View request',
  },
  tokenPaste: 'Replace YOUR_TOKEN with your token.',
}
