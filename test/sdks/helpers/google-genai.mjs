/** The `@google/genai` SDK. https://github.com/googleapis/js-genai */
import assert from 'node:assert/strict'
import {
  ApiError,
  FunctionCallingConfigMode,
  GoogleGenAI,
  HarmBlockThreshold,
  HarmCategory,
  Type,
} from '@google/genai'
import { z } from 'zod'
import {
  assertDone,
  assertReport,
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
  new GoogleGenAI({ apiKey: token, httpOptions: { baseUrl: url, ...more } })
const declarations = toolNames.map((name) => ({
  name,
  description: `Calls ${name}.`,
  parametersJsonSchema: cityJson,
}))
/** The same in Google's own words for schemas. */
const plainDeclarations = toolNames.map((name) => ({
  name,
  description: `Calls ${name}.`,
  parameters: {
    type: Type.OBJECT,
    properties: { city: { type: Type.STRING, description: 'Its name.' } },
    required: ['city'],
  },
}))
const tools = [{ functionDeclarations: declarations }]
const user = (text) => [{ role: 'user', parts: [{ text }] }]

function assertGreeting(response) {
  assert.equal(response.text, greeting)
  assert.equal(response.candidates[0].finishReason, 'STOP')
  assert.equal(response.usageMetadata.totalTokenCount, 30)
}

function resultsFor(response) {
  return response.functionCalls.map(({ id, name }) => ({
    functionResponse: { ...(id && { id }), name, response: { output: resultOf(name) } },
  }))
}

async function loop(context, config) {
  const { models } = clientOf(context)
  const contents = user(question)
  const body = { model: context.model, contents, config: { systemInstruction: 'Be brief.', ...config } }
  const first = await models.generateContent(body)
  assert.deepEqual(
    first.functionCalls?.map(({ name }) => name),
    toolNames,
  )
  contents.push(first.candidates[0].content, { role: 'user', parts: resultsFor(first) })
  const second = await models.generateContent(body)
  assertDone(second.text)
  contents.push(second.candidates[0].content, ...user('Thanks. Hello?'))
  const toolConfig = { functionCallingConfig: { mode: FunctionCallingConfigMode.NONE } }
  assert.equal(
    (await models.generateContent({ ...body, config: { ...body.config, toolConfig } })).text,
    greeting,
  )
}

/** A tool that the SDK calls by itself. */
function callable({ run }) {
  return {
    tool: async () => ({ functionDeclarations: declarations }),
    callTool: async (calls) =>
      calls.map(({ id, name, args }) => ({
        functionResponse: { ...(id && { id }), name, response: { output: run(name)(args) } },
      })),
  }
}

async function textOf(stream) {
  let text = ''
  for await (const chunk of stream) text += chunk.text ?? ''
  return text
}

export const helpers = [
  {
    name: 'generateContent',
    run: async (context) =>
      assertGreeting(
        await clientOf(context).models.generateContent({ model: context.model, contents: 'Hello' }),
      ),
  },
  {
    name: 'generateContent, with every common setting',
    run: async (context) =>
      assertGreeting(
        await clientOf(context).models.generateContent({
          model: context.model,
          contents: ['Hello'],
          config: {
            systemInstruction: 'Be brief.',
            temperature: 0.5,
            topP: 0.9,
            topK: 40,
            maxOutputTokens: 200,
            stopSequences: ['END'],
            seed: 7,
            presencePenalty: 0.1,
            frequencyPenalty: 0.1,
            candidateCount: 1,
            safetySettings: [
              { category: HarmCategory.HARM_CATEGORY_HARASSMENT, threshold: HarmBlockThreshold.BLOCK_NONE },
            ],
          },
        }),
      ),
  },
  {
    name: 'generateContentStream',
    run: async (context) =>
      assert.equal(
        await textOf(
          await clientOf(context).models.generateContentStream({ model: context.model, contents: 'Hello' }),
        ),
        greeting,
      ),
  },
  { name: 'tools over three turns', run: (context) => loop(context, { tools }) },
  {
    name: 'tools over three turns, in Google’s schemas',
    run: (context) => loop(context, { tools: [{ functionDeclarations: plainDeclarations }] }),
  },
  {
    name: 'tools over three turns, with thoughts',
    run: (context) => loop(context, { tools, thinkingConfig: { includeThoughts: true } }),
  },
  {
    name: 'automatic function calling',
    run: async (context) => {
      const notes = noting()
      const response = await clientOf(context).models.generateContent({
        model: context.model,
        contents: question,
        config: { tools: [callable(notes)] },
      })
      assertDone(response.text)
      assert.deepEqual(notes.called, toolNames)
    },
  },
  {
    name: 'automatic function calling, streamed',
    run: async (context) => {
      const notes = noting()
      assertDone(
        await textOf(
          await clientOf(context).models.generateContentStream({
            model: context.model,
            contents: question,
            config: { tools: [callable(notes)] },
          }),
        ),
      )
      assert.deepEqual(notes.called, toolNames)
    },
  },
  {
    name: 'chats: sendMessage, sendMessageStream',
    run: async (context) => {
      const chat = clientOf(context).chats.create({
        model: context.model,
        config: { systemInstruction: 'Be brief.' },
      })
      assertGreeting(await chat.sendMessage({ message: 'Hello' }))
      assert.equal(await textOf(await chat.sendMessageStream({ message: 'Hello again' })), greeting)
      assert.ok(chat.getHistory().length >= 4)
    },
  },
  {
    name: 'chats with automatic function calling',
    run: async (context) => {
      const notes = noting()
      const chat = clientOf(context).chats.create({
        model: context.model,
        config: { tools: [callable(notes)] },
      })
      assertDone((await chat.sendMessage({ message: question })).text)
      assert.equal((await chat.sendMessage({ message: 'Thanks. Hello?', config: {} })).text, greeting)
      assert.deepEqual(notes.called, toolNames)
    },
  },
  {
    name: 'mode ANY with one name',
    run: async (context) => {
      const functionCallingConfig = {
        mode: FunctionCallingConfigMode.ANY,
        allowedFunctionNames: ['get_time'],
      }
      const response = await clientOf(context).models.generateContent({
        model: context.model,
        contents: question,
        config: { tools, toolConfig: { functionCallingConfig } },
      })
      assert.deepEqual(
        response.functionCalls?.map(({ name }) => name),
        ['get_time'],
      )
    },
  },
  {
    name: 'responseJsonSchema',
    run: async (context) => {
      const config = { responseMimeType: 'application/json', responseJsonSchema: z.toJSONSchema(report) }
      assertReport(
        JSON.parse(
          (
            await clientOf(context).models.generateContent({
              model: context.model,
              contents: 'Weather?',
              config,
            })
          ).text,
        ),
      )
    },
  },
  {
    name: 'responseSchema, streamed',
    run: async (context) => {
      const responseSchema = {
        type: Type.OBJECT,
        properties: {
          city: { type: Type.STRING },
          tags: { type: Type.ARRAY, items: { type: Type.STRING } },
          note: { type: Type.STRING, nullable: true },
        },
        required: ['city', 'tags'],
      }
      const config = { responseMimeType: 'application/json', responseSchema }
      const answer = JSON.parse(
        await textOf(
          await clientOf(context).models.generateContentStream({
            model: context.model,
            contents: 'Weather?',
            config,
          }),
        ),
      )
      assert.equal(typeof answer.city, 'string')
      assert.ok(Array.isArray(answer.tags))
    },
  },
  {
    name: 'JSON without a schema',
    run: async (context) => {
      const config = { responseMimeType: 'application/json' }
      assert.equal(
        typeof JSON.parse(
          (
            await clientOf(context).models.generateContent({
              model: context.model,
              contents: 'Answer in JSON.',
              config,
            })
          ).text,
        ),
        'object',
      )
    },
  },
  {
    name: 'thoughts',
    run: async (context) => {
      const config = { thinkingConfig: { includeThoughts: true, thinkingLevel: 'HIGH' } }
      const { candidates } = await clientOf(context).models.generateContent({
        model: context.model,
        contents: 'Hello',
        config,
      })
      const { parts } = candidates[0].content
      assert.equal(parts.map((part) => (part.thought ? '' : part.text)).join(''), greeting)
      if (context.vendor !== 'cohere')
        assert.ok(parts.some((part) => part.thought && part.text === 'Let me see.'))
    },
  },
  {
    name: 'countTokens',
    run: async (context) =>
      assert.ok(
        (await clientOf(context).models.countTokens({ model: context.model, contents: 'Hello' }))
          .totalTokens > 0,
      ),
  },
  {
    name: 'a picture',
    needs: 'pictures',
    run: async (context) => {
      const contents = [{ text: 'Look' }, { inlineData: { mimeType: 'image/png', data: pixel } }]
      assert.match(
        (await clientOf(context).models.generateContent({ model: context.model, contents })).text,
        /picture/,
      )
    },
  },
  {
    name: 'abort in mid-stream',
    run: async (context) => {
      const controller = new AbortController()
      const stream = await clientOf(context).models.generateContentStream({
        model: context.model,
        contents: 'Hello #slow',
        config: { abortSignal: controller.signal },
      })
      const read = async () => {
        for await (const chunk of stream) if (chunk.text) controller.abort()
      }
      assert.equal((await rejection(read())).name, 'AbortError')
    },
  },
  {
    name: 'a stream that breaks',
    run: async (context) => {
      const stream = await clientOf(context).models.generateContentStream({
        model: context.model,
        contents: 'Hello #cut',
      })
      assert.ok((await rejection(textOf(stream))) instanceof ApiError)
    },
  },
  {
    name: 'a retry after 429',
    limits: true,
    run: async (context) => {
      const body = { model: context.model, contents: limitedOnce() }
      assert.equal((await rejection(clientOf(context).models.generateContent(body))).status, 429)
      const retryOptions = { attempts: 5, initialDelay: 1.2, jitter: 0 }
      assertGreeting(await clientOf(context, { retryOptions }).models.generateContent(body))
    },
  },
  {
    name: 'a refusal of the vendor',
    run: async (context) => {
      const { text, candidates, promptFeedback } = await clientOf(context).models.generateContent({
        model: context.model,
        contents: 'Hello #refuse',
      })
      assert.match(
        `${text} ${candidates?.[0]?.finishReason} ${promptFeedback?.blockReason}`,
        /I will not do that|SAFETY|PROHIBITED_CONTENT/,
      )
    },
  },
  {
    name: 'an error of each class',
    run: async (context) => {
      const stranger = new GoogleGenAI({ apiKey: 'llm_nonsense', httpOptions: { baseUrl: context.url } })
      assert.equal(
        (await rejection(stranger.models.generateContent({ model: context.model, contents: 'Hello' })))
          .status,
        401,
      )
      assert.equal(
        (await rejection(clientOf(context).models.generateContent({ model: 'nonsense', contents: 'Hello' })))
          .status,
        404,
      )
    },
  },
  {
    name: 'models',
    run: async (context) => {
      const { models } = clientOf(context)
      assert.equal((await models.get({ model: context.model })).name, `models/${context.model}`)
      const names = await Array.fromAsync(await models.list(), ({ name }) => name)
      assert.ok(names.includes(`models/${context.model}`))
    },
  },
]
