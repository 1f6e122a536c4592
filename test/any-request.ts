import type { ChatRequest } from '../src/chat/request.ts'

/** A request whose client sees everything, usage too. */
export const anyRequest: ChatRequest = {
  model: 'm',
  messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }],
  tools: [],
  sampling: {},
  stream: true,
  streamUsage: true,
  origin: { dialect: 'openai-chat', body: {} },
}
