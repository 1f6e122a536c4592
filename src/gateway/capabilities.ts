/**
 * What a request needs of a model, derived once, and whether a model has it. Pure. What is not
 * known counts as able.
 */
import type { DialectId } from '../domain/dialects.ts'
import type { FileKind } from '../domain/files.ts'
import { type ModelFacts, unseenKinds } from '../chat/model.ts'
import type { ChatRequest, FilePart, Message } from '../chat/request.ts'
import { findKeptState, type KeptState } from '../dialects/provider-state.ts'
import type { Feature, Provider } from '../providers/provider.ts'
import { featuresOf } from './choose-dialect.ts'
import type { Estimate } from './estimate.ts'

export interface Needs {
  tools: boolean
  jsonSchema: boolean
  /** Everything that is to be seen anywhere in the conversation. */
  input: ReadonlySet<FileKind>
  /**
   * Of it, what the user asks about now; absent means all of it. The rest may be told in words to a
   * model that sees none.
   */
  asked?: ReadonlySet<FileKind>
  /** Input as estimated, in tokens. */
  inputTokens: number
  /**
   * What it holds that the dialects of one provider differ in; absent where nothing is known of it.
   */
  features?: ReadonlySet<Feature>
  /**
   * State that is kept at a provider, for the account that made it: what it is, and the dialect in
   * which it is named.
   */
  boundTo?: KeptState
  /**
   * The dialect in which alone all is said that the answer depends on; absent where others can say
   * it too.
   */
  saidOnlyIn?: DialectId
  /** The answer must come from a search of the web. */
  search?: true
}

/** An estimate may be this much too high before a model's window is believed to be too small. */
const doubt = 1.25

export function needsOf(request: ChatRequest, estimate: Estimate): Needs {
  const input = new Set<FileKind>()
  const asked = new Set<FileKind>()
  const question = questionOf(request.messages)
  for (const message of request.messages) {
    for (const part of message.content) {
      if (part.type === 'file') addKind(input, part)
      if (part.type === 'file' && message === question) addKind(asked, part)
      if (part.type === 'tool-result') {
        for (const inner of part.content) if (inner.type === 'file') addKind(input, inner)
      }
    }
  }
  const boundTo = findKeptState(request)
  return {
    tools: request.tools.length > 0,
    jsonSchema: request.format?.type === 'json-schema',
    input,
    asked,
    inputTokens: estimate.inputTokens,
    features: featuresOf(request),
    ...(boundTo && { boundTo }),
    ...(request.losses?.some(({ isEssential }) => isEssential) && { saidOnlyIn: request.origin.dialect }),
    ...(request.search?.isForced && { search: true }),
  }
}

/** Why a model cannot serve these needs; undefined where it can, as far as is known. */
export function lackOf(facts: ModelFacts | undefined, needs: Needs): string | undefined {
  if (!facts) return undefined
  if (needs.tools && facts.tools === false) return 'its model does not support tools'
  if (needs.jsonSchema && facts.jsonSchema === false && facts.tools === false)
    return 'its model does not support JSON schemas'
  const [unseen] = unseenOf(facts, needs.asked ?? needs.input)
  if (unseen) return `its model does not support ${unseen}`
  if (facts.contextTokens !== undefined && needs.inputTokens > facts.contextTokens * doubt) {
    return `about ${needs.inputTokens} tokens exceed its model’s context window of ${facts.contextTokens}`
  }
  return undefined
}

/**
 * Whether a model cannot see something of earlier turns or of results of tools: it serves where
 * none can that sees it.
 */
export function isBlindTo(facts: ModelFacts | undefined, needs: Needs): boolean {
  return facts !== undefined && unseenOf(facts, needs.input).length > 0
}

function unseenOf(facts: ModelFacts, kinds: ReadonlySet<FileKind>): FileKind[] {
  return unseenKinds(facts).filter((kind) => kinds.has(kind))
}

/** What the user said last. Beside results of tools, clients put there what the tools returned. */
function questionOf(messages: readonly Message[]): Message | undefined {
  const last = messages.findLastIndex(({ role }) => role === 'user')
  return messages[last - 1]?.role === 'tool' ? undefined : messages[last]
}

/** Whether a provider that is called in this dialect can be told all that the answer depends on. */
export function canBeTold(
  provider: Provider,
  dialect: DialectId,
  { saidOnlyIn, search }: Pick<Needs, 'saidOnlyIn' | 'search'>,
  clientDialect: DialectId,
): boolean {
  if (dialect === clientDialect) return true
  return saidOnlyIn === undefined && (!search || provider.quirks?.[dialect]?.search !== undefined)
}

function addKind(kinds: Set<FileKind>, file: FilePart): void {
  switch (file.kind) {
    case 'image':
    case 'audio':
    case 'video':
      kinds.add(file.kind)
      break
    case 'document':
      // A document that is text already needs no eyes.
      if (file.source.type !== 'text' && file.mediaType !== 'text/plain') kinds.add('pdf')
      break
  }
}
