/** The order of roles that chat templates and Mistral ask for. */
import { isJsonObject, type Json, type JsonObject } from '../../chat/json.ts'
import { listIn, objectIn, textIn } from '../json-read.ts'
import type { BodyStep } from './fit.ts'

/**
 * One message of the role `system`, at the beginning; later ones are said by the user, marked as
 * such. Templates of open models answer others with "System message must be at the beginning".
 */
export const leadWithSystem: BodyStep = (body, { quirks, isTranslated, isExact }) => {
  if (quirks.systemAnywhere || (!isTranslated && isExact)) return body
  const messages = listIn(body.messages)
  const first = messages.findIndex((message) => !isSystem(message))
  const leading = first === -1 ? messages : messages.slice(0, first)
  const others = messages.slice(leading.length)
  if (leading.length < 2 && !others.some(isSystem)) return body
  const joined = leading.length < 2 ? leading : joinSystems(leading)
  return { ...body, messages: [...joined, ...others.map(sayAsUser)] }
}

function isSystem(message: Json): boolean {
  const role = objectIn(message)?.role
  return role === 'system' || role === 'developer'
}

/** Several instructions as one; they stay as they are where one of them is no text. */
function joinSystems(messages: Json[]): Json[] {
  const texts = messages.map((message) => textOf(objectIn(message)?.content))
  if (texts.includes(undefined)) return messages
  return [{ ...objectIn(messages[0]), content: texts.filter((text) => text !== '').join('\n\n') }]
}

function textOf(content: Json | undefined): string | undefined {
  if (typeof content === 'string') return content
  const texts = listIn(content).map((part) => objectIn(part)?.text)
  return texts.every((text) => typeof text === 'string') ? texts.join('\n\n') : undefined
}

function sayAsUser(message: Json): Json {
  if (!isJsonObject(message) || !isSystem(message)) return message
  const text = textOf(message.content)
  return text === undefined ? message : { role: 'user', content: `<system>${text}</system>` }
}

/**
 * Puts a word of the assistant between a tool and a user: Mistral answers "Unexpected role 'user'
 * after role 'tool'" (3230) where they meet.
 */
export const separateToolsFromUser: BodyStep = (body, profile) => {
  const { quirks, isKnownRow, isTranslated, isExact } = profile
  const unknown = !isKnownRow && (isTranslated || !isExact)
  if (!quirks.noUserAfterTool && !unknown) return body
  const messages = listIn(body.messages)
  const separated = messages.flatMap((message, index): Json[] =>
    index > 0 && roleOf(messages[index - 1]) === 'tool' && speaksAfterTool(message)
      ? [acknowledgement, message]
      : [message],
  )
  return separated.length === messages.length ? body : { ...body, messages: separated }
}

const acknowledgement: JsonObject = { role: 'assistant', content: 'Understood.' }

function speaksAfterTool(message: Json): boolean {
  const role = roleOf(message)
  return role === 'user' || role === 'system' || role === 'developer'
}

function roleOf(message: Json | undefined): string | undefined {
  return textIn(objectIn(message)?.role)
}
