/** Snippets for a terminal and for SDKs. */
import { type Place, prompt, tokenVariable } from './place.ts'

export const curl = ({ baseUrl, name }: Place): string =>
  `curl ${baseUrl}/chat/completions \\
  -H "authorization: Bearer $${tokenVariable}" \\
  -H "content-type: application/json" \\
  -d '{
    "model": ${name.replaceAll("'", String.raw`'\''`)},
    "messages": [{"role": "user", "content": "${prompt}"}]
  }'`

export const openaiPython = ({ baseUrl, name }: Place): string =>
  `import os
from openai import OpenAI

hub = OpenAI(
    base_url="${baseUrl}",
    api_key=os.environ["${tokenVariable}"],
)
answer = hub.chat.completions.create(
    model=${name},
    messages=[{"role": "user", "content": "${prompt}"}],
)
print(answer.choices[0].message.content)`

export const openaiJs = ({ baseUrl, name }: Place): string =>
  `import OpenAI from 'openai'

const hub = new OpenAI({
  baseURL: '${baseUrl}',
  apiKey: process.env.${tokenVariable},
})
const answer = await hub.chat.completions.create({
  model: ${name},
  messages: [{ role: 'user', content: '${prompt}' }],
})
console.log(answer.choices[0].message.content)`

export const anthropic = ({ origin, name }: Place): string =>
  `import Anthropic from '@anthropic-ai/sdk'

const hub = new Anthropic({
  baseURL: '${origin}',
  apiKey: process.env.${tokenVariable},
})
const answer = await hub.messages.create({
  model: ${name},
  max_tokens: 1024,
  messages: [{ role: 'user', content: '${prompt}' }],
})
console.log(answer.content)`

export const gemini = ({ origin, name }: Place): string =>
  `import { GoogleGenAI } from '@google/genai'

const hub = new GoogleGenAI({
  apiKey: process.env.${tokenVariable},
  httpOptions: { baseUrl: '${origin}' },
})
const answer = await hub.models.generateContent({
  model: ${name},
  contents: '${prompt}',
})
console.log(answer.text)`

export const langchain = ({ baseUrl, name }: Place): string =>
  `import os
from langchain_openai import ChatOpenAI

hub = ChatOpenAI(
    base_url="${baseUrl}",
    api_key=os.environ["${tokenVariable}"],
    model=${name},
)
print(hub.invoke("${prompt}").content)`
