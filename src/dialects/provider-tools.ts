/**
 * Tools that run at a provider, which bills them by the use, at prices that no table has. They are
 * left out for tokens with a budget. A tool passes where it is known to be the client's; everything
 * else is the provider's. Data first; pure.
 */
import type { DialectId } from '../domain/dialects.ts'
import { isJsonObject, type Json, type JsonObject } from '../chat/json.ts'
import { plainName } from './member-name.ts'
import { listIn, objectIn, textIn } from './json-read.ts'
import { withoutSettings } from './spend-fields.ts'

/**
 * Types of tools that the client runs: a call costs the tokens that it is written in, and no more.
 */
const clientTools =
  /^(?:function|custom|local_shell|apply_patch|namespace|computer(?:_use_preview)?|(?:bash|text_editor|computer|memory)_\d{8})$/
/** The members of a Gemini tool that the client answers. */
const clientMembers: ReadonlySet<string> = new Set(['functiondeclarations', 'computeruse'])
/**
 * The members of a function that is declared without a type, as Anthropic and older servers take
 * them.
 */
const declarationMembers: ReadonlySet<string> = new Set([
  'allowedcallers',
  'cachecontrol',
  'deferloading',
  'description',
  'eagerinputstreaming',
  'function',
  'inputexamples',
  'inputschema',
  'name',
  'parameters',
  'strict',
  'type',
])
/** One of them says what a function takes. */
const schemaMembers: ReadonlySet<string> = new Set(['function', 'inputschema', 'parameters'])
/** Members that make a tool the provider's, whichever type is beside them. */
const providerMembers: ReadonlySet<string> = new Set([
  'bash',
  'browsersearch',
  'codeexecution',
  'codeinterpreter',
  'container',
  'enterprisewebsearch',
  'filesearch',
  'googlemaps',
  'googlesearch',
  'googlesearchretrieval',
  'imagegeneration',
  'mcp',
  'retrieval',
  'serverurl',
  'urlcontext',
  'vectorstoreids',
  'websearch',
  'websearchpreview',
  'xsearch',
])
/**
 * Moonshot runs functions with such a name itself:
 * https://platform.moonshot.ai/docs/guide/use-web-search
 */
const builtInName = /^\$/

/**
 * Members beside the tools that make a provider run some: remote servers of Anthropic's, Groq's
 * compound systems, Azure's and Cohere's sources, Alibaba's code interpreter.
 */
const toolSettings: ReadonlySet<string> = new Set([
  'builtintools',
  'codeexecution',
  'codeinterpreter',
  'compoundcustom',
  'connectors',
  'datasources',
  'enablecodeinterpreter',
  'mcpservers',
  'servertools',
  'toolresources',
])
/** Kinds of output, of which all but text have other prices. */
const outputKinds: ReadonlySet<string> = new Set(['modalities', 'outputmodalities', 'responsemodalities'])

/** Tools lie no deeper in one another than this. */
const deepestTool = 4

/** The tools of a body. Gemini takes one without a list around it. */
export function toolsIn({ tools }: JsonObject): Json[] {
  if (Array.isArray(tools)) return tools
  return tools === undefined || tools === null ? [] : [tools]
}

/** Whether a tool runs at the provider, which may bill each use of it. */
export function runsAtProvider(tool: Json, dialect: DialectId, depth = 0): boolean {
  if (!isJsonObject(tool)) return true
  const names = Object.keys(tool).filter((name) => tool[name] !== null)
  const plain = names.map(plainName)
  if (dialect === 'gemini') return plain.some((name) => !clientMembers.has(name))
  if (plain.some((name) => providerMembers.has(name))) return true
  if (builtInName.test(nameOf(tool) ?? '')) return true
  const { type, tools } = tool
  if (tools !== undefined && tools !== null) {
    const isDeep = depth >= deepestTool
    if (isDeep || toolsIn(tool).some((inner) => runsAtProvider(inner, dialect, depth + 1))) return true
  }
  if (type !== undefined && type !== null) return typeof type !== 'string' || !clientTools.test(type)
  const declares = nameOf(tool) !== undefined && plain.some((name) => schemaMembers.has(name))
  return !declares || plain.some((name) => !declarationMembers.has(name))
}

/** Leaves out settings by which a provider runs tools or makes more than text. */
export function withoutToolSettings(body: JsonObject): { body: JsonObject; dropped: string[] } {
  return withoutSettings(body, (plain, path, value) => {
    if (outputKinds.has(plain)) return !isText(value)
    return toolSettings.has(plain) || (plain === 'tools' && path !== 'tools')
  })
}

function isText(kinds: Json): boolean {
  const list = Array.isArray(kinds) ? kinds : [kinds]
  return list.every((kind) => textIn(kind)?.toLowerCase() === 'text')
}

/**
 * Leaves out tools that run at the provider, and a choice that insists on one of them.
 * @returns the paths of what was left out beside the body, which is the same where it has no such
 * tool.
 */
export function withoutProviderTools(
  body: JsonObject,
  dialect: DialectId,
): { body: JsonObject; dropped: string[] } {
  const inside = withoutLoadedTools(body, dialect)
  const offered = withoutOfferedTools(inside.body, dialect)
  return { body: offered.body, dropped: [...new Set([...inside.dropped, ...offered.dropped])] }
}

/** The same for tools that come in the input, as Codex sends them. */
function withoutLoadedTools(body: JsonObject, dialect: DialectId): { body: JsonObject; dropped: string[] } {
  if (dialect !== 'openai-responses') return { body, dropped: [] }
  const dropped: string[] = []
  const input = listIn(body.input).map((item) => {
    const members = objectIn(item)
    if (!members || !Array.isArray(members.tools)) return item
    const { body: kept, dropped: left } = withoutOfferedTools({ tools: members.tools }, dialect)
    if (left.length === 0) return item
    dropped.push(...left)
    return { ...members, tools: kept.tools ?? [] }
  })
  return dropped.length > 0 ? { body: { ...body, input }, dropped } : { body, dropped }
}

function withoutOfferedTools(body: JsonObject, dialect: DialectId): { body: JsonObject; dropped: string[] } {
  const tools = toolsIn(body)
  const kept = tools.flatMap((tool) => keepTool(tool, dialect))
  if (kept.length === tools.length && kept.every((tool, index) => tool === tools[index]))
    return { body, dropped: [] }
  const dropped = [
    ...new Set(tools.flatMap((tool) => titlesOfLeftOut(tool, dialect).map((title) => `tools.${title}`))),
  ]
  const { tools: _tools, tool_choice: choice, ...rest } = body
  const chosen = objectIn(choice)
  // Words such as "auto" stay; an object may name what is gone, and no tools allow no choice.
  const keepsChoice = choice !== undefined && kept.length > 0 && (!chosen || choosesKept(chosen, kept))
  if (choice !== undefined && choice !== null && !keepsChoice) dropped.push('tool_choice')
  return {
    body: { ...rest, ...(kept.length > 0 && { tools: kept }), ...(keepsChoice && { tool_choice: choice }) },
    dropped,
  }
}

/** The tools of a namespace. */
function innerTools(tool: Json): Json[] {
  const { type, tools } = objectIn(tool) ?? {}
  return type === 'namespace' ? listIn(tools) : []
}

/** What of a tool is left out: all of it, or some tools of a namespace. */
function titlesOfLeftOut(tool: Json, dialect: DialectId): string[] {
  if (!runsAtProvider(tool, dialect)) return []
  const inner = innerTools(tool).filter((each) => runsAtProvider(each, dialect))
  return (inner.length > 0 ? inner : [tool]).map(titleOf)
}

function keepTool(tool: Json, dialect: DialectId): Json[] {
  if (!runsAtProvider(tool, dialect)) return [tool]
  const inner = innerTools(tool).filter((each) => !runsAtProvider(each, dialect))
  const narrowed = { ...objectIn(tool), tools: inner }
  if (inner.length > 0 && !runsAtProvider(narrowed, dialect)) return [narrowed]
  if (dialect !== 'gemini' || !isJsonObject(tool)) return []
  const members = Object.entries(tool).filter(([name]) => clientMembers.has(plainName(name)))
  return members.length > 0 ? [Object.fromEntries(members)] : []
}

function choosesKept(choice: JsonObject, kept: Json[]): boolean {
  const name = nameOf(choice)
  if (name !== undefined) return kept.some((tool) => nameOf(tool) === name)
  const type = textIn(choice.type)
  return type === 'auto' || type === 'any' || type === 'none'
}

/** The name of a function, in either place where dialects have it. */
function nameOf(tool: Json): string | undefined {
  const { name, function: called } = objectIn(tool) ?? {}
  return textIn(name) ?? textIn(objectIn(called)?.name)
}

/** What a left-out tool is called in a header. */
function titleOf(tool: Json): string {
  const members = objectIn(tool) ?? {}
  return (textIn(members.type) || Object.keys(members).join('+') || 'unknown').slice(0, 100)
}
