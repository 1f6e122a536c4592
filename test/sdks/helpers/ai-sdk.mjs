/** The AI SDK with each of its adapters for the hub's dialects. https://ai-sdk.dev */
import assert from 'node:assert/strict'
import { createAnthropic } from '@ai-sdk/anthropic'
import { createGoogleGenerativeAI } from '@ai-sdk/google'
import { createOpenAI } from '@ai-sdk/openai'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import {
  APICallError,
  embedMany,
  generateObject,
  generateText,
  Output,
  stepCountIs,
  streamObject,
  streamText,
  tool,
  ToolLoopAgent,
} from 'ai'
import { z } from 'zod'
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

/** Each adapter, pointed at the hub as its manual says. */
const adapters = {
  'openai (chat)': ({ url, token, model }) =>
    createOpenAI({ baseURL: `${url}/v1`, apiKey: token }).chat(model),
  'openai (responses)': ({ url, token, model }) =>
    createOpenAI({ baseURL: `${url}/v1`, apiKey: token }).responses(model),
  'openai-compatible': ({ url, token, model }) =>
    createOpenAICompatible({
      name: 'hub',
      baseURL: `${url}/v1`,
      apiKey: token,
      includeUsage: true,
      supportsStructuredOutputs: true,
    })(model),
  anthropic: ({ url, token, model }) => createAnthropic({ baseURL: `${url}/v1`, apiKey: token })(model),
  google: ({ url, token, model }) =>
    createGoogleGenerativeAI({ baseURL: `${url}/v1beta`, apiKey: token })(model),
}
const maxRetries = 0

function toolsOf({ run }) {
  return Object.fromEntries(
    toolNames.map((name) => [
      name,
      tool({ description: `Calls ${name}.`, inputSchema: city, execute: run(name) }),
    ]),
  )
}

/** Reads a stream to its end. */
async function read(settings) {
  const seen = { text: '', reasoning: '', errors: [] }
  const { fullStream } = streamText({ maxRetries, onError: () => {}, ...settings })
  for await (const part of fullStream) {
    if (part.type === 'text-delta') seen.text += part.text
    if (part.type === 'reasoning-delta') seen.reasoning += part.text
    if (part.type === 'error') seen.errors.push(part.error)
    if (part.type === 'finish') seen.finish = part.finishReason
  }
  return seen
}

const shapes = [
  {
    name: 'generateText',
    run: async (model) => {
      const { text, usage, finishReason } = await generateText({ model, prompt: 'Hello', maxRetries })
      assert.equal(text, greeting)
      assert.equal(finishReason, 'stop')
      assert.equal(usage.totalTokens, 30)
    },
  },
  {
    name: 'generateText, with every common setting',
    run: async (model) => {
      const { text } = await generateText({
        model,
        system: 'Be brief.',
        prompt: 'Hello',
        maxOutputTokens: 200,
        temperature: 0.5,
        topP: 0.9,
        topK: 40,
        presencePenalty: 0.1,
        frequencyPenalty: 0.1,
        stopSequences: ['END'],
        seed: 7,
        maxRetries,
      })
      assert.equal(text, greeting)
    },
  },
  {
    name: 'streamText',
    run: async (model) => {
      const seen = await read({ model, prompt: 'Hello' })
      assert.deepEqual(seen.errors, [])
      assert.equal(seen.text, greeting)
      assert.equal(seen.finish, 'stop')
    },
  },
  ...[false, true].map((streams) => ({
    name: `multi-step tools${streams ? ', streamed' : ''}`,
    run: async (model) => {
      const notes = noting()
      const settings = {
        model,
        prompt: question,
        tools: toolsOf(notes),
        stopWhen: stepCountIs(3),
        maxRetries,
      }
      assertDone(streams ? (await read(settings)).text : (await generateText(settings)).text)
      assert.deepEqual(notes.called, toolNames)
    },
  })),
  {
    name: 'a second turn after tools',
    run: async (model) => {
      const notes = noting()
      const messages = [{ role: 'user', content: question }]
      const first = await generateText({
        model,
        messages,
        tools: toolsOf(notes),
        stopWhen: stepCountIs(3),
        maxRetries,
      })
      messages.push(...first.response.messages, { role: 'user', content: 'Thanks. Hello?' })
      assert.equal((await generateText({ model, messages, maxRetries })).text, greeting)
    },
  },
  {
    name: 'ToolLoopAgent',
    run: async (model) => {
      const agent = new ToolLoopAgent({
        model,
        instructions: 'Be brief.',
        tools: toolsOf(noting()),
        maxRetries,
      })
      assertDone((await agent.generate({ prompt: question })).text)
    },
  },
  ...['required', 'named'].map((how) => ({
    name: `toolChoice ${how}`,
    run: async (model) => {
      const toolChoice = how === 'named' ? { type: 'tool', toolName: 'get_time' } : 'required'
      const { toolCalls } = await generateText({
        model,
        prompt: question,
        tools: toolsOf(noting()),
        toolChoice,
        maxRetries,
      })
      assert.ok(toolCalls.some(({ toolName }) => toolName === 'get_time'))
    },
  })),
  {
    name: 'generateObject',
    run: async (model) =>
      assertReport((await generateObject({ model, schema: report, prompt: 'Weather?', maxRetries })).object),
  },
  {
    name: 'streamObject',
    run: async (model) => {
      const streamed = streamObject({
        model,
        schema: report,
        prompt: 'Weather?',
        maxRetries,
        onError: () => {},
      })
      // The object comes only where the stream is read.
      assert.ok((await Array.fromAsync(streamed.partialObjectStream)).length > 0)
      assertReport(await streamed.object)
    },
  },
  {
    name: 'Output.object',
    run: async (model) =>
      assertReport(
        (
          await generateText({
            model,
            prompt: 'Weather?',
            output: Output.object({ schema: report }),
            maxRetries,
          })
        ).output,
      ),
  },
  {
    name: 'Output.array, streamed',
    run: async (model) => {
      const { output } = streamText({
        model,
        prompt: 'Weather?',
        output: Output.array({ element: z.object({ city: z.string() }) }),
        maxRetries,
        onError: () => {},
      })
      assert.ok((await output).length > 0)
    },
  },
  {
    name: 'Output.choice',
    run: async (model) =>
      assert.equal(
        (
          await generateText({
            model,
            prompt: 'Weather?',
            output: Output.choice({ options: ['clear', 'cloudy'] }),
            maxRetries,
          })
        ).output,
        'clear',
      ),
  },
  {
    name: 'tools and Output.object',
    run: async (model) => {
      const notes = noting()
      const { output } = await generateText({
        model,
        prompt: question,
        tools: toolsOf(notes),
        output: Output.object({ schema: report }),
        stopWhen: stepCountIs(4),
        maxRetries,
      })
      assertReport(output)
    },
  },
  {
    name: 'reasoning',
    run: async (model, { adapter, vendor }) => {
      const seen = await read({ model, prompt: 'Hello', providerOptions: reasoningOptions })
      assert.deepEqual(seen.errors, [])
      assert.equal(seen.text, greeting)
      const shows = !adapter.startsWith('openai (chat)') && !['openai', 'gemini', 'cohere'].includes(vendor)
      if (shows) assert.equal(seen.reasoning, 'Let me see.')
    },
  },
  {
    name: 'a picture',
    needs: 'pictures',
    run: async (model) => {
      const content = [
        { type: 'text', text: 'Look' },
        { type: 'image', image: pixel, mediaType: 'image/png' },
      ]
      assert.match(
        (await generateText({ model, messages: [{ role: 'user', content }], maxRetries })).text,
        /picture/,
      )
    },
  },
  {
    name: 'abort in mid-stream',
    run: async (model) => {
      const controller = new AbortController()
      const types = []
      const { fullStream } = streamText({
        model,
        prompt: 'Hello #slow',
        abortSignal: controller.signal,
        maxRetries,
        onError: () => {},
      })
      for await (const part of fullStream) {
        types.push(part.type)
        if (part.type === 'text-delta') controller.abort()
      }
      assert.equal(types.at(-1), 'abort')
    },
  },
  {
    name: 'a stream that breaks',
    run: async (model) => assert.ok((await read({ model, prompt: 'Hello #cut' })).errors.length > 0),
  },
  {
    name: 'a retry after 429',
    limits: true,
    run: async (model) => {
      const prompt = limitedOnce()
      const error = await rejection(generateText({ model, prompt, maxRetries }))
      assert.ok(APICallError.isInstance(error) && error.isRetryable, String(error))
      assert.equal((await generateText({ model, prompt, maxRetries: 3 })).text, greeting)
    },
  },
  {
    name: 'a refusal of the vendor',
    run: async (model) => assert.deepEqual((await read({ model, prompt: 'Hello #refuse' })).errors, []),
  },
]

const reasoningOptions = {
  // The adapter knows OpenAI's own names of models only.
  openai: { reasoningEffort: 'high', reasoningSummary: 'auto', forceReasoning: true },
  hub: { reasoningEffort: 'high' },
  anthropic: { thinking: { type: 'adaptive' }, effort: 'high' },
  google: { thinkingConfig: { includeThoughts: true, thinkingLevel: 'high' } },
}

const embeddings = {
  name: 'openai-compatible: embedMany',
  needs: 'embeddings',
  run: async ({ url, token, vendor }) => {
    const hub = createOpenAICompatible({ name: 'hub', baseURL: `${url}/v1`, apiKey: token })
    const { embeddings: vectors } = await embedMany({
      model: hub.embeddingModel(`${vendor}/embed-1`),
      values: ['one', 'two'],
      maxRetries,
    })
    assert.deepEqual(vectors, [
      [0.5, -0.25],
      [0.5, -0.25],
    ])
  },
}

export const helpers = [
  ...Object.entries(adapters).flatMap(([adapter, modelOf]) =>
    shapes.map(({ name, run, ...more }) => ({
      ...more,
      name: `${adapter}: ${name}`,
      run: (context) => run(modelOf(context), { ...context, adapter }),
    })),
  ),
  embeddings,
]
