import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/chat/json.ts'
import type { ChatRequest } from '../../../src/chat/request.ts'
import { geminiInbound } from '../../../src/dialects/gemini/inbound.ts'
import { geminiOutbound } from '../../../src/dialects/gemini/outbound.ts'
import { readRecordings } from '../../recordings.ts'
import { addressIn } from '../fixtures.ts'

const hello = { role: 'user', parts: [{ text: 'Hello' }] }
const baseUrl = 'https://p.example/v1beta'

/** The call for a client of this dialect. */
function call(fields: JsonObject, change: Partial<ChatRequest> = {}, model = 'gemini-3-flash-preview') {
  const request = geminiInbound.parseRequest({ contents: [hello], ...fields }, { model: 'hub-name' })
  return geminiOutbound.buildCall({ ...request, ...change }, { baseUrl, model, quirks: {} })
}

describe('the call for a client of this dialect', () => {
  it('names the method and the model in its address', () => {
    expect(call({}).url).toBe(`${baseUrl}/models/gemini-3-flash-preview:generateContent`)
    expect(call({}, { stream: true }).url).toBe(
      `${baseUrl}/models/gemini-3-flash-preview:streamGenerateContent?alt=sse`,
    )
  })

  it.each([
    ['models/gemini-x', 'models/gemini-x'],
    ['tunedModels/mine', 'tunedModels/mine'],
    ['vendor/x', 'models/vendor/x'],
    ['gemma3:4b', 'models/gemma3%3A4b'],
    ['x?key=1#a', 'models/x%3Fkey%3D1%23a'],
  ])('writes the model %s as %s', (model, path) => {
    expect(call({}, {}, model).url).toBe(`${baseUrl}/${path}:generateContent`)
  })

  it.each([['../../elsewhere'], ['models/./x'], ['a//b'], ['']])(
    'does not go where the name "%s" leads',
    (model) => {
      expect(() => call({}, {}, model)).toThrow(/Invalid model name/)
    },
  )

  it("leaves out what is meant for the hub, and the model, which is the hub's", () => {
    const { body } = call({ hub: { cache: true }, model: 'models/smart', unknown: 1 })
    expect(body).toEqual({ contents: [hello], unknown: 1 })
  })

  it('writes the output limit that a budget set, where the client put its own', () => {
    expect(call({}, { maxOutputTokens: 9 }).body).toEqual({
      contents: [hello],
      generationConfig: { maxOutputTokens: 9 },
    })
    expect(
      call({ generation_config: { max_output_tokens: 50, top_k: 1 } }, { maxOutputTokens: 9 }).body,
    ).toEqual({ contents: [hello], generation_config: { top_k: 1, maxOutputTokens: 9 } })
  })
})

const recorded = readRecordings().flatMap(({ name, exchanges }) =>
  exchanges.flatMap(({ request }, index) => {
    const address = request && addressIn(request.url)
    return address ? [{ name: `${name} #${index}`, request, address }] : []
  }),
)

if (recorded.length > 0)
  describe('a recorded conversation, replayed turn by turn', () => {
    it.each(recorded)('$name reaches the provider byte for byte', ({ request, address }) => {
      const { body, url } = geminiOutbound.buildCall(geminiInbound.parseRequest(request.body, address), {
        baseUrl,
        model: address.model ?? '',
        quirks: {},
      })
      expect(JSON.stringify(body)).toBe(JSON.stringify(request.body))
      expect(new URL(url).pathname).toBe(new URL(request.url).pathname)
      expect(new URL(url).searchParams.get('alt')).toBe(new URL(request.url).searchParams.get('alt'))
    })

    it('holds signatures', () => {
      expect(
        recorded.filter(({ request }) => JSON.stringify(request.body).includes('"thoughtSignature"')),
      ).not.toEqual([])
    })
  })
