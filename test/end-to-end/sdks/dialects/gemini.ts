/** https://ai.google.dev/api/generate-content */
import type { JsonObject } from '../../../../src/chat/json.ts'
import type { Says, Speaker } from '../says.ts'

const head = { modelVersion: 'fake-1', responseId: 'Rsp-1_a' }
const usageMetadata = {
  promptTokenCount: 21,
  candidatesTokenCount: 6,
  thoughtsTokenCount: 3,
  totalTokenCount: 30,
  cachedContentTokenCount: 5,
}

/**
 * The parts in the order in which they are streamed. The first call bears the signature, as Gemini
 * 3 has it.
 */
function partsOf({ thinking, signature = 'c2lnbmVk', text, calls }: Says): JsonObject[] {
  return [
    ...(thinking ? [{ text: thinking, thought: true }] : []),
    ...(text ?? []).map((piece, index) => ({
      text: piece,
      ...(thinking && !calls && index === 0 && { thoughtSignature: signature }),
    })),
    ...(calls ?? []).map(({ name, arguments: args }, index) => ({
      functionCall: { name, args },
      ...(index === 0 && { thoughtSignature: signature }),
    })),
  ]
}

function answer(parts: JsonObject[], more: JsonObject = {}): JsonObject {
  return { candidates: [{ content: { parts, role: 'model' }, index: 0, ...more }], usageMetadata, ...head }
}

function blocked(): JsonObject {
  return { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' }, usageMetadata, ...head }
}

function data(value: JsonObject): string {
  return `data: ${JSON.stringify(value)}\r\n\r\n`
}

export const gemini: Speaker = {
  whole: (says) => {
    if (says.refusal) return blocked()
    const pieces = says.text && { text: [says.text.join('')] }
    return answer(partsOf({ ...says, ...pieces }), { finishReason: 'STOP' })
  },
  stream: (says) =>
    says.refusal
      ? [data(blocked())]
      : [
          ...partsOf(says).map((part) => data(answer([part]))),
          data(answer([{ text: '' }], { finishReason: 'STOP' })),
        ],
  brokenStream: data({
    error: { code: 503, message: 'The model is overloaded. Please try again later.', status: 'UNAVAILABLE' },
  }),
  closing: 1,
  rateLimited: {
    error: {
      code: 429,
      message: 'Resource has been exhausted (e.g. check quota).',
      status: 'RESOURCE_EXHAUSTED',
    },
  },
}
