/**
 * An MCP server over standard input and output with two tools: one with a name that is longer than
 * vendors take, one with dots. It writes the arguments of each call to the file that it is given.
 * https://modelcontextprotocol.io/specification/2025-06-18/basic/transports#stdio
 */
import { appendFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

const [log = ''] = process.argv.slice(2)

const tools = [
  {
    name: 'find_the_entries_of_the_archive_written_on_day_in_full',
    description: 'Finds what the archive has of a day.',
    inputSchema: {
      type: 'object',
      properties: {
        day: { type: 'string', description: 'An ISO 8601 date.' },
        kinds: { type: 'array', items: { type: 'string', enum: ['letter', 'photo'] } },
      },
      required: ['day'],
      additionalProperties: false,
      $schema: 'http://json-schema.org/draft-07/schema#',
    },
  },
  {
    name: 'get.item-by_id',
    description: 'Gets an item of the archive.',
    inputSchema: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] },
  },
]

const methods = {
  initialize: ({ protocolVersion }) => ({
    protocolVersion,
    capabilities: { tools: {} },
    serverInfo: { name: 'archive', version: '1.0.0' },
  }),
  ping: () => ({}),
  'tools/list': () => ({ tools }),
  'tools/call': ({ name, arguments: input }) => {
    appendFileSync(log, `${JSON.stringify({ name, ...input })}\n`)
    return { content: [{ type: 'text', text: `The archive knows ${JSON.stringify(input)}.` }] }
  },
}

for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, params = {} } = JSON.parse(line)
  if (id === undefined) continue
  const answer = methods[method]
  const said = answer
    ? { result: answer(params) }
    : { error: { code: -32601, message: `There is no method ${method}.` } }
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, ...said })}\n`)
}
