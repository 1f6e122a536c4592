/** Idempotency keys over real sockets: clients that retry, wait and leave. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { addFake, type Hub, joinHub, type Person, readLog } from './hub.ts'
import {
  chunks,
  completion,
  type FakeProvider,
  openStream,
  sendEvent,
  sendJson,
  startProvider,
  streamCompletion,
  usageChunk,
} from './provider.ts'

let hub: Hub
let person: Person
let provider: FakeProvider
let key = 0

beforeAll(async () => {
  provider = await startProvider()
  ;({ hub, ...person } = await joinHub())
  const as = person.session
  await addFake(hub, as, provider)
  await hub.call('POST', '/api/keys', { as, body: { provider: 'fake', apiKey: 'key-a' } })
})
afterAll(() => provider?.stop())
beforeEach(() => {
  key++
})

function ask(body: object = {}, signal?: AbortSignal): Promise<Response> {
  return fetch(`${hub.url}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${person.token}`,
      'content-type': 'application/json',
      'idempotency-key': `key-${key}`,
    },
    body: JSON.stringify({ model: 'fake/fake-1', messages: [{ role: 'user', content: 'Hello' }], ...body }),
    ...(signal && { signal }),
  })
}

interface Answer {
  status: number
  text: string
  type: string | null
  requestId: string | null
  replayed: boolean
}

async function read(response: Response): Promise<Answer> {
  const { status, headers } = response
  return {
    status,
    text: await response.text(),
    type: headers.get('content-type'),
    requestId: headers.get('x-hub-request-id'),
    replayed: headers.get('x-hub-replayed') === 'true',
  }
}

/** Two at once, and three later. */
async function askFiveTimes(body: object): Promise<Answer[]> {
  const answers = await Promise.all([ask(body).then(read), ask(body).then(read)])
  for (let i = 0; i < 3; i++) answers.push(await ask(body).then(read))
  return answers.toSorted((a, b) => Number(a.replayed) - Number(b.replayed))
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 200))

describe('five requests with one idempotency key', () => {
  it.each([{}, { stream: true }])('cause one call and get one answer: %j', async (body) => {
    provider.behave(async (response, received) => {
      await pause()
      if (received.body.stream) streamCompletion(response, received, ['Good ', 'morning.'])
      else sendJson(response, 200, completion('Good morning.'))
    })
    const [first, ...others] = await askFiveTimes(body)
    expect(provider.received).toHaveLength(1)
    expect(first).toMatchObject({ status: 200, replayed: false })
    expect(first?.text).toContain('morning.')
    for (const other of others) expect(other).toEqual({ ...first, replayed: true })
  })
})

describe('a client that leaves in the middle of a stream', () => {
  it('finds the whole answer when it comes back, and the call has succeeded', async () => {
    const goOn = Promise.withResolvers<void>()
    const [first, ...rest] = chunks(['One, ', 'two, ', 'three.'])
    provider.behave(async (response) => {
      openStream(response)
      sendEvent(response, first ?? {})
      for (const chunk of rest.slice(0, 1)) sendEvent(response, chunk)
      await goOn.promise
      for (const chunk of [...rest.slice(1), usageChunk]) {
        sendEvent(response, chunk)
        await pause()
      }
      sendEvent(response, '[DONE]')
      response.end()
    })
    const leaving = new AbortController()
    const left = await ask({ stream: true }, leaving.signal)
    const reader = left.body?.getReader()
    await reader?.read()
    leaving.abort()
    goOn.resolve()
    const answer = await read(await ask({ stream: true }))
    expect(answer.replayed).toBe(true)
    for (const word of ['One, ', 'two, ', 'three.', '[DONE]']) expect(answer.text).toContain(word)
    expect(provider.received).toHaveLength(1)
    expect(provider.received[0]?.aborted).toBe(false)
    const log = await readLog(hub, person.session, left.headers.get('x-hub-request-id'))
    expect(log).toMatchObject({ status: 200, usage: { estimated: false } })
  })

  it('finds it also when it left before the first word', async () => {
    provider.behave(async (response) => {
      await pause()
      await pause()
      sendJson(response, 200, completion('Here it is.'))
    })
    const leaving = new AbortController()
    const leaves = ask({}, leaving.signal).catch(() => 'left')
    await pause()
    leaving.abort()
    expect(await leaves).toBe('left')
    const answer = await read(await ask())
    expect(answer).toMatchObject({ status: 200, replayed: true })
    expect(provider.received).toHaveLength(1)
  })
})
