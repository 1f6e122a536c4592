/** Requests to paste, for this hub's address. Pure. */

export const languages = ['curl', 'python', 'javascript'] as const
export type Language = (typeof languages)[number]

/** Where the snippets look for a token of this hub. */
export const tokenVariable = 'LLM_HUB_TOKEN'

const prompt = 'Hello!'

export function snippet(language: Language, { baseUrl, model }: { baseUrl: string; model: string }): string {
  // Names of models are written by people too: JSON's quoting is right in all three languages, single quotes aside in the shell.
  const name = JSON.stringify(model)
  switch (language) {
    case 'curl':
      return `curl ${baseUrl}/chat/completions \\
  -H "authorization: Bearer $${tokenVariable}" \\
  -H "content-type: application/json" \\
  -d '{
    "model": ${name.replaceAll("'", String.raw`'\''`)},
    "messages": [{"role": "user", "content": "${prompt}"}]
  }'`
    case 'python':
      return `import os
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
    case 'javascript':
      return `import OpenAI from 'openai'

const hub = new OpenAI({
  baseURL: '${baseUrl}',
  apiKey: process.env.${tokenVariable},
})
const answer = await hub.chat.completions.create({
  model: ${name},
  messages: [{ role: 'user', content: '${prompt}' }],
})
console.log(answer.choices[0].message.content)`
  }
}
