/**
 * Gathers the evidence by which reported usage is checked: the size of a request, and of its
 * answer. Pure.
 */
import type { ChatRequest, FilePart } from '../chat/request.ts'
import { findKeptState } from '../dialects/provider-state.ts'
import { mostChoices } from '../dialects/output-limits.ts'
import { runsAtProvider, toolsIn } from '../dialects/provider-tools.ts'
import { asksForSearch, writesHourCache } from '../dialects/spend-fields.ts'
import { factsAt, factsOf, isBuiltIn } from '../providers/registry.ts'
import { type Evidence, mostInputTokens, usualOutputLimit } from './check-usage.ts'
import type { ContentMeter } from './content-meter.ts'
import { type Estimate, usualOutputOf } from './estimate.ts'
import type { Candidate } from './plan.ts'

export interface Exchange {
  /** As it was sent: with the output limit that was reserved for. */
  request: ChatRequest
  estimate: Estimate
  /** Characters of the body that the client sent. */
  sentCharacters: number
  candidate: Pick<Candidate, 'providerId' | 'provider'>
  model: string
  meter: ContentMeter
  /** Whether the answer came to its end, and nothing of its usage is open. */
  complete: boolean
  /** Whether a cap counts the request. */
  isCapped: boolean
}

/**
 * Models that search, or call one another, whatever the request says: they read what the hub does
 * not see.
 */
const searchingModels = /sonar|compound|search|online|deep-research|agent|fusion|auto/i

/** The context of a model of the hub's own table of which nothing is known. */
const usualContextTokens = 1_000_000

export function evidenceOf(exchange: Exchange): Evidence {
  const { request, estimate, sentCharacters, meter, complete } = exchange
  return {
    inputTokens: estimate.inputTokens,
    mostInputTokens: () => {
      const files = filesIn(request)
      return mostInputTokens({
        estimatedTokens: estimate.inputTokens,
        characters: sentCharacters,
        files: files.length,
        openEnded: isOpenEnded(request, exchange.model, files),
        contextTokens: contextOf(exchange),
      })
    },
    outputTokens: () => meter.tokens,
    outputCharacters: meter.characters,
    outputLimit: outputLimitOf(exchange),
    complete,
    reservedOutputTokens: complete ? 0 : reservedOutputOf(exchange),
    writesHourCache: () => writesHourCache(request.origin.body),
  }
}

/**
 * What a model of the hub's own table takes. A row that a person made is believed within the margin
 * of what was sent.
 */
function contextOf({ candidate: { providerId, provider }, model }: Exchange): number {
  if (!isBuiltIn(providerId, provider)) return 0
  return factsOf(providerId, model)?.contextTokens ?? usualContextTokens
}

/**
 * What was reserved for the output, where it may be billed unseen: a cap is a wall, and reasoning
 * is hidden.
 */
function reservedOutputOf({ request, candidate, model, isCapped }: Exchange): number {
  const facts = factsAt(candidate.providerId, candidate.provider, model)
  if (!isCapped && facts?.reasoning === false) return 0
  return usualOutputOf(request, facts?.outputTokens)
}

function outputLimitOf({ request, candidate, model }: Exchange): number {
  const facts = factsAt(candidate.providerId, candidate.provider, model)
  const each = request.maxOutputTokens ?? facts?.outputTokens ?? usualOutputLimit
  return each * mostChoices(request)
}

function isOpenEnded(request: ChatRequest, model: string, files: readonly FilePart[]): boolean {
  const { dialect, body } = request.origin
  return (
    searchingModels.test(model) ||
    files.some(({ source }) => source.type === 'url' || source.type === 'reference') ||
    toolsIn(body).some((tool) => runsAtProvider(tool, dialect)) ||
    asksForSearch(body) ||
    findKeptState(request) !== undefined
  )
}

function filesIn({ messages }: ChatRequest): FilePart[] {
  return messages.flatMap(({ content }) =>
    content.flatMap((part) => {
      if (part.type === 'file') return [part]
      return part.type === 'tool-result' ? part.content.filter((inner) => inner.type === 'file') : []
    }),
  )
}
