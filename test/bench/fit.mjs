/**
 * What the fit stage adds to a small call: the time to fit and write it, beside the time to write
 * it alone. Both run here and not in workerd, whose clock stands still while code runs.
 */
import { inbound, outbound } from '../../src/dialects/index.ts'
import { fitCall } from '../../src/gateway/fit-call.ts'
import { catalog } from '../../src/providers/catalog.ts'
import { digits, table } from './tables.mjs'

const prompt = 'x'.repeat(1_000)
const parameters = { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] }
const messages = [{ role: 'user', content: prompt }]
const fields = { temperature: 0.5, max_tokens: 500, messages }

const cases = [
  { name: 'relay', client: 'openai-chat', provider: 'groq', dialect: 'openai-chat', body: fields },
  { name: 'to Anthropic', client: 'openai-chat', provider: 'anthropic', dialect: 'anthropic', body: fields },
  {
    name: 'from Anthropic, a tool',
    client: 'anthropic',
    provider: 'openai',
    dialect: 'openai-responses',
    body: { ...fields, tools: [{ name: 'read', description: 'Reads a file.', input_schema: parameters }] },
  },
]

/**
 * Measures every case.
 * @param {number} rounds
 * @param {number} divisor of the number of calls.
 * @returns {string} the table, in Markdown.
 */
export function measureFit(rounds, divisor) {
  const rows = cases.map(({ name, client, provider: id, dialect, body }) => {
    const provider = catalog[id]
    const model = provider.defaultModel
    const speaker = outbound[dialect]
    const request = inbound[client].parseRequest({ ...body, model })
    const upstream = { baseUrl: 'https://provider.example', model, quirks: provider.quirks?.[dialect] ?? {} }
    const write = () => speaker.buildCall(request, upstream)
    const fit = () => fitCall(speaker, request, { provider, providerId: id, dialect }, upstream)
    const [written, fitted] = inTurn([write, fit], rounds, 20_000 / divisor)
    return [name, digits(written), digits(fitted), digits(fitted - written)]
  })
  return `\n## The fit stage\n\n${table(['µs a call', 'written', 'fitted and written', 'fit'], rows)}`
}

/**
 * The time of each function in its fastest round, in microseconds: others on the machine only ever
 * add to it.
 */
function inTurn(functions, rounds, count) {
  const times = functions.map(() => Infinity)
  for (let round = 0; round < rounds * 10; round++) {
    for (const [index, run] of functions.entries()) {
      const startedAt = performance.now()
      for (let made = 0; made < count; made++) run()
      times[index] = Math.min(times[index], ((performance.now() - startedAt) * 1_000) / count)
    }
  }
  return times
}
