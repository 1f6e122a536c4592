/**
 * Messages of the role `system` amid a conversation, which Claude knows from Opus 4.8 on. Claude
 * Code sends them wherever it does not know the model's name; by a route they may reach an older
 * one, where the user says them, marked as such.
 */
import type { Json } from '../../chat/json.ts'
import { abilitiesOf } from '../anthropic/generations.ts'
import { listIn, objectIn, textIn } from '../json-read.ts'
import type { BodyStep } from './fit.ts'

export const foldSystemTurns: BodyStep = (body, { isTranslated, isExact, model }) => {
  if (isTranslated || isExact || abilitiesOf(model)?.systemTurns) return body
  const messages = listIn(body.messages)
  return messages.some(isSystem) ? { ...body, messages: fold(messages) } : body
}

function fold(messages: Json[]): Json[] {
  const folded: Json[] = []
  /** The content of the last message, where it is a copy to which more can be added. */
  let open: Json[] | undefined
  /** Said before the next turn of the user, whose results of tools must come first. */
  let waiting: Json[] = []
  const pushUser = (message: Json, content: Json[]): void => {
    folded.push({ ...objectIn(message), content })
    open = content
  }
  for (const message of messages) {
    const isUser = objectIn(message)?.role === 'user'
    if (isSystem(message)) {
      const said = blocksOf(message).map(markSystem)
      const last = folded.at(-1) ?? null
      if (!open && objectIn(last)?.role === 'user') {
        folded.pop()
        pushUser(last, [...blocksOf(last)])
      }
      const target = open ?? waiting
      for (const block of said) target.push(block)
    } else if (waiting.length > 0 && isUser) {
      pushUser(message, [...blocksOf(message), ...waiting])
      waiting = []
    } else {
      folded.push(message)
      open = undefined
    }
  }
  return waiting.length > 0 ? [...folded, { role: 'user', content: waiting }] : folded
}

function isSystem(message: Json): boolean {
  return objectIn(message)?.role === 'system'
}

function blocksOf(message: Json): Json[] {
  const content = objectIn(message)?.content
  if (typeof content !== 'string') return listIn(content)
  return content === '' ? [] : [{ type: 'text', text: content }]
}

function markSystem(block: Json): Json {
  const text = textIn(objectIn(block)?.text)
  return text === undefined ? block : { ...objectIn(block), text: `<system>${text}</system>` }
}
