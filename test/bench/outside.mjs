/**
 * What is outside the measured process, in a process of its own: a provider that answers at once,
 * and the database. The path of a call says what the provider does: `/json`, `/events`,
 * `/anthropic`, `/paced` or `/refuse`.
 */
import { createServer } from 'node:net'
import { serveDatabase } from './database.mjs'
import { clock } from './load.mjs'
import { chunk, lastChunk, MessageReader } from './wire.mjs'

const events = 200
const paceMs = 10

const usage = { prompt_tokens: 250, completion_tokens: events, total_tokens: 250 + events }
const common = {
  id: 'chatcmpl-bench',
  created: 1_790_000_000,
  model: 'bench-1',
  system_fingerprint: 'fp_bench',
}

const json = whole(200, 'OK', {
  ...common,
  object: 'chat.completion',
  choices: [
    {
      index: 0,
      message: {
        role: 'assistant',
        content: 'The quick brown fox jumps over the lazy dog. '.repeat(15),
        refusal: null,
      },
      logprobs: null,
      finish_reason: 'stop',
    },
  ],
  usage,
})

// Nobody's known error: it is blamed on nobody, nothing rests, and the next candidate is tried.
const refusal = whole(418, "I'm a teapot", {
  error: { message: 'Not today.', type: 'teapot', param: null, code: null },
})

const streamHead =
  'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ntransfer-encoding: chunked\r\n\r\n'
// Each event is a chunk of its own, as it is where a provider flushes after each.
const stream = Buffer.from(
  [
    streamHead,
    ...Array.from({ length: events }, (_, n) => chunk(delta(` word${n}`))),
    ending(),
    lastChunk,
  ].join(''),
)

/** The same words as a stream of Anthropic's. */
const anthropicStream = Buffer.from(
  [
    streamHead,
    ...[
      {
        type: 'message_start',
        message: { ...anthropicMessage(), usage: { input_tokens: 250, output_tokens: 1 } },
      },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      ...Array.from({ length: events }, (_, n) => ({
        type: 'content_block_delta',
        index: 0,
        delta: { type: 'text_delta', text: ` word${n}` },
      })),
      { type: 'content_block_stop', index: 0 },
      {
        type: 'message_delta',
        delta: { stop_reason: 'end_turn', stop_sequence: null },
        usage: { input_tokens: 250, output_tokens: events },
      },
      { type: 'message_stop' },
    ].map((data) => chunk(`event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`)),
    lastChunk,
  ].join(''),
)

function anthropicMessage() {
  const ended = { stop_reason: null, stop_sequence: null }
  return { id: 'msg_bench', type: 'message', role: 'assistant', model: 'bench-1', content: [], ...ended }
}

function whole(status, reason, body) {
  const text = JSON.stringify(body)
  const head = `HTTP/1.1 ${status} ${reason}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n`
  return Buffer.from(head + text)
}

/**
 * One event of a stream.
 * @param {number} [sentAt] carried along to the client, who can tell how long the way was.
 */
function delta(content, sentAt) {
  const choices = [{ index: 0, delta: { content }, logprobs: null, finish_reason: null }]
  const data = {
    ...common,
    object: 'chat.completion.chunk',
    choices,
    ...(sentAt && { sent_at: sentAt.toFixed(6) }),
  }
  return `data: ${JSON.stringify(data)}\n\n`
}

function ending() {
  const end = { ...common, object: 'chat.completion.chunk' }
  const finish = { ...end, choices: [{ index: 0, delta: {}, logprobs: null, finish_reason: 'stop' }] }
  return [finish, { ...end, choices: [], usage }]
    .map((data) => chunk(`data: ${JSON.stringify(data)}\n\n`))
    .concat(chunk('data: [DONE]\n\n'))
    .join('')
}

function pace(socket) {
  socket.write(streamHead)
  let n = 0
  const send = () => {
    if (socket.destroyed) return clearInterval(timer)
    // The words are equally long, so that all answers are.
    socket.write(chunk(delta(` word${String(n++).padStart(3, '0')}`, clock())))
    if (n < events) return
    clearInterval(timer)
    socket.write(ending() + lastChunk)
  }
  const timer = setInterval(send, paceMs)
  send()
}

function answer(path, socket) {
  if (path.startsWith('/json')) socket.write(json)
  else if (path.startsWith('/events')) socket.write(stream)
  else if (path.startsWith('/anthropic')) socket.write(anthropicStream)
  else if (path.startsWith('/paced')) pace(socket)
  else if (path.startsWith('/refuse')) socket.write(refusal)
  else socket.destroy(new Error(`Nothing is known of ${path}.`))
}

const provider = createServer((socket) => {
  socket.setNoDelay(true)
  let path = ''
  const reader = new MessageReader({
    head: (head) => {
      path = head.split(' ', 2)[1] ?? ''
    },
    body: () => {},
    end: () => answer(path, socket),
  })
  socket.on('data', (bytes) => reader.push(bytes))
  // The measured process may hang up; that shows at the client.
  socket.on('error', () => {})
})

const database = await serveDatabase()
provider.listen(0, '127.0.0.1', () => process.send?.({ provider: provider.address().port, database }))

// The bench is gone: so is this.
process.on('disconnect', () => process.exit())
