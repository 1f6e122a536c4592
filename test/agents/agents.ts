/**
 * The agents, and how each is led to the hub: by what the Connect page gives for it, and beside
 * that only what keeps it off the network and gives it the MCP server.
 */
import type { DialectId } from '../../src/domain/dialects.ts'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { snippet, type Tool, tokenVariable } from '../../dashboard/state/snippets.ts'
import { prompt } from './task.ts'

/** Where an agent runs. */
export interface Place {
  /** Its home, empty at first. */
  home: string
  origin: string
  token: string
  model: string
  /** The command that starts the MCP server. */
  archive: [command: string, ...args: string[]]
}

export interface Agent {
  tool: Tool
  name: string
  package: string
  version: string
  dialect: DialectId
  /** Writes its settings. @returns the shell script that runs the task. */
  prepare(place: Place): string
  /** Variables that keep it quiet. */
  quiet: Record<string, string>
}

const quoted = JSON.stringify(prompt)

function write(file: string, text: string | object): void {
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, typeof text === 'string' ? text : JSON.stringify(text))
}

/** The shell script of a snippet, whose last line runs the agent, with arguments for it. */
function withArguments(script: string, args: string): string {
  return `${script} ${args} < /dev/null\n`
}

export const agents: readonly Agent[] = [
  {
    tool: 'claude-code',
    name: 'Claude Code',
    package: '@anthropic-ai/claude-code',
    version: '2.1.332',
    dialect: 'anthropic',
    prepare(place) {
      const [command, ...args] = place.archive
      const servers = path.join(place.home, 'mcp.json')
      write(servers, { mcpServers: { archive: { command, args } } })
      return withArguments(
        snippet('claude-code', place),
        `-p ${quoted} --mcp-config ${servers} --strict-mcp-config --allowedTools Read Edit Write Bash mcp__archive`,
      )
    },
    quiet: {
      DISABLE_AUTOUPDATER: '1',
      DISABLE_TELEMETRY: '1',
      DISABLE_ERROR_REPORTING: '1',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    },
  },
  {
    tool: 'codex',
    name: 'Codex',
    package: '@openai/codex',
    version: '0.171.0',
    dialect: 'openai-responses',
    prepare(place) {
      const [command, ...args] = place.archive
      const servers = `[mcp_servers.archive]\ncommand = ${JSON.stringify(command)}\nargs = ${JSON.stringify(args)}\n`
      write(
        path.join(place.home, '.codex/config.toml'),
        `check_for_update_on_startup = false\n${snippet('codex', place)}\n\n[analytics]\nenabled = false\n\n${servers}`,
      )
      return `codex exec --skip-git-repo-check --dangerously-bypass-approvals-and-sandbox ${quoted} < /dev/null\n`
    },
    quiet: {},
  },
  {
    tool: 'gemini-cli',
    name: 'Gemini CLI',
    package: '@google/gemini-cli',
    version: '0.61.0',
    dialect: 'gemini',
    prepare(place) {
      const [command, ...args] = place.archive
      write(path.join(place.home, '.gemini/settings.json'), {
        security: { auth: { selectedType: 'gemini-api-key' } },
        general: { enableAutoUpdate: false, enableAutoUpdateNotification: false },
        privacy: { usageStatisticsEnabled: false },
        telemetry: { enabled: false },
        mcpServers: { archive: { command, args, trust: true } },
      })
      return withArguments(snippet('gemini-cli', place), `-p ${quoted} --approval-mode yolo --skip-trust`)
    },
    quiet: { GEMINI_CLI_TRUST_WORKSPACE: 'true' },
  },
  {
    tool: 'opencode',
    name: 'OpenCode',
    package: 'opencode-ai',
    version: '1.18.33',
    dialect: 'openai-responses',
    prepare(place) {
      const settings = JSON.parse(snippet('opencode', place))
      write(path.join(place.home, '.config/opencode/opencode.json'), {
        ...settings,
        autoupdate: false,
        share: 'disabled',
        mcp: { archive: { type: 'local', command: place.archive } },
      })
      return `opencode run ${quoted} < /dev/null\n`
    },
    quiet: {
      OPENCODE_DISABLE_AUTOUPDATE: '1',
      OPENCODE_DISABLE_MODELS_FETCH: '1',
      OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
      OPENCODE_DISABLE_DEFAULT_PLUGINS: '1',
      OPENCODE_PERMISSION: '{"*":"allow"}',
    },
  },
  {
    tool: 'qwen-code',
    name: 'Qwen Code',
    package: '@qwen-code/qwen-code',
    version: '0.24.4',
    dialect: 'openai-chat',
    prepare(place) {
      const [command, ...args] = place.archive
      write(path.join(place.home, '.qwen/settings.json'), {
        security: { auth: { selectedType: 'openai' } },
        general: { enableAutoUpdate: false },
        privacy: { usageStatisticsEnabled: false },
        telemetry: { enabled: false },
        mcpServers: { archive: { command, args, trust: true } },
      })
      return withArguments(snippet('qwen-code', place), `-p ${quoted} --approval-mode yolo`)
    },
    quiet: {},
  },
]

/** The name of the variable that holds the token in all snippets. */
export { tokenVariable }
