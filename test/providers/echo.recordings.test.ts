/** Recorded errors harm nobody more when the spans in them that a client chose are attacks. */
import { describe, expect, it } from 'vitest'
import type { Complaint } from '../../src/chat/events.ts'
import { isJsonObject } from '../../src/chat/json.ts'
import { outbound } from '../../src/dialects/index.ts'
import { readFailure } from '../../src/providers/classify.ts'
import type { Provider } from '../../src/providers/provider.ts'
import { findProvider } from '../../src/providers/registry.ts'
import { statedLimits } from '../../src/providers/stated-limits.ts'
import { attacks } from '../fixtures/errors/attacks.ts'
import { type Exchange, readRecordings } from '../recordings.ts'
import { moreHarm } from './harm.ts'

const now = Date.UTC(2026, 7, 5, 12)
const unknown: Provider = { name: 'Unknown', dialects: {}, defaultModel: '', models: {} }

/** The model that was asked for, where the recording holds the request. */
function modelOf({ request }: Exchange): string | undefined {
  const body = request?.body
  const model = isJsonObject(body) && typeof body.model === 'string' ? body.model : undefined
  return model ?? /\/models\/([^:/]+)/.exec(request?.url ?? '')?.[1]
}

/** The message with other words in every quoted span, and in the place of the model. */
function withWords(message: string, model: string | undefined, words: string): string {
  const quoted = message.replaceAll(/`[^`]+`|"[^"]+"|(?<!\w)'[^']+'(?!\w)/g, (span) => {
    const [quote = ''] = span
    return `${quote}${words}${quote}`
  })
  return model === undefined || model.length < 3 ? quoted : quoted.replaceAll(model, words)
}

const failures = readRecordings().flatMap(({ name, provider, exchanges }) =>
  exchanges
    .filter(({ response }) => response.status >= 400)
    .map((exchange, index) => ({ title: `${name} #${index + 1}`, provider, exchange })),
)

// Without recordings there is nothing to read; a file without a test would fail.
if (failures.length === 0) it('needs RECORDINGS_DIR to be set', () => expect(failures).toEqual([]))
else
  describe('a recorded error', () => {
    it.each(failures)('$title', ({ provider, exchange }) => {
      const { status, headers, body, sse } = exchange.response
      const row = findProvider(provider.replace(/^openai-.*/, 'openai'))?.provider ?? unknown
      const complaint = outbound['openai-chat']?.parseError(sse ?? JSON.stringify(body ?? ''))
      if (!complaint) throw new Error('The dialect openai-chat is missing.')
      const read = (said: Complaint, words: string) => {
        const sent = { body: { model: words, [words]: words }, texts: [words] }
        const { fault, own } = readFailure({ provider: row, status, headers, complaint: said, now, sent })
        return { fault, limits: statedLimits(row, headers, own, now) }
      }
      const model = modelOf(exchange)
      const harmless = 'qwxyz'
      const expected = read(
        { ...complaint, message: withWords(complaint.message, model, harmless) },
        harmless,
      )
      expect(expected.fault.blame).toBe(read(complaint, model ?? harmless).fault.blame)
      const harm = attacks.flatMap((words) => {
        const message = withWords(complaint.message, model, words)
        return moreHarm(words, read({ ...complaint, message }, words), expected) ?? []
      })
      expect(harm).toEqual([])
    })
  })
