/**
 * The clients: so many connections, each of which sends the same request again and again and reads
 * all of every answer.
 */
import { connect } from 'node:net'
import { MessageReader } from './wire.mjs'

/**
 * What came of one request. Times are milliseconds on the clock that all processes of a machine
 * share.
 * @typedef {object} Answer
 * @property {number} sentAt
 * @property {number} firstByteAt When the first byte of the body came.
 * @property {number} endedAt
 * @property {number} bytes The length of the body.
 * @property {{ at: number, text: string }[]} pieces The body as it came; only where it was asked
 *   for.
 */

/** @returns {number} milliseconds since the machine started; the same clock in every process. */
export function clock() {
  return Number(process.hrtime.bigint()) / 1e6
}

/**
 * Sends a request `count` times over `connections` connections.
 * @param {{ port: number, request: Buffer, connections: number, count: number, keepPieces?: boolean
 *   }} options
 * @returns {Promise<{ answers: Answer[], seconds: number }>} the answers in the order in which they
 *   ended.
 * @throws {Error} when one is not a 200, or is not as long as the first.
 */
export async function load({ port, request, connections, count, keepPieces = false }) {
  const clients = await Promise.all(Array.from({ length: connections }, () => Client.connect(port)))
  /** @type {Answer[]} */
  const answers = []
  let begun = 0
  const startedAt = clock()
  const work = async (client) => {
    while (begun < count) {
      begun++
      const answer = await client.exchange(request, keepPieces)
      answers.push(answer)
      if (answer.bytes !== answers[0].bytes) {
        throw new Error(`Answers differ in length: ${answers[0].bytes} and ${answer.bytes} bytes.`)
      }
    }
  }
  try {
    await Promise.all(clients.map(work))
  } finally {
    for (const client of clients) client.close()
  }
  return { answers, seconds: (clock() - startedAt) / 1000 }
}

class Client {
  #socket
  #keepPieces = false
  /** @type {Answer} */
  #answer = newAnswer(0)
  #status = ''
  /** What came of an answer that is not a 200, for the error. */
  #refusal = ''
  #waiting = Promise.withResolvers()

  constructor(socket) {
    this.#socket = socket
    socket.setNoDelay(true)
    const reader = new MessageReader({
      head: (head) => {
        this.#status = head.slice(0, head.indexOf('\r\n'))
      },
      body: (bytes) => this.#note(bytes),
      end: () => this.#finish(),
    })
    socket.on('data', (bytes) => reader.push(bytes))
    socket.on('error', (error) => this.#waiting.reject(error))
    socket.on('close', () =>
      this.#waiting.reject(new Error('The connection was closed in the middle of an answer.')),
    )
    // Closing after the last answer is no failure, and nobody waits then.
    this.#waiting.promise.catch(() => {})
  }

  /** @param {number} port */
  static connect(port) {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port }, () => resolve(new Client(socket)))
      socket.once('error', reject)
    })
  }

  /** @returns {Promise<Answer>} */
  exchange(request, keepPieces) {
    this.#keepPieces = keepPieces
    this.#waiting = Promise.withResolvers()
    this.#waiting.promise.catch(() => {})
    this.#refusal = ''
    this.#answer = newAnswer(clock())
    this.#socket.write(request)
    return this.#waiting.promise
  }

  close() {
    this.#socket.destroy()
  }

  #note(bytes) {
    const answer = this.#answer
    answer.bytes += bytes.length
    if (answer.firstByteAt === 0) answer.firstByteAt = clock()
    if (this.#keepPieces) answer.pieces.push({ at: clock(), text: bytes.toString() })
    if (!this.#status.includes(' 200 ')) this.#refusal += bytes.toString()
  }

  #finish() {
    this.#answer.endedAt = clock()
    if (this.#status.includes(' 200 ')) this.#waiting.resolve(this.#answer)
    else this.#waiting.reject(new Error(`${this.#status}: ${this.#refusal}`))
  }
}

/** @returns {Answer} */
function newAnswer(sentAt) {
  return { sentAt, firstByteAt: 0, endedAt: 0, bytes: 0, pieces: [] }
}
