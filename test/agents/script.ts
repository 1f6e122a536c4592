/**
 * The scripted model: what it does next, by the results that a request holds. It knows no agent; it
 * drives the tools that it is offered by their names and their schemas.
 */
import type { Json, JsonObject } from '../../src/chat/json.ts'
import { listIn, objectIn } from '../../src/dialects/json-read.ts'
import type { Says } from '../end-to-end/sdks/says.ts'
import type { HeardRequest, OfferedTool } from './hear.ts'
import { copyName, edit, finalText, greeting, itemId, notesName, pictureName, secretWord } from './task.ts'

type Call = NonNullable<Says['calls']>[number]

/** One call of the script, and what its result must contain. */
interface Step {
  call(tools: Toolbox, folder: string): Omit<Call, 'id'> | undefined
  shows: string
}

/** Tools that find other tools. */
const search = /^(?:ToolSearch|tool_search)$/

/** Calls that are made at once. */
const rounds: readonly (readonly Step[])[] = [
  [
    { call: (tools, folder) => tools.read(`${folder}/${notesName}`), shows: secretWord },
    { call: (tools) => tools.run(`wc -c ${notesName}`), shows: notesName },
  ],
  [{ call: (tools, folder) => tools.edit(`${folder}/${notesName}`), shows: '' }],
  [{ call: (tools) => tools.run(`cp ${notesName} ${copyName} && cat ${copyName}`), shows: greeting }],
  [{ call: (tools, folder) => tools.look(`${folder}/${pictureName}`), shows: '' }],
  [
    {
      call: (tools) => tools.ofArchive(/find_the_entries|day_in_full$/, { day: '2026-11-30' }),
      shows: '2026-11-30',
    },
    { call: (tools) => tools.ofArchive(/get.*item.*by.id/, { id: itemId }), shows: itemId },
  ],
]

/** What the model says to a request, and what it found wrong with it. */
export interface Turn {
  says: Says
  /** The round, from 0; undefined for requests that are not about the task. */
  round: number | undefined
  faults: string[]
}

/** @param one whether the model may make one call at a time only. */
export function nextTurn(heard: HeardRequest, folder: string, one: boolean): Turn {
  if (!heard.text.includes(notesName) || heard.tools.length === 0)
    return { says: { text: ['A short title'] }, round: undefined, faults: [] }
  const faults: string[] = []
  const steps = rounds.flat()
  const results = heard.results.filter(({ tool }) => !search.test(tool)).map(({ text }) => text)
  results.forEach((result, index) => {
    const shows = steps[index]?.shows ?? ''
    if (!result.includes(shows) && !result.includes(JSON.stringify(shows).slice(1, -1)))
      faults.push(`result ${index + 1} is "${result.slice(0, 200)}"`)
  })
  if (results.length >= steps.length)
    return { says: { thinking: 'All is done.', text: [finalText] }, round: rounds.length, faults }
  let done = results.length
  let round = 0
  while (done >= (rounds[round]?.length ?? Infinity)) done -= rounds[round++]?.length ?? 0
  const toolbox = new Toolbox(heard)
  const wanted = (rounds[round] ?? []).slice(done).slice(0, one ? 1 : undefined)
  const calls = wanted.flatMap((step, index): Call[] => {
    const call = step.call(toolbox, folder)
    // The longest id that vendors make.
    if (call) return [{ id: `call_${heard.results.length}${index}_abcdefghijklmnopqrstu`, ...call }]
    faults.push(
      `no tool for step ${steps.indexOf(step) + 1} among ${heard.tools.map(({ name }) => name).join()}`,
    )
    return []
  })
  // One search finds the tools of all calls.
  if (calls.some(({ name }) => search.test(name))) calls.splice(1)
  const text = round % 2 === 0 ? [`Round ${round + 1}. `, 'I use my tools.'] : undefined
  return {
    says: {
      thinking: `What comes in round ${round + 1}?`,
      ...(text && { text }),
      ...(calls.length > 0 ? { calls } : { text: ['I have no tool for that.'] }),
    },
    round,
    faults,
  }
}

/** The tools of an agent, by what they are for. */
class Toolbox {
  readonly #tools: OfferedTool[]
  readonly #text: string
  readonly #hasSearched: boolean

  constructor({ tools, text, results }: HeardRequest) {
    this.#tools = tools
    this.#text = text
    this.#hasSearched = results.some(({ tool }) => search.test(tool))
  }

  read(file: string): Omit<Call, 'id'> | undefined {
    return this.named(/^(?:read|read_file)$/i, { path: file }) ?? this.run(`cat '${file}'`)
  }

  run(command: string): Omit<Call, 'id'> | undefined {
    return (
      this.named(/^(?:bash|run_shell_command|exec_command|shell|shell_command)$/i, { command }) ??
      this.#inCode(/^exec_command$/, { cmd: command })
    )
  }

  edit(file: string): Omit<Call, 'id'> | undefined {
    const patch = `*** Begin Patch\n*** Update File: ${file}\n@@\n-${edit.before}\n+${edit.after}\n*** End Patch\n`
    const code = `const f = ${JSON.stringify(file)}; const fs = require("fs"); fs.writeFileSync(f, fs.readFileSync(f, "utf8").replace(${JSON.stringify(edit.before)}, () => ${JSON.stringify(edit.after)}))`
    return (
      this.named(/^(?:edit|replace)$/i, { path: file, ...edit }) ??
      this.named(/^apply_patch$/, { input: patch }) ??
      this.run(`node -e '${code.replaceAll("'", `'\\''`)}'`)
    )
  }

  look(file: string): Omit<Call, 'id'> | undefined {
    return this.named(/^(?:read|read_file|view_image)$/i, { path: file }) ?? this.run(`ls '${file}'`)
  }

  /**
   * A call of a tool of the MCP server. Claude Code and Qwen Code name those in a text first, and
   * show them after a search; they are called without being among the tools.
   */
  ofArchive(name: RegExp, values: Record<string, string>): Omit<Call, 'id'> | undefined {
    const offered = this.named(name, values) ?? this.#inCode(name, values)
    if (offered) return offered
    const found = [...this.#text.matchAll(/mcp__archive__[\w.-]+/g)].map(([one]) => one)
    if (!this.#hasSearched) return this.named(search, { query: `select:${[...new Set(found)].join()}` })
    const known = found.find((one) => name.test(one))
    if (known === undefined) return undefined
    // Qwen Code calls what it found through another tool.
    const bridge = this.#tools.find((one) => one.name === 'tool_call')
    return bridge
      ? { name: bridge.name, arguments: { name: known, arguments: values } }
      : { name: known, arguments: values }
  }

  /** Codex has its newest models write code, which calls its tools. */
  #inCode(name: RegExp, values: Record<string, string>): Omit<Call, 'id'> | undefined {
    const find = `const { name } = ALL_TOOLS.find((tool) => ${String(name)}.test(tool.name))`
    const input = `${find}\ntext(JSON.stringify(await tools[name](${JSON.stringify(values)})))`
    return this.named(/^exec$/, { input })
  }

  /**
   * A call of the tool with such a name, with these values where its schema has a place for them.
   */
  named(name: RegExp, values: Record<string, string>): Omit<Call, 'id'> | undefined {
    const tool = this.#tools.find((one) => name.test(one.name))
    if (!tool) return undefined
    const { namespace, isCustom, schema } = tool
    const called = { name: tool.name, ...(namespace !== undefined && { namespace }) }
    return isCustom
      ? { ...called, arguments: {}, input: values.input ?? '' }
      : { ...called, arguments: fill(schema, values) }
  }
}

/** What the members of schemas are called, by what they mean. */
const meanings: Record<string, readonly string[]> = {
  path: ['path', 'file_path', 'filePath', 'absolute_path'],
  command: ['command', 'cmd'],
  before: ['old_string', 'oldString'],
  after: ['new_string', 'newString'],
  input: ['patchText'],
}

/**
 * Arguments for a schema: known values by their members' names, and the least of what is required.
 */
function fill(schema: JsonObject, values: Record<string, string>): JsonObject {
  const properties = objectIn(schema.properties) ?? {}
  const filled: JsonObject = {}
  for (const [meaning, value] of Object.entries(values)) {
    const member = [meaning, ...(meanings[meaning] ?? [])].find((name) => properties[name] !== undefined)
    if (member === undefined) continue
    const isList = objectIn(properties[member])?.type === 'array'
    filled[member] = isList ? ['bash', '-lc', value] : value
  }
  for (const name of listIn(schema.required).filter((one) => typeof one === 'string'))
    filled[name] ??= leastOf(objectIn(properties[name]) ?? {})
  return filled
}

function leastOf({ type, enum: words }: JsonObject): Json {
  const [word] = listIn(words)
  if (word !== undefined) return word
  switch (type) {
    case 'boolean':
      return false
    case 'number':
    case 'integer':
      return 1
    case 'array':
      return []
    case 'object':
      return {}
    default:
      return 'as the task says'
  }
}
