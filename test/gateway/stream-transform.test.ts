/** Streams on their way to the client: what passes, what is held back, what is noticed. */
import { describe, expect, it } from 'vitest'
import { openaiChatInbound } from '../../src/dialects/openai-chat/inbound.ts'
import { openaiChatOutbound } from '../../src/dialects/openai-chat/outbound.ts'
import { anyRequest } from '../any-request.ts'
import { type Passage, Relay, Translation } from '../../src/gateway/stream-transform.ts'

const speaker = openaiChatOutbound
const listener = openaiChatInbound

const chunk = (delta: object, finish: string | null = null): string =>
  `data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`
const usage = `data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [], usage: { prompt_tokens: 7, completion_tokens: 2, total_tokens: 9 } })}\n\n`
const error = 'data: {"error":{"message":"Overloaded","type":"server_error"}}\n\n'
const done = 'data: [DONE]\n\n'
const role = chunk({ role: 'assistant', content: '' })
const whole = [role, chunk({ content: 'Grüße' }), chunk({ content: ', 世界' }), chunk({}, 'stop')].join('')

/** Everything that comes out, the stream being cut into pieces of `size` bytes. */
function pass(passage: Passage, stream: string, size = Infinity): string {
  const bytes = new TextEncoder().encode(stream)
  let text = ''
  for (let at = 0; at < bytes.length; at += size) text += passage.push(bytes.subarray(at, at + size))
  return text + passage.end()
}

describe('a relay', () => {
  it.each([1, 2, 3, 7, 64, Infinity])(
    'passes events on as they came, whatever the chunks (%d bytes)',
    (size) => {
      const comments = `: PROCESSING\n\n${whole}${usage}${done}`
      expect(pass(new Relay(speaker, true), comments, size)).toBe(comments)
    },
  )

  it('leaves out the event that only reports usage, and reads it', () => {
    const relay = new Relay(speaker, false)
    expect(pass(relay, whole + usage + done)).toBe(whole + done)
    expect(relay.seen).toMatchObject({ complete: true, usage: { inputTokens: 7, outputTokens: 2 } })
  })

  it('sees the first content in the event that has it, and not before', () => {
    const relay = new Relay(speaker, false)
    const encoder = new TextEncoder()
    relay.push(encoder.encode(`: PROCESSING\n\n${role}`))
    expect(relay.seen.content).toBe(false)
    relay.push(encoder.encode(chunk({ content: 'x' }).slice(0, -1)))
    expect(relay.seen.content).toBe(false)
    relay.push(encoder.encode('\n'))
    expect(relay.seen).toMatchObject({ content: true })
    expect(relay.seen.meter.tokens).toBeGreaterThan(0)
  })

  it('holds an incomplete event back, so that an error event can always follow', () => {
    const relay = new Relay(speaker, false)
    expect(pass(relay, `${role}${chunk({ content: 'x' })}data: {"id":"c1","cho`)).toBe(
      role + chunk({ content: 'x' }),
    )
    expect(relay.seen.complete).toBe(false)
  })

  it('stops before an error', () => {
    const relay = new Relay(speaker, false)
    expect(pass(relay, role + chunk({ content: 'x' }) + error + chunk({ content: 'y' }) + done)).toBe(
      role + chunk({ content: 'x' }),
    )
    expect(relay.seen).toMatchObject({ complete: false, complaint: { message: 'Overloaded' } })
  })
})

function translation(streamUsage: boolean): Translation {
  const served = { provider: 'groq', model: 'm', at: 1_790_000_000_000 }
  return new Translation(speaker, listener, { ...anyRequest, streamUsage }, served)
}

describe('a translation', () => {
  it.each([1, 5, Infinity])('gives the client the same text, whatever the chunks (%d bytes)', (size) => {
    const text = pass(translation(false), whole + usage + done, size)
    expect(text).toContain('Grüße')
    expect(text).toContain(', 世界')
    expect(text.endsWith(done)).toBe(true)
    expect(text).not.toContain('prompt_tokens')
  })

  it('does not end cleanly what broke', () => {
    const cut = translation(false)
    expect(pass(cut, role + chunk({ content: 'x' }))).not.toContain('[DONE]')
    expect(cut.seen).toMatchObject({ content: true, complete: false })
    const failed = translation(true)
    expect(pass(failed, role + chunk({ content: 'x' }) + error)).not.toContain('[DONE]')
    expect(failed.seen.complaint?.message).toBe('Overloaded')
  })
})
