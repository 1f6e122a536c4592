/**
 * The memory of the hub while its doors are pushed: what the workerd process holds before, at its
 * peak and after each attack, and how long others wait for `/health` meanwhile.
 *
 *     npm run bench -- --only doors
 */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { startHub } from './hub.mjs'
import { table } from './tables.mjs'

const megabyte = 1024 * 1024
/** A hostile provider sends no more than this: whoever reads it all has no bound. */
const mostSent = 400 * megabyte

/** What the provider answers, by the model that it is asked for. */
const answers = {
  endless: (response) => repeat(response, ' '.repeat(megabyte), 'application/json', 200),
  error: (response) => repeat(response, 'x'.repeat(megabyte), 'text/plain', 400),
  line: (response) => repeat(response, 'x'.repeat(megabyte), 'text/event-stream', 200, 'data: '),
  silent: (response) => repeat(response, `: ${'x'.repeat(60_000)}\n\n`, 'text/event-stream', 200),
  slow: (response) => setTimeout(() => response.writeHead(400).end('{}'), 3_000),
}

async function startProvider() {
  const server = createServer((request, response) => {
    const pieces = []
    request.on('data', (piece) => pieces.length < 4 && pieces.push(piece))
    request.on('end', () => {
      const name = /"model":"(\w+)"/.exec(Buffer.concat(pieces).toString('latin1'))?.[1]
      const answer = answers[name]
      if (answer) answer(response)
      else response.writeHead(404).end('{}')
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server.address().port
}

/** Writes a text again and again, without a length, as fast as it is taken. */
async function repeat(response, text, type, status, before = '') {
  response.on('error', () => {})
  response.writeHead(status, { 'content-type': type })
  response.write(before)
  for (let sent = 0; sent < mostSent && !response.destroyed; sent += text.length) {
    if (!response.write(text)) await Promise.race([once(response, 'drain'), once(response, 'close')])
  }
  response.end()
}

const nested = '{"1":'.repeat(3_000) + '0' + '}'.repeat(3_000)
const chat = (model, more = '') =>
  `{"model":"bench-json/${model}","messages":[{"role":"user","content":"hi"}]${more}}`

/** Each attack: how many requests at once, and what each is. */
const attacks = [
  {
    name: 'chat, 30 MB of text, one alone, held',
    times: 1,
    path: '/v1/chat/completions',
    body: () => chat('slow', `,"x":"${'x'.repeat(30 * megabyte)}"`),
  },
  {
    name: 'login, 15 MB of objects',
    times: 6,
    path: '/api/auth/login',
    body: () => `{"x":[${'{},'.repeat(5_000_000)}0]}`,
  },
  {
    name: 'chat, 3,000 levels',
    times: 20,
    path: '/v1/chat/completions',
    body: () => chat('endless', `,"x":${nested}`),
  },
  {
    name: 'chat, 15 MB of objects',
    times: 6,
    path: '/v1/chat/completions',
    body: () => chat('endless', `,"x":[${'{},'.repeat(5_000_000)}0]`),
  },
  {
    name: 'chat, 30 MB of text, held',
    times: 6,
    path: '/v1/chat/completions',
    body: () => chat('slow', `,"x":"${'x'.repeat(30 * megabyte)}"`),
  },
  { name: 'answer without an end', times: 3, path: '/v1/chat/completions', body: () => chat('endless') },
  { name: 'error without an end', times: 3, path: '/v1/chat/completions', body: () => chat('error') },
  {
    name: 'event without an end',
    times: 3,
    path: '/v1/chat/completions',
    body: () => chat('line', ',"stream":true'),
  },
  {
    name: 'stream without content',
    times: 3,
    path: '/v1/chat/completions',
    body: () => chat('silent', ',"stream":true'),
  },
]

/**
 * @param {{ build: string, temporary: string, database: number, only?: string }} options `build` is
 * the folder of the built Worker, `only` a part of the names of the attacks.
 */
export async function runDoors({ build, temporary, database, only = '' }) {
  const provider = await startProvider()
  const hub = await startHub({ build, folder: path.join(temporary, 'doors'), provider, database })
  const rows = []
  for (const attack of attacks.filter(({ name }) => name.includes(only))) {
    process.stderr.write(`${attack.name}\n`)
    rows.push(await measure(hub, attack))
    await pause(1_000)
  }
  process.stdout.write(table(['attack', 'answers', 'RSS before', 'peak', 'after', 'slowest /health'], rows))
}

async function measure({ port, pid, token }, { name, times, path: where, body }) {
  const text = body()
  const before = residentMegabytes(pid)
  let peak = before
  let slowestMs = 0
  const state = { isOver: false }
  const watching = (async () => {
    while (!state.isOver) {
      peak = Math.max(peak, residentMegabytes(pid))
      await pause(20)
    }
  })()
  const visiting = (async () => {
    while (!state.isOver) {
      const startedAt = performance.now()
      await fetch(`http://127.0.0.1:${port}/health`).then((response) => response.text())
      slowestMs = Math.max(slowestMs, performance.now() - startedAt)
      await pause(50)
    }
  })()
  const statuses = await Promise.all(
    Array.from({ length: times }, async () => {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
      try {
        const response = await fetch(`http://127.0.0.1:${port}${where}`, {
          method: 'POST',
          headers,
          body: text,
        })
        await response.text()
        return response.status
      } catch {
        return 'closed'
      }
    }),
  )
  state.isOver = true
  await Promise.all([watching, visiting])
  const counts = Object.entries(Object.groupBy(statuses, String)).map(
    ([status, all]) => `${all.length} × ${status}`,
  )
  const sizes = [before, peak, residentMegabytes(pid)].map((size) => `${Math.round(size)} MB`)
  return [name, counts.join(', '), ...sizes, `${Math.round(slowestMs)} ms`]
}

function residentMegabytes(pid) {
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) / 1024
}
