/**
 * What real providers reported is believed, and what real clients sent is not taken for state that
 * a provider keeps.
 */
import type { DialectId } from '../../src/domain/dialects.ts'
import { describe, expect, it } from 'vitest'
import type { ChatRequest } from '../../src/chat/request.ts'
import { inbound, outbound } from '../../src/dialects/index.ts'
import { findKeptState } from '../../src/dialects/provider-state.ts'
import { withOneLimit } from '../../src/dialects/output-limits.ts'
import { checkUsage } from '../../src/gateway/check-usage.ts'
import { ContentMeter } from '../../src/gateway/content-meter.ts'
import { estimateTokens } from '../../src/gateway/estimate.ts'
import { evidenceOf } from '../../src/gateway/usage-evidence.ts'
import { Relay } from '../../src/gateway/stream-transform.ts'
import { isJsonObject } from '../../src/chat/json.ts'
import { addressIn } from '../dialects/fixtures.ts'
import { type Exchange, readRecordings } from '../recordings.ts'

interface Case {
  name: string
  dialect: DialectId
  request: ChatRequest
  exchange: Exchange
}

function dialectOf(path: string): DialectId | undefined {
  if (path.endsWith('/chat/completions')) return 'openai-chat'
  if (path.endsWith('/responses')) return 'openai-responses'
  if (path.endsWith('/messages')) return 'anthropic'
  return path.endsWith('enerateContent') ? 'gemini' : undefined
}

const cases = readRecordings().flatMap(({ name, exchanges }) =>
  exchanges.flatMap((exchange, index): Case[] => {
    const { request, response } = exchange
    const dialect = request ? dialectOf(new URL(request.url).pathname) : undefined
    if (!request || !dialect || response.status >= 300) return []
    try {
      const parsed = inbound[dialect]?.parseRequest(request.body, addressIn(request.url))
      return parsed ? [{ name: `${name} #${index}`, dialect, request: parsed, exchange }] : []
    } catch {
      // What a provider refuses in words of its own is no request that it answers.
      return []
    }
  }),
)

/** A row that a person made, which is believed least. */
const candidate = {
  providerId: 'own',
  provider: {
    name: 'Own',
    dialects: {},
    defaultModel: 'm',
    models: {},
    aliases: [],
  },
}

function read({ dialect, exchange: { response } }: Case) {
  const speaker = outbound[dialect]
  if (!speaker) throw new Error(`Nobody speaks ${dialect}.`)
  if (response.sse !== undefined) {
    const relay = new Relay(speaker, true)
    relay.push(new TextEncoder().encode(response.sse))
    relay.end()
    return { claimed: relay.seen.usage, meter: relay.seen.meter, complete: relay.seen.complete }
  }
  const body = isJsonObject(response.body) ? response.body : {}
  const meter = new ContentMeter()
  meter.addJson(body)
  return { claimed: speaker.readUsage(body), meter, complete: true }
}

/** Recordings of what an account keeps: found, and rightly so. */
const bound: Readonly<Record<string, string>> = {
  'gemini/cached_content.json': 'cachedContent',
  'openai-responses/previous_response_id_chain.json': 'previous_response_id',
  // Reasoning with an id and a summary is read from what the account keeps, where it is not sealed.
  'xai/parallel_tools.json': 'input[2]',
  'xai/reasoning_roundtrip.json': 'input[2]',
  'xai/stream_parallel_tools.json': 'input[2]',
}

if (cases.length === 0) it('needs RECORDINGS_DIR to be set', () => expect(cases).toEqual([]))
else
  describe('recorded', () => {
    it.each(cases)('usage is believed: $name', (recorded) => {
      const { claimed, meter, complete } = read(recorded)
      if (!claimed) return
      const { request } = recorded
      const sentCharacters = JSON.stringify(request.origin.body).length
      const estimate = estimateTokens(request)
      const checked = checkUsage(
        claimed,
        evidenceOf({
          request,
          estimate,
          sentCharacters,
          candidate,
          model: 'm',
          meter,
          complete,
          isCapped: false,
        }),
      )
      expect(checked.claimed).toBeUndefined()
      const reasoningTokens = Math.min(claimed.reasoningTokens, claimed.outputTokens)
      if (complete) expect(checked).toEqual({ ...claimed, reasoningTokens })
    })

    it.each(cases)('requests refer to nothing that is kept: $name', ({ name, request }) => {
      const file = name.replace(/ #\d+$/, '')
      const found = findKeptState(request)?.what
      if (found !== undefined) expect(found).toBe(bound[file])
    })

    it.each(cases)('requests with one output limit are left as they are: $name', ({ request }) => {
      expect(withOneLimit(request)).toBe(request)
    })

    it('answers are counted within a factor of what was reported, where reasoning is not hidden', () => {
      const ratios = cases.flatMap((recorded) => {
        const { claimed, meter, complete } = read(recorded)
        if (!claimed || !complete || claimed.reasoningTokens > 0 || claimed.outputTokens < 50) return []
        return [{ name: recorded.name, ratio: meter.tokens / claimed.outputTokens }]
      })
      const sorted = ratios.toSorted((a, b) => a.ratio - b.ratio)
      const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)]?.ratio ?? 0
      expect(sorted.length).toBeGreaterThan(10)
      // Of some the reasoning is hidden and not reported apart; what lies far above would be
      // counted twice.
      expect(at(0.5)).toBeGreaterThan(0.6)
      expect(at(0.5)).toBeLessThan(1.6)
      expect(at(1)).toBeLessThan(3)
    })
  })
