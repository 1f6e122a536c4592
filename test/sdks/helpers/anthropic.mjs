/** The `@anthropic-ai/sdk`: Messages. https://github.com/anthropics/anthropic-sdk-typescript */
import assert from 'node:assert/strict'
import Anthropic from '@anthropic-ai/sdk'
import { betaZodTool } from '@anthropic-ai/sdk/helpers/beta/zod'
import { jsonSchemaOutputFormat } from '@anthropic-ai/sdk/helpers/json-schema'
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod'
import { z } from 'zod'
import {
  assertDone,
  assertReport,
  city,
  cityJson,
  greeting,
  limitedOnce,
  noting,
  pixel,
  question,
  rejection,
  report,
  resultOf,
  toolNames,
} from './shared.mjs'

const clientOf = ({ url, token }, more = {}) =>
  new Anthropic({ baseURL: url, apiKey: token, maxRetries: 0, ...more })
const ask = (content) => [{ role: 'user', content }]
const limit = { max_tokens: 4_096 }
const tools = toolNames.map((name) => ({ name, description: `Calls ${name}.`, input_schema: cityJson }))
const textOf = ({ content }) => content.map((block) => (block.type === 'text' ? block.text : '')).join('')
const usesIn = ({ content }) => content.filter(({ type }) => type === 'tool_use')

function assertGreeting(message) {
  assert.equal(textOf(message), greeting)
  assert.equal(message.stop_reason, 'end_turn')
  const { input_tokens, cache_read_input_tokens, output_tokens } = message.usage
  assert.equal(input_tokens + (cache_read_input_tokens ?? 0) + output_tokens, 30)
}

async function loop(context, more, first) {
  const client = clientOf(context)
  const messages = ask(question)
  const body = { ...limit, model: context.model, system: 'Be brief.', tools, ...more }
  const message = await first(client, { ...body, messages })
  assert.equal(message.stop_reason, 'tool_use')
  assert.deepEqual(
    usesIn(message).map(({ name }) => name),
    toolNames,
  )
  const results = usesIn(message).map(({ id, name }) => ({
    type: 'tool_result',
    tool_use_id: id,
    content: [{ type: 'text', text: resultOf(name) }],
  }))
  messages.push({ role: 'assistant', content: message.content }, { role: 'user', content: results })
  const second = await client.messages.create({ ...body, messages })
  assertDone(textOf(second))
  messages.push({ role: 'assistant', content: second.content }, { role: 'user', content: 'Thanks. Hello?' })
  const third = await client.messages.create({ ...body, messages, tool_choice: { type: 'none' } })
  assert.equal(textOf(third), greeting)
}

function runnable({ run }) {
  return toolNames.map((name) =>
    betaZodTool({ name, description: `Calls ${name}.`, inputSchema: city, run: run(name) }),
  )
}

export const helpers = [
  {
    name: 'messages create',
    run: async (context) =>
      assertGreeting(
        await clientOf(context).messages.create({ ...limit, model: context.model, messages: ask('Hello') }),
      ),
  },
  {
    name: 'messages create, with every common setting',
    run: async (context) =>
      assertGreeting(
        await clientOf(context).messages.create({
          ...limit,
          model: context.model,
          system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }],
          messages: ask([{ type: 'text', text: 'Hello', cache_control: { type: 'ephemeral' } }]),
          stop_sequences: ['END'],
          metadata: { user_id: 'ada' },
          service_tier: 'auto',
        }),
      ),
  },
  {
    name: 'messages create, streamed',
    run: async (context) => {
      let text = ''
      const types = []
      for await (const event of await clientOf(context).messages.create({
        ...limit,
        model: context.model,
        messages: ask('Hello'),
        stream: true,
      })) {
        types.push(event.type)
        if (event.type === 'content_block_delta' && event.delta.type === 'text_delta')
          text += event.delta.text
      }
      assert.equal(text, greeting)
      assert.equal(types.at(-1), 'message_stop')
    },
  },
  {
    name: 'messages stream(): finalMessage, finalText, events',
    run: async (context) => {
      const stream = clientOf(context).messages.stream({
        ...limit,
        model: context.model,
        messages: ask('Hello'),
      })
      const deltas = []
      stream.on('text', (delta) => deltas.push(delta))
      assertGreeting(await stream.finalMessage())
      assert.equal(await stream.finalText(), greeting)
      assert.equal(deltas.join(''), greeting)
    },
  },
  {
    name: 'tools over three turns',
    run: (context) => loop(context, {}, (client, body) => client.messages.create(body)),
  },
  {
    name: 'tools over three turns, streamed',
    run: (context) => loop(context, {}, (client, body) => client.messages.stream(body).finalMessage()),
  },
  {
    name: 'tools over three turns, adaptive thinking',
    run: (context) =>
      loop(context, { thinking: { type: 'adaptive' }, output_config: { effort: 'high' } }, (client, body) =>
        client.messages.create(body),
      ),
  },
  ...['any', 'tool'].map((type) => ({
    name: `tool_choice ${type}`,
    run: async (context) => {
      const message = await clientOf(context).messages.create({
        ...limit,
        model: context.model,
        messages: ask(question),
        tools,
        tool_choice: { type, ...(type === 'tool' && { name: 'get_time' }), disable_parallel_tool_use: true },
      })
      assert.ok(usesIn(message).some(({ name }) => name === 'get_time'))
    },
  })),
  ...[false, true].map((stream) => ({
    name: `beta toolRunner${stream ? ', streamed' : ''}`,
    run: async (context) => {
      const notes = noting()
      const runner = clientOf(context).beta.messages.toolRunner({
        ...limit,
        model: context.model,
        messages: ask(question),
        tools: runnable(notes),
        stream,
      })
      const message = stream ? await lastOf(runner) : await runner
      assertDone(textOf(message))
      assert.deepEqual(new Set(notes.called), new Set(toolNames))
    },
  })),
  {
    name: 'parse (zod)',
    run: async (context) => {
      const body = {
        ...limit,
        model: context.model,
        messages: ask('Weather?'),
        output_config: { format: zodOutputFormat(report) },
      }
      assertReport((await clientOf(context).messages.parse(body)).parsed_output)
    },
  },
  {
    name: 'parse (JSON Schema)',
    run: async (context) => {
      const format = jsonSchemaOutputFormat(z.toJSONSchema(report))
      const body = { ...limit, model: context.model, messages: ask('Weather?'), output_config: { format } }
      assertReport((await clientOf(context).messages.parse(body)).parsed_output)
    },
  },
  {
    name: 'stream() with a zod format',
    run: async (context) => {
      const body = {
        ...limit,
        model: context.model,
        messages: ask('Weather?'),
        output_config: { format: zodOutputFormat(report) },
      }
      assertReport((await clientOf(context).messages.stream(body).finalMessage()).parsed_output)
    },
  },
  {
    name: 'beta parse, with tools and a format',
    run: async (context) => {
      const client = clientOf(context)
      const messages = ask(question)
      const body = {
        ...limit,
        model: context.model,
        tools,
        output_config: { format: zodOutputFormat(report) },
      }
      const first = await client.beta.messages.parse({ ...body, messages })
      const results = usesIn(first).map(({ id, name }) => ({
        type: 'tool_result',
        tool_use_id: id,
        content: resultOf(name),
      }))
      messages.push({ role: 'assistant', content: first.content }, { role: 'user', content: results })
      assertReport((await client.beta.messages.parse({ ...body, messages })).parsed_output)
    },
  },
  {
    name: 'adaptive thinking',
    run: async (context) => {
      const message = await clientOf(context).messages.create({
        ...limit,
        model: context.model,
        messages: ask('Hello'),
        thinking: { type: 'adaptive' },
      })
      assert.equal(textOf(message), greeting)
      if (context.thinks) assert.equal(message.content[0].thinking, 'Let me see.')
    },
  },
  {
    name: 'countTokens',
    run: async (context) => {
      const { input_tokens } = await clientOf(context).messages.countTokens({
        model: context.model,
        messages: ask('Hello'),
        tools,
      })
      assert.ok(input_tokens > 0)
    },
  },
  {
    name: 'a picture',
    needs: 'pictures',
    run: async (context) => {
      const source = { type: 'base64', media_type: 'image/png', data: pixel }
      const message = await clientOf(context).messages.create({
        ...limit,
        model: context.model,
        messages: ask([
          { type: 'text', text: 'Look' },
          { type: 'image', source },
        ]),
      })
      assert.match(textOf(message), /picture/)
    },
  },
  {
    name: 'a picture from a tool, and words beside it',
    run: async (context) => {
      const client = clientOf(context)
      const messages = ask(question)
      const first = await client.messages.create({ ...limit, model: context.model, messages, tools })
      const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: pixel } }
      const results = usesIn(first).map(({ id, name }, index) => ({
        type: 'tool_result',
        tool_use_id: id,
        is_error: index > 0,
        content: [{ type: 'text', text: resultOf(name) }, image],
      }))
      messages.push(
        { role: 'assistant', content: first.content },
        { role: 'user', content: [...results, { type: 'text', text: 'Go on.' }] },
      )
      const second = await client.messages.create({ ...limit, model: context.model, messages, tools })
      assertDone(textOf(second))
    },
  },
  {
    name: 'abort in mid-stream',
    run: async (context) => {
      const stream = clientOf(context).messages.stream({
        ...limit,
        model: context.model,
        messages: ask('Hello #slow'),
      })
      stream.once('text', () => stream.abort())
      assert.ok((await rejection(stream.done())) instanceof Anthropic.APIUserAbortError)
    },
  },
  {
    name: 'a stream that breaks',
    run: async (context) => {
      const done = clientOf(context)
        .messages.stream({ ...limit, model: context.model, messages: ask('Hello #cut') })
        .finalMessage()
      assert.ok((await rejection(done)) instanceof Anthropic.AnthropicError)
    },
  },
  {
    name: 'a retry after 429',
    limits: true,
    run: async (context) => {
      const body = { ...limit, model: context.model, messages: ask(limitedOnce()) }
      assert.ok(
        (await rejection(clientOf(context).messages.create(body))) instanceof Anthropic.RateLimitError,
      )
      assertGreeting(await clientOf(context, { maxRetries: 4 }).messages.create(body))
    },
  },
  {
    name: 'a refusal of the vendor',
    run: async (context) => {
      const message = await clientOf(context).messages.create({
        ...limit,
        model: context.model,
        messages: ask('Hello #refuse'),
      })
      assert.match(`${textOf(message)} ${message.stop_reason}`, /I will not do that|refusal/)
    },
  },
  {
    name: 'an error of each class',
    run: async (context) => {
      const create = (client, model) =>
        rejection(client.messages.create({ ...limit, model, messages: ask('Hello') }))
      assert.ok(
        (await create(clientOf(context, { apiKey: 'llm_nonsense' }), context.model)) instanceof
          Anthropic.AuthenticationError,
      )
      assert.ok((await create(clientOf(context), 'nonsense')) instanceof Anthropic.NotFoundError)
      const bad = rejection(
        clientOf(context).messages.create({ ...limit, model: context.model, messages: [] }),
      )
      assert.ok((await bad) instanceof Anthropic.BadRequestError)
    },
  },
  {
    name: 'models',
    run: async (context) => {
      const client = clientOf(context)
      assert.equal((await client.models.retrieve(context.model)).id, context.model)
      const ids = await Array.fromAsync(client.models.list(), ({ id }) => id)
      assert.ok(ids.includes(context.model))
    },
  },
]

/** The last message of a runner that streams each of its turns. */
async function lastOf(runner) {
  let last
  for await (const stream of runner) last = await stream.finalMessage()
  return last
}
