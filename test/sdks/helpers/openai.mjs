/** The `openai` SDK: Chat Completions, embeddings, models. https://github.com/openai/openai-node */
import assert from 'node:assert/strict'
import OpenAI from 'openai'
import { zodFunction, zodResponseFormat } from 'openai/helpers/zod'
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
  new OpenAI({ baseURL: `${url}/v1`, apiKey: token, maxRetries: 0, ...more })
const ask = (content) => [{ role: 'user', content }]
const tools = toolNames.map((name) => ({
  type: 'function',
  function: { name, description: `Calls ${name}.`, parameters: cityJson },
}))

function runnable({ run }) {
  return toolNames.map((name) => ({
    type: 'function',
    function: {
      name,
      description: `Calls ${name}.`,
      parameters: cityJson,
      parse: JSON.parse,
      function: run(name),
    },
  }))
}

function resultsFor(message) {
  return message.tool_calls.map((call) => ({
    role: 'tool',
    tool_call_id: call.id,
    content: resultOf(call.function.name),
  }))
}

function assertGreeting(completion) {
  assert.equal(completion.choices[0].message.content, greeting)
  assert.equal(completion.choices[0].finish_reason, 'stop')
  assert.equal(completion.usage.total_tokens, 30)
}

async function loop(context, first) {
  const client = clientOf(context)
  const messages = [{ role: 'developer', content: 'Be brief.' }, ...ask(question)]
  const { choices } = await first(client, { model: context.model, messages, tools })
  const [{ message, finish_reason }] = choices
  assert.equal(finish_reason, 'tool_calls')
  assert.deepEqual(
    message.tool_calls.map((call) => call.function.name),
    toolNames,
  )
  messages.push(message, ...resultsFor(message))
  const second = await client.chat.completions.create({ model: context.model, messages, tools })
  assertDone(second.choices[0].message.content)
  // A third turn: the loop is history by now.
  messages.push(second.choices[0].message, { role: 'user', content: 'Thanks. Hello?' })
  const third = await client.chat.completions.create({
    model: context.model,
    messages,
    tools,
    tool_choice: 'none',
  })
  assert.equal(third.choices[0].message.content, greeting)
}

export const helpers = [
  {
    name: 'chat create',
    run: async (context) =>
      assertGreeting(
        await clientOf(context).chat.completions.create({ model: context.model, messages: ask('Hello') }),
      ),
  },
  {
    name: 'chat create, with every common setting',
    run: async (context) =>
      assertGreeting(
        await clientOf(context).chat.completions.create({
          model: context.model,
          messages: [
            { role: 'system', content: 'Be brief.', name: 'rules' },
            { role: 'user', content: 'Hello', name: 'ada' },
          ],
          temperature: 0.5,
          top_p: 0.9,
          max_completion_tokens: 200,
          stop: ['END'],
          seed: 7,
          presence_penalty: 0.1,
          frequency_penalty: 0.1,
          user: 'ada',
          n: 1,
        }),
      ),
  },
  {
    name: 'chat create, with OpenAI’s own settings',
    run: async (context) =>
      assertGreeting(
        await clientOf(context).chat.completions.create({
          model: context.model,
          messages: ask('Hello'),
          max_tokens: 200,
          store: false,
          metadata: { task: 'walk' },
          service_tier: 'auto',
          prompt_cache_key: 'walk',
          safety_identifier: 'ada',
          verbosity: 'low',
          parallel_tool_calls: undefined,
        }),
      ),
  },
  {
    name: 'chat create, streamed',
    run: async (context) => {
      const stream = await clientOf(context).chat.completions.create({
        model: context.model,
        messages: ask('Hello'),
        stream: true,
        stream_options: { include_usage: true },
      })
      let text = ''
      let usage
      for await (const chunk of stream) {
        text += chunk.choices[0]?.delta.content ?? ''
        usage = chunk.usage ?? usage
      }
      assert.equal(text, greeting)
      assert.equal(usage?.total_tokens, 30)
    },
  },
  {
    name: 'chat stream(): finalContent, finalMessage, events',
    run: async (context) => {
      const stream = clientOf(context).chat.completions.stream({
        model: context.model,
        messages: ask('Hello'),
      })
      const deltas = []
      stream.on('content.delta', ({ delta }) => deltas.push(delta))
      assert.equal(await stream.finalContent(), greeting)
      assert.equal((await stream.finalMessage()).content, greeting)
      assert.equal(deltas.join(''), greeting)
    },
  },
  {
    name: 'tools over three turns',
    run: (context) => loop(context, (client, body) => client.chat.completions.create(body)),
  },
  {
    name: 'tools over three turns, streamed',
    run: (context) =>
      loop(context, (client, body) => client.chat.completions.stream(body).finalChatCompletion()),
  },
  {
    name: 'runTools',
    run: async (context) => {
      const notes = noting()
      const runner = clientOf(context).chat.completions.runTools({
        model: context.model,
        messages: ask(question),
        tools: runnable(notes),
      })
      assertDone(await runner.finalContent())
      assert.deepEqual(notes.called, toolNames)
    },
  },
  {
    name: 'runTools, streamed',
    run: async (context) => {
      const notes = noting()
      const runner = clientOf(context).chat.completions.runTools({
        model: context.model,
        stream: true,
        messages: ask(question),
        tools: runnable(notes),
      })
      assertDone(await runner.finalContent())
      assert.deepEqual(notes.called, toolNames)
    },
  },
  {
    name: 'runTools, with zod tools and an effort',
    run: async (context) => {
      const notes = noting()
      const runner = clientOf(context).chat.completions.runTools({
        model: context.model,
        reasoning_effort: 'high',
        messages: ask(question),
        tools: toolNames.map((name) =>
          zodFunction({ name, description: `Calls ${name}.`, parameters: city, function: notes.run(name) }),
        ),
      })
      assertDone(await runner.finalContent())
    },
  },
  ...['required', 'named'].map((how) => ({
    name: `tool_choice ${how}`,
    run: async (context) => {
      const { choices } = await clientOf(context).chat.completions.create({
        model: context.model,
        messages: ask(question),
        tools,
        tool_choice: how === 'named' ? { type: 'function', function: { name: 'get_time' } } : 'required',
        parallel_tool_calls: false,
      })
      assert.equal(
        choices[0].message.tool_calls.some((call) => call.function.name === 'get_time'),
        true,
      )
    },
  })),
  {
    name: 'parse (zod)',
    run: async (context) => {
      const body = {
        model: context.model,
        messages: ask('Weather?'),
        response_format: zodResponseFormat(report, 'report'),
      }
      assertReport((await clientOf(context).chat.completions.parse(body)).choices[0].message.parsed)
    },
  },
  {
    name: 'stream() with a zod format',
    run: async (context) => {
      const body = {
        model: context.model,
        messages: ask('Weather?'),
        response_format: zodResponseFormat(report, 'report'),
      }
      assertReport(
        (await clientOf(context).chat.completions.stream(body).finalChatCompletion()).choices[0].message
          .parsed,
      )
    },
  },
  {
    name: 'parse with zod tools',
    run: async (context) => {
      const { choices } = await clientOf(context).chat.completions.parse({
        model: context.model,
        messages: ask(question),
        tools: toolNames.map((name) => zodFunction({ name, parameters: city })),
      })
      for (const call of choices[0].message.tool_calls)
        assert.equal(typeof call.function.parsed_arguments.city, 'string')
    },
  },
  {
    name: 'parse with tools and a format',
    run: async (context) => {
      const client = clientOf(context)
      const messages = ask(question)
      const body = {
        model: context.model,
        messages,
        tools: toolNames.map((name) => zodFunction({ name, parameters: city })),
        response_format: zodResponseFormat(report, 'report'),
      }
      const first = await client.chat.completions.parse(body)
      const [{ message }] = first.choices
      if (message.parsed) return assertReport(message.parsed)
      messages.push(message, ...resultsFor(message))
      assertReport((await client.chat.completions.parse(body)).choices[0].message.parsed)
    },
  },
  {
    name: 'json_object',
    run: async (context) => {
      const { choices } = await clientOf(context).chat.completions.create({
        model: context.model,
        messages: ask('Answer in JSON.'),
        response_format: { type: 'json_object' },
      })
      assert.equal(typeof JSON.parse(choices[0].message.content), 'object')
    },
  },
  {
    name: 'reasoning_effort',
    run: async (context) => {
      const { choices } = await clientOf(context).chat.completions.create({
        model: context.model,
        messages: ask('Hello'),
        reasoning_effort: 'high',
      })
      assert.equal(choices[0].message.content, greeting)
      // Groq's own field and OpenRouter's pass as they are.
      const { reasoning, reasoning_content = reasoning } = choices[0].message
      if (context.thinks && !['gemini', 'xai'].includes(context.vendor))
        assert.equal(reasoning_content, 'Let me see.')
    },
  },
  {
    name: 'a picture',
    needs: 'pictures',
    run: async (context) => {
      const { choices } = await clientOf(context).chat.completions.create({
        model: context.model,
        messages: ask([
          { type: 'text', text: 'Look' },
          { type: 'image_url', image_url: { url: `data:image/png;base64,${pixel}`, detail: 'low' } },
        ]),
      })
      assert.match(choices[0].message.content, /picture/)
    },
  },
  {
    name: 'abort in mid-stream',
    run: async (context) => {
      const stream = await clientOf(context).chat.completions.create({
        model: context.model,
        messages: ask('Hello #slow'),
        stream: true,
      })
      for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break
      const second = clientOf(context).chat.completions.stream({
        model: context.model,
        messages: ask('Hello #slow'),
      })
      second.once('content', () => second.abort())
      assert.ok((await rejection(second.done())) instanceof OpenAI.APIUserAbortError)
    },
  },
  {
    name: 'a stream that breaks',
    run: async (context) => {
      const done = clientOf(context)
        .chat.completions.stream({ model: context.model, messages: ask('Hello #cut') })
        .finalChatCompletion()
      assert.ok((await rejection(done)) instanceof OpenAI.OpenAIError)
    },
  },
  {
    name: 'a retry after 429',
    limits: true,
    run: async (context) => {
      const body = { model: context.model, messages: ask(limitedOnce()) }
      const limited = await rejection(clientOf(context).chat.completions.create(body))
      assert.ok(limited instanceof OpenAI.RateLimitError, String(limited))
      assertGreeting(await clientOf(context, { maxRetries: 4 }).chat.completions.create(body))
    },
  },
  {
    name: 'a refusal of the vendor',
    run: async (context) => {
      const { choices } = await clientOf(context).chat.completions.create({
        model: context.model,
        messages: ask('Hello #refuse'),
      })
      const [{ message, finish_reason }] = choices
      assert.match(
        `${message.refusal} ${message.content} ${finish_reason}`,
        /I will not do that|content_filter/,
      )
    },
  },
  {
    name: 'an error of each class',
    run: async (context) => {
      const create = (client, model) =>
        rejection(client.chat.completions.create({ model, messages: ask('Hello') }))
      assert.ok(
        (await create(clientOf(context, { apiKey: 'llm_nonsense' }), context.model)) instanceof
          OpenAI.AuthenticationError,
      )
      assert.ok((await create(clientOf(context), 'nonsense')) instanceof OpenAI.NotFoundError)
      const bad = rejection(clientOf(context).chat.completions.create({ model: context.model, messages: [] }))
      assert.ok((await bad) instanceof OpenAI.BadRequestError)
    },
  },
  {
    name: 'embeddings',
    needs: 'embeddings',
    run: async (context) => {
      const model = `${context.vendor}/embed-1`
      const { data } = await clientOf(context).embeddings.create({ model, input: ['one', 'two'] })
      assert.deepEqual(
        data.map(({ embedding }) => [...embedding]),
        [
          [0.5, -0.25],
          [0.5, -0.25],
        ],
      )
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
