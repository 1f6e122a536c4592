/**
 * Canonical messages in Cohere's words. Instructions stand together in one message at the
 * beginning, the only place that Cohere has for them; each tool result is a message of its own;
 * files that a tool returned or the model made follow in a user message, the only role that may
 * show the model an image.
 */
import { append } from '../../chat/append.ts'
import type { JsonObject } from '../../chat/json.ts'
import type { Message, UserPart } from '../../chat/request.ts'
import { writeAssistant } from './write-assistant.ts'
import { writeUserPart } from './write-files.ts'

/** Between texts that were separate parts or messages. */
const paragraph = '\n\n'

/**
 * @param instruction what the hub itself has to tell the model, after what the client told it.
 * @throws {HubError} VALIDATION_ERROR naming the part that Cohere has no words for.
 */
export function writeMessages(messages: Message[], instruction?: string): JsonObject[] {
  const instructions: string[] = []
  const written: JsonObject[] = []
  let waiting: JsonObject[] = []
  const showWaiting = () => {
    if (waiting.length > 0) written.push({ role: 'user', content: waiting })
    waiting = []
  }
  for (const [index, message] of messages.entries()) {
    const place = `messages[${index}]`
    // Nothing may come between tool calls and their results, so files wait until the results are
    // through.
    if (message.role !== 'tool') showWaiting()
    switch (message.role) {
      case 'system':
        append(instructions, textsIn(message.content))
        break
      case 'user':
        written.push({ role: 'user', content: writeContent(message.content, place) })
        break
      case 'assistant':
        append(written, writeAssistant(message.content))
        append(waiting, describedFiles('The assistant made this file:', message.content, place))
        break
      case 'tool':
        for (const result of message.content) {
          written.push(writeToolResult(result))
          const description = `Tool call ${result.callId} returned this file:`
          append(waiting, describedFiles(description, result.content, place))
        }
        break
    }
  }
  showWaiting()
  if (instruction !== undefined) instructions.push(instruction)
  if (instructions.length === 0) return written
  return [{ role: 'system', content: instructions.join(paragraph) }, ...written]
}

function writeContent(content: UserPart[], place: string): string | JsonObject[] {
  if (content.every((part) => part.type === 'text')) return textsIn(content).join(paragraph)
  return content.flatMap((part, index) =>
    part.type === 'text' && part.text === '' ? [] : [writeUserPart(part, `${place}.content[${index}]`)],
  )
}

/** Several texts are several documents, so that the model can tell them apart and cite them. */
function writeToolResult({ callId, content, isError }: ToolResult): JsonObject {
  const texts = textsIn(content)
  const shown = texts.length === 0 && content.length > 0 ? ['The result is a file, shown below.'] : texts
  // There is no mark for a failed call; the word is what the model can see.
  if (isError) return { role: 'tool', tool_call_id: callId, content: `Error: ${shown.join(paragraph)}` }
  const documents = shown.map((data) => ({ type: 'document', document: { data } }))
  return { role: 'tool', tool_call_id: callId, content: shown.length > 1 ? documents : (shown[0] ?? '') }
}

function describedFiles(description: string, content: Part[], place: string): JsonObject[] {
  return content.flatMap((part, index) =>
    part.type === 'file'
      ? [{ type: 'text', text: description }, writeUserPart(part, `${place}.content[${index}]`)]
      : [],
  )
}

/** The texts that say something: Cohere refuses the others. */
function textsIn(content: Part[]): string[] {
  return content.flatMap((part) => (part.type === 'text' && part.text !== '' ? [part.text] : []))
}

type Part = Extract<Message, { content: unknown[] }>['content'][number] | UserPart
type ToolResult = Extract<Message, { role: 'tool' }>['content'][number]
