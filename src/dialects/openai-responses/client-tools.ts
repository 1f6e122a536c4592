/**
 * The tools that a client of this dialect runs and that are no plain functions, as functions, which
 * every model knows: tools of a namespace, custom tools that take a text, the search for tools, the
 * local shell. Codex offers these. Their calls and results in the history become those of
 * functions; `call-forms.ts` gives new calls back in the client's own form.
 * https://platform.openai.com/docs/guides/function-calling, /docs/guides/tools-tool-search and
 * /docs/guides/tools-local-shell
 */
import type { Json, JsonObject } from '../../chat/json.ts'
import type { Tool, ToolForm } from '../../chat/request.ts'
import { customParameters, writeCustomInput } from '../custom-input.ts'
import { dialectLimits } from '../fit/limits.ts'
import { writeToolName } from '../fit/tool-names.ts'
import { compact, listIn, objectIn, textIn } from '../json-read.ts'

/** Between a namespace and a name in it. */
const separator = '__'

/** Types of tools that are read here beside `function`. */
export const clientToolTypes: ReadonlySet<Json | undefined> = new Set([
  'namespace',
  'custom',
  'tool_search',
  'local_shell',
])

/**
 * A definition of any of these types as functions; none where it is of another, or cannot be
 * understood.
 */
export function readClientTool(tool: Json, namespace?: string): Tool[] {
  const { type, name: given, description: words, ...raw } = objectIn(tool) ?? {}
  const name = textIn(given)
  const description = textIn(words)
  switch (type) {
    case 'function': {
      if (name === undefined) return []
      const strict = typeof raw.strict === 'boolean' ? raw.strict : undefined
      const parameters = objectIn(raw.parameters)
      return [compact({ ...named('function', name, namespace), description, parameters, strict })]
    }
    case 'custom': {
      if (name === undefined) return []
      const told = [description, describeFormat(objectIn(raw.format))].filter((text) => text !== undefined)
      const parameters = customParameters
      return [{ ...named('custom', name, namespace), description: told.join('\n\n'), parameters }]
    }
    case 'namespace':
      return name === undefined ? [] : listIn(raw.tools).flatMap((inner) => readClientTool(inner, name))
    case 'tool_search': {
      // Where OpenAI would search, the tools it would find are among the request's own, and are all
      // offered.
      const parameters = objectIn(raw.parameters)
      if (raw.execution !== 'client' && !parameters) return []
      return [
        {
          ...named('tool-search', 'tool_search'),
          description: description ?? 'Searches for tools that are not loaded yet, and loads them.',
          parameters: parameters ?? searchParameters,
        },
      ]
    }
    case 'local_shell':
      return [
        {
          ...named('local-shell', 'local_shell'),
          description: 'Runs a command on the computer of the user and returns what it prints.',
          parameters: shellParameters,
        },
      ]
    default:
      return []
  }
}

function named(type: ToolForm['type'], name: string, namespace?: string): Pick<Tool, 'name' | 'form'> {
  if (namespace === undefined) return type === 'function' ? { name } : { name, form: { type, name } }
  return { name: flatName(namespace, name), form: { type, name, namespace } }
}

/**
 * The name of a tool of a namespace. Each of the two may be as long as a name may be; together they
 * are cut where they are longer.
 */
function flatName(namespace: string, name: string): string {
  return writeToolName(namespace + separator + name, dialectLimits('openai-responses'))
}

/** A grammar can only be told in words: a function's text has none. */
function describeFormat(format: JsonObject | undefined): string | undefined {
  // Chat has the grammar in a member of its own.
  const { syntax, definition } = objectIn(format?.grammar) ?? format ?? {}
  const grammar = textIn(definition)
  if (grammar === undefined) return undefined
  return `\`input\` must conform to this ${syntax === 'regex' ? 'regular expression' : 'Lark grammar'}:\n${grammar}`
}

const searchParameters: JsonObject = {
  type: 'object',
  properties: { query: { type: 'string' }, limit: { type: 'number' } },
  required: ['query'],
}

const shellParameters: JsonObject = {
  type: 'object',
  properties: {
    command: { type: 'array', items: { type: 'string' }, description: 'The program and its arguments.' },
    working_directory: { type: 'string' },
    timeout_ms: { type: 'number' },
  },
  required: ['command'],
}

/**
 * Tools that come in the input: those of `additional_tools`, and those that a search has loaded.
 * https://platform.openai.com/docs/guides/tools-tool-search
 */
export function loadedTools(input: Json | undefined): Json[] {
  return listIn(input).flatMap((item) => {
    const { type, tools } = objectIn(item) ?? {}
    return type === 'additional_tools' || type === 'tool_search_output' ? listIn(tools) : []
  })
}

/**
 * Tools of which no two have one name. The newest definition of a tool counts; another tool gets a
 * number.
 */
export function withoutDoubles(tools: Tool[]): Tool[] {
  const byForm = new Map<string, Tool>()
  for (const tool of tools) byForm.set(formKey(tool.form ?? { type: 'function', name: tool.name }), tool)
  const names = new Set<string>()
  return [...byForm.values()].map((tool) => {
    let { name } = tool
    for (let count = 2; names.has(name); count++) name = `${tool.name}_${count}`
    names.add(name)
    return name === tool.name
      ? tool
      : { ...tool, name, form: tool.form ?? { type: 'function', name: tool.name } }
  })
}

function formKey({ type, name, namespace }: ToolForm): string {
  // A custom tool and a function of one name are two; the type of the others is in their name.
  return JSON.stringify([type === 'custom', namespace ?? null, name])
}

/** The names of functions by those of the client's tools. */
export class ToolNames {
  readonly #flat: ReadonlyMap<string, string>

  constructor(tools: readonly Tool[]) {
    this.#flat = new Map(tools.flatMap(({ form, name }) => (form ? [[formKey(form), name]] : [])))
  }

  /** The name that the function for this tool has, whether or not it is still offered. */
  of(type: ToolForm['type'], name: string, namespace: Json | undefined): string {
    const space = textIn(namespace)
    const form = compact({ type, name, namespace: space })
    return this.#flat.get(formKey(form)) ?? (space === undefined ? name : flatName(space, name))
  }
}

/**
 * A call or a result of these tools as an item of a function.
 * @returns undefined where the item is of another kind, and no item where there is nothing to say.
 */
export function functionItems(item: JsonObject, names: ToolNames): JsonObject[] | undefined {
  const call_id = textIn(item.call_id) ?? textIn(item.id)
  const call = (name: string, args: string): JsonObject[] =>
    call_id === undefined ? [] : [{ type: 'function_call', call_id, name, arguments: args }]
  const result = (output: Json): JsonObject[] =>
    call_id === undefined ? [] : [{ type: 'function_call_output', call_id, output }]
  switch (item.type) {
    case 'custom_tool_call': {
      const name = names.of('custom', textIn(item.name) ?? '', item.namespace)
      return call(name, writeCustomInput(typeof item.input === 'string' ? item.input : ''))
    }
    case 'local_shell_call': {
      const { type: _type, ...action } = objectIn(item.action) ?? {}
      return call('local_shell', JSON.stringify(action))
    }
    case 'tool_search_call':
      // A search that OpenAI made has no result that another model must be shown.
      if (item.execution === 'server') return []
      return call('tool_search', textIn(item.arguments) ?? JSON.stringify(objectIn(item.arguments) ?? {}))
    case 'tool_search_output':
      return item.execution === 'server' ? [] : result(describeLoaded(listIn(item.tools), names))
    case 'custom_tool_call_output':
    case 'local_shell_call_output':
      return result(item.output ?? '')
    case 'additional_tools':
      return []
    default:
      return undefined
  }
}

/** What a search found, by the names that the model calls them. */
function describeLoaded(tools: Json[], names: ToolNames): string {
  const found = tools.flatMap((tool) => readClientTool(tool))
  if (found.length === 0) return 'No tools were found.'
  const lines = found.map(({ name, form, description }) => {
    const flat = form ? names.of(form.type, form.name, form.namespace) : name
    return description === undefined ? `- ${flat}` : `- ${flat}: ${description}`
  })
  return ['These tools are loaded now:', ...lines].join('\n')
}
