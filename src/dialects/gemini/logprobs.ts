/**
 * Log probabilities, to and from OpenAI's form. Two lists of the same length: the tokens that were
 * chosen, and for each the likeliest. https://ai.google.dev/api/generate-content#LogprobsResult
 */
import type { Json, JsonObject } from '../../chat/json.ts'
import { listIn, numberIn, objectIn, textIn } from '../json-read.ts'

export function readLogprobs(result: Json | undefined): Json[] {
  const { chosenCandidates, topCandidates } = objectIn(result) ?? {}
  const top = listIn(topCandidates)
  return listIn(chosenCandidates).map((chosen, index) => ({
    ...readToken(chosen),
    top_logprobs: listIn(objectIn(top[index])?.candidates).map(readToken),
  }))
}

export function writeLogprobs(tokens: Json[]): JsonObject {
  return {
    chosenCandidates: tokens.map(writeToken),
    topCandidates: tokens.map((token) => ({
      candidates: listIn(objectIn(token)?.top_logprobs).map(writeToken),
    })),
  }
}

function readToken(candidate: Json): JsonObject {
  const { token, logProbability } = objectIn(candidate) ?? {}
  const text = textIn(token) ?? ''
  return { token: text, logprob: numberIn(logProbability) ?? 0, bytes: [...new TextEncoder().encode(text)] }
}

function writeToken(token: Json): JsonObject {
  const { token: text, logprob } = objectIn(token) ?? {}
  return { token: text ?? '', logProbability: logprob ?? 0 }
}
