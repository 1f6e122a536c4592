/** What a request needs of a model, derived once, and whether a model has it. Pure. What is not known counts as able. */
import type { ModelFacts } from '../chat/model.ts'
import type { ChatRequest, FilePart } from '../chat/request.ts'
import { findKeptState, type KeptState } from '../dialects/kept-state.ts'
import type { Feature } from '../providers/provider.ts'
import { featuresOf } from './choose-dialect.ts'
import type { Estimate } from './estimate.ts'

export interface Needs {
  tools: boolean
  jsonSchema: boolean
  input: ReadonlySet<'image' | 'audio' | 'pdf'>
  /** Input as estimated, in tokens. */
  inputTokens: number
  /** What it holds that the dialects of one provider differ in; absent where nothing is known of it. */
  features?: ReadonlySet<Feature>
  /** State that is kept at a provider, for the account that made it: what it is, and the dialect in which it is named. */
  boundTo?: KeptState
}

/** An estimate may be this much too high before a model's window is believed to be too small. */
const doubt = 1.25

export function needsOf(request: ChatRequest, estimate: Estimate): Needs {
  const input = new Set<'image' | 'audio' | 'pdf'>()
  for (const message of request.messages) {
    for (const part of message.content) {
      if (part.type === 'file') addKind(input, part)
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
    inputTokens: estimate.inputTokens,
    features: featuresOf(request),
    ...(boundTo && { boundTo }),
  }
}

/** Why a model cannot serve these needs; undefined where it can, as far as is known. */
export function lackOf(facts: ModelFacts | undefined, needs: Needs): string | undefined {
  if (!facts) return undefined
  if (needs.tools && facts.tools === false) return 'its model takes no tools'
  if (needs.jsonSchema && facts.jsonSchema === false && facts.tools === false)
    return 'its model takes no JSON schema'
  const { input } = facts
  const unseen = input && [...needs.input].find((kind) => !input.includes(kind))
  if (unseen) return `its model takes no ${unseen}`
  if (facts.contextTokens !== undefined && needs.inputTokens > facts.contextTokens * doubt) {
    return `about ${needs.inputTokens} tokens are more than the ${facts.contextTokens} its model takes`
  }
  return undefined
}

function addKind(kinds: Set<'image' | 'audio' | 'pdf'>, file: FilePart): void {
  switch (file.kind) {
    case 'image':
    case 'audio':
      kinds.add(file.kind)
      break
    case 'document':
      // A document that is text already needs no eyes.
      if (file.source.type !== 'text' && file.mediaType !== 'text/plain') kinds.add('pdf')
      break
  }
}
