/**
 * What the hub must not do to a stream: hold words back that a provider has sent, until it sends
 * more.
 */
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStream } from '../provider.ts'
import { providerDialects, speakers } from './says.ts'
import { setStage, type Stage } from './stage.ts'

let stage: Stage

beforeAll(async () => {
  stage = await setStage()
})
afterAll(() => stage?.stop())

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

describe.each(providerDialects)('a provider that speaks %s', (dialect) => {
  it('opens its stream in a burst, says two words and pauses: the words are there before it goes on', async () => {
    const model = await stage.model(dialect)
    const order: string[] = []
    const heard = Promise.withResolvers<void>()
    stage.provider.behave(async (response) => {
      openStream(response)
      const { closing } = speakers[dialect]
      const events = speakers[dialect].stream({ text: ['Once ', 'upon '] })
      for (const event of events.slice(0, -closing)) {
        response.write(event)
        // Each event is a read of its own for the hub.
        await pause(2)
      }
      // Ends a test that would fail: the words come at once or never.
      await Promise.race([heard.promise, pause(20_000)])
      order.push('the provider goes on')
      for (const event of events.slice(-closing)) response.write(event)
      response.end()
    })
    const client = new OpenAI({ baseURL: `${stage.hub.url}/v1`, apiKey: stage.token, maxRetries: 0 })
    const stream = await client.chat.completions.create({
      model,
      messages: [{ role: 'user', content: 'x' }],
      stream: true,
    })
    let text = ''
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? ''
      if (text !== 'Once upon ' || order.includes('the client has heard')) continue
      order.push('the client has heard')
      heard.resolve()
    }
    expect(order).toEqual(['the client has heard', 'the provider goes on'])
  })
})
