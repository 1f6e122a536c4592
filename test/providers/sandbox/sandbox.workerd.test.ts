/**
 * What only the real runtime can tell: whether an abort reaches the sandbox, and whether its
 * streams can be read as the pump reads.
 */
import { describe, expect, it } from 'vitest'
import { answerSandbox, sandboxHost } from '../../../src/providers/sandbox/index.ts'

function call(model: string, signal?: AbortSignal): Promise<Response> {
  const body = JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: 'Hello' }] })
  const url = `https://${sandboxHost}/v1/chat/completions`
  return answerSandbox(new Request(url, { method: 'POST', body, ...(signal && { signal }) }))
}

describe('the sandbox in workerd', () => {
  it('gives up waiting when the call is aborted', async () => {
    const abort = new AbortController()
    const answer = expect(call('timeout', abort.signal)).rejects.toThrow('enough')
    setTimeout(() => abort.abort(new Error('enough')), 50)
    await answer
  })

  it('breaks a stream when the call is aborted', async () => {
    const abort = new AbortController()
    const response = await call('slow', abort.signal)
    const text = expect(response.text()).rejects.toThrow('enough')
    setTimeout(() => abort.abort(new Error('enough')), 50)
    await text
  })

  it('is read to its end by a reader with its own buffer', async () => {
    const response = await call('long')
    const reader = response.body?.getReader({ mode: 'byob' })
    if (!reader) throw new Error('There is no body.')
    let text = ''
    const decoder = new TextDecoder()
    for (;;) {
      const { done, value } = await reader.readAtLeast(512, new Uint8Array(4_096))
      if (value) text += decoder.decode(value, { stream: true })
      if (done) break
    }
    expect(text).toMatch(/data: \[DONE\]\n\n$/)
    expect(text.match(/word-/g)).toHaveLength(200)
  })

  it('stops when the reader leaves', async () => {
    const response = await call('slow')
    const reader = response.body?.getReader()
    await reader?.cancel()
    expect(await reader?.closed).toBeUndefined()
  })
})
