/** What is measured: the rows of the table. */

/**
 * @typedef {object} Scenario
 * @property {string} name
 * @property {string} route The hub's route, and the first part of the path at the bare proxy.
 * @property {string} [endpoint] Where a client of another dialect than OpenAI's sends it.
 * @property {number} promptBytes
 * @property {boolean} stream
 * @property {number} connections
 * @property {number} count Requests per round.
 * @property {number} [budget] At most so many times the CPU of the bare proxy: facts of an ideal
 *   hub without a Durable Object.
 */

const small = { route: 'json', promptBytes: 1_000, stream: false }
const large = { route: 'json', promptBytes: 200_000, stream: false }
const events = { route: 'events', promptBytes: 1_000, stream: true }
const fallback = { route: 'fallback', promptBytes: 1_000, stream: false }
/** An OpenAI client at an Anthropic provider, and an Anthropic client at an OpenAI one. */
const fromOpenAi = { route: 'anthropic', promptBytes: 1_000, stream: true }
const fromAnthropic = { route: 'events', endpoint: '/v1/messages', promptBytes: 1_000, stream: true }
const paced = { route: 'paced', promptBytes: 1_000, stream: true }

/** @type {Scenario[]} */
export const scenarios = [
  { name: 'small, c1', ...small, connections: 1, count: 1_500 },
  { name: 'small, c16', ...small, connections: 16, count: 4_000, budget: 2.2 },
  { name: 'large, c1', ...large, connections: 1, count: 400 },
  { name: 'large, c16', ...large, connections: 16, count: 1_000, budget: 3 },
  { name: 'stream, c1', ...events, connections: 1, count: 250 },
  { name: 'stream, c16', ...events, connections: 16, count: 600, budget: 2 },
  { name: 'translated to Anthropic, c16', ...fromOpenAi, connections: 16, count: 600, budget: 2 },
  { name: 'translated from Anthropic, c16', ...fromAnthropic, connections: 16, count: 600, budget: 2 },
  { name: 'fallback, c1', ...fallback, connections: 1, count: 800 },
  { name: 'fallback, c16', ...fallback, connections: 16, count: 2_000 },
  { name: 'paced, c1', ...paced, connections: 1, count: 1 },
  { name: 'paced, c16', ...paced, connections: 16, count: 32, budget: 1.7 },
]

/** Whether the provider of a scenario sends its events in the rhythm of a model. */
export function isPaced({ route }) {
  return route === 'paced'
}

const sentence = 'Sphinx of black quartz, judge my vow; "jackdaws" love my big sphinx, 42 times.\n'

/** A conversation of about so many bytes, in messages of five thousand. */
function messagesOf(bytes) {
  const messages = []
  for (let left = bytes; left > 0; left -= 5_000) {
    const content = sentence.repeat(Math.ceil(Math.min(left, 5_000) / sentence.length))
    messages.push({ role: messages.length % 2 === 0 ? 'user' : 'assistant', content })
  }
  return messages
}

/** The whole request as it goes over the wire. @param {{ path: string, token: string }} target */
export function requestOf({ route, endpoint, promptBytes, stream }, { path, token }) {
  const body = JSON.stringify({
    model: route,
    messages: messagesOf(promptBytes),
    temperature: 0.7,
    ...(stream && { stream }),
    ...(endpoint ? { max_tokens: 1_000 } : stream && { stream_options: { include_usage: true } }),
  })
  const head = [
    `POST ${path} HTTP/1.1`,
    'host: 127.0.0.1',
    `authorization: Bearer ${token}`,
    'content-type: application/json',
    'accept: */*',
    'user-agent: bench',
    `content-length: ${Buffer.byteLength(body)}`,
  ]
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`)
}
