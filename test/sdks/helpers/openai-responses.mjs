/** The `openai` SDK: Responses. https://github.com/openai/openai-node */
import assert from 'node:assert/strict'
import OpenAI from 'openai'
import { zodResponsesFunction, zodTextFormat } from 'openai/helpers/zod'
import {
  assertDone,
  assertReport,
  city,
  cityJson,
  greeting,
  limitedOnce,
  pixel,
  question,
  rejection,
  report,
  resultOf,
  toolNames,
} from './shared.mjs'

const clientOf = ({ url, token }, more = {}) =>
  new OpenAI({ baseURL: `${url}/v1`, apiKey: token, maxRetries: 0, ...more })
const tools = toolNames.map((name) => ({
  type: 'function',
  name,
  description: `Calls ${name}.`,
  parameters: cityJson,
  strict: true,
}))
const callsIn = ({ output }) => output.filter(({ type }) => type === 'function_call')
const resultsFor = (response) =>
  callsIn(response).map(({ call_id, name }) => ({
    type: 'function_call_output',
    call_id,
    output: resultOf(name),
  }))

function assertGreeting(response) {
  assert.equal(response.output_text, greeting)
  assert.equal(response.status, 'completed')
  assert.equal(response.usage.total_tokens, 30)
}

/** A client that stores nothing sends all items again. */
async function loop(context, more, first) {
  const client = clientOf(context)
  const input = [{ role: 'user', content: question }]
  const body = {
    model: context.model,
    instructions: 'Be brief.',
    tools,
    store: false,
    include: ['reasoning.encrypted_content'],
    ...more,
  }
  const response = await first(client, { ...body, input })
  assert.deepEqual(
    callsIn(response).map(({ name }) => name),
    toolNames,
  )
  input.push(...response.output, ...resultsFor(response))
  const second = await client.responses.create({ ...body, input })
  assertDone(second.output_text)
  input.push(...second.output, { role: 'user', content: 'Thanks. Hello?' })
  const third = await client.responses.create({ ...body, input, tool_choice: 'none' })
  assert.equal(third.output_text, greeting)
}

export const helpers = [
  {
    name: 'responses create',
    run: async (context) =>
      assertGreeting(await clientOf(context).responses.create({ model: context.model, input: 'Hello' })),
  },
  {
    name: 'responses create, with every common setting',
    run: async (context) =>
      assertGreeting(
        await clientOf(context).responses.create({
          model: context.model,
          instructions: 'Be brief.',
          input: [
            { role: 'developer', content: 'Be kind.' },
            { role: 'user', content: [{ type: 'input_text', text: 'Hello' }] },
          ],
          temperature: 0.5,
          top_p: 0.9,
          max_output_tokens: 200,
          metadata: { task: 'walk' },
          store: false,
          truncation: 'auto',
          user: 'ada',
          parallel_tool_calls: true,
        }),
      ),
  },
  {
    name: 'responses create, streamed',
    run: async (context) => {
      let text = ''
      let last
      for await (const event of await clientOf(context).responses.create({
        model: context.model,
        input: 'Hello',
        stream: true,
      })) {
        if (event.type === 'response.output_text.delta') text += event.delta
        last = event
      }
      assert.equal(text, greeting)
      assert.equal(last.type, 'response.completed')
    },
  },
  {
    name: 'responses stream().finalResponse()',
    run: async (context) =>
      assertGreeting(
        await clientOf(context).responses.stream({ model: context.model, input: 'Hello' }).finalResponse(),
      ),
  },
  {
    name: 'tools over three turns',
    run: (context) => loop(context, {}, (client, body) => client.responses.create(body)),
  },
  {
    name: 'tools over three turns, streamed',
    run: (context) => loop(context, {}, (client, body) => client.responses.stream(body).finalResponse()),
  },
  {
    name: 'tools over three turns, with an effort',
    run: (context) =>
      loop(context, { reasoning: { effort: 'high', summary: 'auto' } }, (client, body) =>
        client.responses.create(body),
      ),
  },
  {
    name: 'tools over three turns, parsed',
    run: (context) => loop(context, {}, (client, body) => client.responses.parse(body)),
  },
  {
    name: 'previous_response_id over three turns',
    run: async (context) => {
      const client = clientOf(context)
      const first = await client.responses.create({ model: context.model, input: question, tools })
      const second = await client.responses.create({
        model: context.model,
        previous_response_id: first.id,
        input: resultsFor(first),
        tools,
      })
      assertDone(second.output_text)
      const third = await client.responses.create({
        model: context.model,
        previous_response_id: second.id,
        input: 'Hello?',
      })
      assert.equal(third.output_text, greeting)
    },
  },
  ...['required', 'named'].map((how) => ({
    name: `tool_choice ${how}`,
    run: async (context) => {
      const response = await clientOf(context).responses.create({
        model: context.model,
        input: question,
        tools,
        tool_choice: how === 'named' ? { type: 'function', name: 'get_time' } : 'required',
        parallel_tool_calls: false,
      })
      assert.ok(callsIn(response).some(({ name }) => name === 'get_time'))
    },
  })),
  {
    name: 'parse (zod)',
    run: async (context) => {
      const body = {
        model: context.model,
        input: 'Weather?',
        text: { format: zodTextFormat(report, 'report') },
      }
      assertReport((await clientOf(context).responses.parse(body)).output_parsed)
    },
  },
  {
    name: 'stream() with a zod format',
    run: async (context) => {
      const body = {
        model: context.model,
        input: 'Weather?',
        text: { format: zodTextFormat(report, 'report') },
      }
      assertReport((await clientOf(context).responses.stream(body).finalResponse()).output_parsed)
    },
  },
  {
    name: 'parse with zod tools',
    run: async (context) => {
      const response = await clientOf(context).responses.parse({
        model: context.model,
        input: question,
        tools: toolNames.map((name) => zodResponsesFunction({ name, parameters: city })),
      })
      for (const call of callsIn(response)) assert.equal(typeof call.parsed_arguments.city, 'string')
    },
  },
  {
    name: 'parse with tools and a format, over two turns',
    run: async (context) => {
      const client = clientOf(context)
      const body = {
        model: context.model,
        tools: toolNames.map((name) => zodResponsesFunction({ name, parameters: city })),
        text: { format: zodTextFormat(report, 'report') },
      }
      const input = [{ role: 'user', content: question }]
      const first = await client.responses.parse({ ...body, input })
      input.push(...first.output, ...resultsFor(first))
      assertReport((await client.responses.parse({ ...body, input })).output_parsed)
    },
  },
  {
    name: 'json_object',
    run: async (context) => {
      const { output_text } = await clientOf(context).responses.create({
        model: context.model,
        input: 'Answer in JSON.',
        text: { format: { type: 'json_object' } },
      })
      assert.equal(typeof JSON.parse(output_text), 'object')
    },
  },
  {
    name: 'reasoning with a summary',
    run: async (context) => {
      const response = await clientOf(context).responses.create({
        model: context.model,
        input: 'Hello',
        reasoning: { effort: 'high', summary: 'auto' },
      })
      assert.equal(response.output_text, greeting)
      if (context.vendor !== 'cohere') assert.equal(response.output[0].type, 'reasoning')
    },
  },
  {
    name: 'a picture',
    needs: 'pictures',
    run: async (context) => {
      const content = [
        { type: 'input_text', text: 'Look' },
        { type: 'input_image', detail: 'auto', image_url: `data:image/png;base64,${pixel}` },
      ]
      assert.match(
        (
          await clientOf(context).responses.create({
            model: context.model,
            input: [{ role: 'user', content }],
          })
        ).output_text,
        /picture/,
      )
    },
  },
  {
    name: 'a picture from a tool',
    run: async (context) => {
      const client = clientOf(context)
      const input = [{ role: 'user', content: question }]
      const first = await client.responses.create({ model: context.model, input, tools })
      const outputs = callsIn(first).map(({ call_id }) => ({
        type: 'function_call_output',
        call_id,
        output: [
          { type: 'input_text', text: 'result' },
          { type: 'input_image', detail: 'auto', image_url: `data:image/png;base64,${pixel}` },
        ],
      }))
      const second = await client.responses.create({
        model: context.model,
        input: [...input, ...first.output, ...outputs],
        tools,
      })
      assert.match(second.output_text, /Done: result/)
    },
  },
  {
    name: 'abort in mid-stream',
    run: async (context) => {
      const stream = clientOf(context).responses.stream({ model: context.model, input: 'Hello #slow' })
      stream.once('response.output_text.delta', () => stream.abort())
      assert.ok((await rejection(stream.done())) instanceof OpenAI.APIUserAbortError)
    },
  },
  {
    name: 'a stream that breaks',
    run: async (context) => {
      const done = clientOf(context)
        .responses.stream({ model: context.model, input: 'Hello #cut' })
        .finalResponse()
      assert.ok((await rejection(done)) instanceof OpenAI.OpenAIError)
    },
  },
  {
    name: 'a retry after 429',
    limits: true,
    run: async (context) => {
      const body = { model: context.model, input: limitedOnce() }
      assert.ok((await rejection(clientOf(context).responses.create(body))) instanceof OpenAI.RateLimitError)
      assertGreeting(await clientOf(context, { maxRetries: 4 }).responses.create(body))
    },
  },
  {
    name: 'a refusal of the vendor',
    run: async (context) => {
      const response = await clientOf(context).responses.create({
        model: context.model,
        input: 'Hello #refuse',
      })
      assert.match(
        `${JSON.stringify(response.output)} ${response.incomplete_details?.reason}`,
        /I will not do that|content_filter/,
      )
    },
  },
  {
    name: 'an error of each class',
    run: async (context) => {
      const create = (client, model) => rejection(client.responses.create({ model, input: 'Hello' }))
      assert.ok(
        (await create(clientOf(context, { apiKey: 'llm_nonsense' }), context.model)) instanceof
          OpenAI.AuthenticationError,
      )
      assert.ok((await create(clientOf(context), 'nonsense')) instanceof OpenAI.NotFoundError)
    },
  },
]
