/** LangChain with its packages for the hub's dialects. https://docs.langchain.com/oss/javascript */
import assert from 'node:assert/strict'
import { ChatAnthropic } from '@langchain/anthropic'
import { HumanMessage, SystemMessage, ToolMessage } from '@langchain/core/messages'
import { tool } from '@langchain/core/tools'
import { ChatGoogle } from '@langchain/google/node'
import { ChatGoogleGenerativeAI } from '@langchain/google-genai'
import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai'
import {
  assertDone,
  assertReport,
  city,
  greeting,
  limitedOnce,
  noting,
  pixel,
  question,
  rejection,
  report,
  toolNames,
} from './shared.mjs'

/** Each package, pointed at the hub as its manual says. */
const models = {
  'openai (chat)': ({ url, token, model }, more) =>
    new ChatOpenAI({ model, apiKey: token, maxRetries: 0, configuration: { baseURL: `${url}/v1` }, ...more }),
  'openai (responses)': ({ url, token, model }, more) =>
    new ChatOpenAI({
      model,
      apiKey: token,
      maxRetries: 0,
      useResponsesApi: true,
      configuration: { baseURL: `${url}/v1` },
      ...more,
    }),
  anthropic: ({ url, token, model }, more) =>
    new ChatAnthropic({
      model,
      apiKey: token,
      maxRetries: 0,
      maxTokens: 4_096,
      anthropicApiUrl: url,
      ...more,
    }),
  'google-genai': ({ url, token, model }, more) =>
    new ChatGoogleGenerativeAI({ model, apiKey: token, maxRetries: 0, baseUrl: url, ...more }),
  google: ({ url, token, model }, more) =>
    new ChatGoogle({ model, apiKey: token, maxRetries: 0, platformType: 'gai', endpoint: url, ...more }),
}

function toolsOf({ run }) {
  return toolNames.map((name) =>
    tool((input) => run(name)(input), { name, description: `Calls ${name}.`, schema: city }),
  )
}

/** A loop of tools as LangChain's manual writes it. */
async function loop(model, streams) {
  const tools = toolsOf(noting())
  const bound = model.bindTools(tools)
  const messages = [new SystemMessage('Be brief.'), new HumanMessage(question)]
  const first = streams ? await gather(await bound.stream(messages)) : await bound.invoke(messages)
  assert.deepEqual(
    first.tool_calls.map(({ name }) => name),
    toolNames,
  )
  messages.push(first)
  for (const call of first.tool_calls)
    messages.push(await tools.find(({ name }) => name === call.name).invoke(call))
  assert.ok(messages.at(-1) instanceof ToolMessage)
  const second = await bound.invoke(messages)
  assertDone(second.text)
  messages.push(second, new HumanMessage('Thanks. Hello?'))
  assert.equal((await model.invoke(messages)).text, greeting)
}

async function gather(stream) {
  let whole
  for await (const chunk of stream) whole = whole ? whole.concat(chunk) : chunk
  return whole
}

const shapes = [
  {
    name: 'invoke',
    run: async (model) => {
      const message = await model().invoke('Hello')
      assert.equal(message.text, greeting)
      assert.equal(message.usage_metadata.total_tokens, 30)
    },
  },
  {
    name: 'stream',
    run: async (model) => assert.equal((await gather(await model().stream('Hello'))).text, greeting),
  },
  {
    name: 'batch',
    run: async (model) => {
      for (const { text } of await model().batch(['Hello', 'Hello again', 'Hello?']))
        assert.equal(text, greeting)
    },
  },
  {
    name: 'settings',
    run: async (model) =>
      assert.equal(
        (
          await model({ temperature: 0.5, topP: 0.9, maxTokens: 200, maxOutputTokens: 200 }).invoke('Hello', {
            stop: ['END'],
          })
        ).text,
        greeting,
      ),
    lacks: ['anthropic'],
  },
  { name: 'bindTools over three turns', run: (model) => loop(model(), false) },
  { name: 'bindTools over three turns, streamed', run: (model) => loop(model(), true) },
  {
    name: 'bindTools with tool_choice',
    run: async (model) => {
      const message = await model().bindTools(toolsOf(noting()), { tool_choice: 'get_time' }).invoke(question)
      assert.ok(message.tool_calls.some(({ name }) => name === 'get_time'))
    },
  },
  {
    name: 'withStructuredOutput',
    run: async (model) =>
      assertReport(await model().withStructuredOutput(report, { name: 'report' }).invoke('Weather?')),
  },
  ...['jsonSchema', 'functionCalling'].map((method) => ({
    name: `withStructuredOutput (${method})`,
    run: async (model) =>
      assertReport(await model().withStructuredOutput(report, { name: 'report', method }).invoke('Weather?')),
  })),
  {
    name: 'withStructuredOutput, streamed',
    run: async (model) => {
      let last
      for await (const part of await model()
        .withStructuredOutput(report, { name: 'report' })
        .stream('Weather?'))
        last = part
      assertReport(last)
    },
  },
  {
    name: 'a picture',
    needs: 'pictures',
    run: async (model) => {
      const content = [
        { type: 'text', text: 'Look' },
        { type: 'image_url', image_url: { url: `data:image/png;base64,${pixel}` } },
      ]
      assert.match((await model().invoke([new HumanMessage({ content })])).text, /picture/)
    },
  },
  {
    name: 'abort in mid-stream',
    run: async (model) => {
      const controller = new AbortController()
      const read = async () => {
        for await (const chunk of await model().stream('Hello #slow', { signal: controller.signal }))
          if (chunk.text) controller.abort()
      }
      assert.match(String(await rejection(read())), /abort/i)
    },
  },
  {
    name: 'a stream that breaks',
    run: async (model) =>
      assert.ok((await rejection(model().stream('Hello #cut').then(gather))) instanceof Error),
  },
  {
    name: 'a retry after 429',
    limits: true,
    run: async (model) => {
      const prompt = limitedOnce()
      assert.match(String(await rejection(model().invoke(prompt))), /429|rate|limit|rest/i)
      assert.equal((await model({ maxRetries: 4 }).invoke(prompt)).text, greeting)
    },
  },
]

const embeddings = {
  name: 'openai: embeddings',
  needs: 'embeddings',
  run: async ({ url, token, vendor }) => {
    const model = new OpenAIEmbeddings({
      model: `${vendor}/embed-1`,
      apiKey: token,
      maxRetries: 0,
      configuration: { baseURL: `${url}/v1` },
    })
    assert.deepEqual(await model.embedDocuments(['one', 'two']), [
      [0.5, -0.25],
      [0.5, -0.25],
    ])
  },
}

export const helpers = [
  ...Object.entries(models).flatMap(([name, modelOf]) =>
    shapes
      .filter(({ lacks = [] }) => !lacks.includes(name))
      .map((shape) => ({
        ...shape,
        name: `${name}: ${shape.name}`,
        run: (context) => shape.run((more) => modelOf(context, more)),
      })),
  ),
  embeddings,
]
