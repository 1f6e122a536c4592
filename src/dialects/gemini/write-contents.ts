/**
 * Canonical messages in the wire format. There are two roles and they take turns, so neighbours are
 * merged; all results of a step stand in one content, in the order of their calls; and there is one
 * place for instructions, at the beginning.
 */
import { append } from '../../chat/append.ts'
import { HubError } from '../../errors.ts'
import type { JsonObject } from '../../chat/json.ts'
import type { AssistantPart, FilePart, Message, ToolResultPart, UserPart } from '../../chat/request.ts'
import { isEmptyArguments } from '../empty-arguments.ts'
import { objectIn, parseJson } from '../json-read.ts'
import { generationOf } from './generation.ts'
import { checkMedia, writeMedia } from './media.ts'
import { PartWriter } from './part-writer.ts'
import { writeResponse } from './tool-result.ts'

/**
 * @throws {HubError} VALIDATION_ERROR for a file that the model cannot be shown, or a result that
 *   answers no call.
 */
export function writeContents(messages: Message[], model: string): JsonObject {
  const first = messages.findIndex(({ role }) => role !== 'system')
  const instructions = first === -1 ? [] : messages.slice(0, first)
  const writer = new ContentsWriter(model)
  // What an instruction in the middle says is said by the user there. Nothing but instructions is a
  // question.
  for (const message of messages.slice(instructions.length)) writer.add(message)
  const parts = instructions.flatMap(({ content }) =>
    content.flatMap((part) => (part.type === 'text' && part.text !== '' ? [{ text: part.text }] : [])),
  )
  return { ...(parts.length > 0 && { systemInstruction: { parts } }), contents: writer.finish() }
}

interface Turn {
  role: 'user' | 'model'
  /** The results of calls, by the call's place; they go before anything else that the user says. */
  results: { place: number; part: JsonObject }[]
  parts: JsonObject[]
}

class ContentsWriter {
  readonly #model: string
  readonly #turns: Turn[] = []
  readonly #calls = new Map<string, { name: string; place: number }>()

  constructor(model: string) {
    this.#model = model
  }

  add(message: Message): void {
    switch (message.role) {
      case 'system':
      case 'user':
        this.#say(
          'user',
          message.content.flatMap((part) => this.#writeUserPart(part)),
        )
        break
      case 'assistant':
        this.#say('model', this.#writeModelParts(message.content))
        break
      case 'tool':
        for (const result of message.content) this.#addResult(result, this.#turn('user'))
        break
    }
  }

  finish(): JsonObject[] {
    return this.#turns.map(({ role, results, parts }) => {
      const ordered = results.toSorted((a, b) => a.place - b.place).map(({ part }) => part)
      return { role, parts: [...ordered, ...parts] }
    })
  }

  /** A turn without parts is an error, so who says nothing has no turn. */
  #say(role: Turn['role'], parts: JsonObject[]): void {
    if (parts.length > 0) append(this.#turn(role).parts, parts)
  }

  #turn(role: Turn['role']): Turn {
    const last = this.#turns.at(-1)
    if (last?.role === role) return last
    const turn: Turn = { role, results: [], parts: [] }
    this.#turns.push(turn)
    return turn
  }

  #writeUserPart(part: UserPart): JsonObject[] {
    if (part.type === 'text') return part.text === '' ? [] : [{ text: part.text }]
    return [this.#writeFile(part)]
  }

  #writeFile(file: FilePart): JsonObject {
    checkMedia(file, this.#model)
    return writeMedia(file)
  }

  #writeModelParts(content: AssistantPart[]): JsonObject[] {
    const writer = new PartWriter('provider')
    const parts = content.flatMap((part): JsonObject[] => {
      switch (part.type) {
        case 'text':
        case 'refusal':
          return writer.text(part.text)
        case 'file':
          checkMedia(part, this.#model)
          return writer.file(part)
        case 'reasoning':
          // Thoughts of any model are taken back; what they are sealed with counts at its own
          // provider only.
          return [...writer.reasoning(part.text), ...(part.opaque ? writer.seal(part.opaque, part.text) : [])]
        case 'tool-call': {
          const { name } = part
          this.#calls.set(part.id, { name, place: this.#calls.size })
          return writer.call({ ...part, args: readArguments(part.arguments) })
        }
      }
    })
    return [...parts, ...writer.flush()]
  }

  #addResult(result: ToolResultPart, turn: Turn): void {
    const call = this.#calls.get(result.callId)
    if (!call) {
      const message = `The tool result "${result.callId}" does not match a tool call in this conversation.`
      throw new HubError('VALIDATION_ERROR', message)
    }
    const files = result.content.filter((part) => part.type === 'file').map((file) => this.#writeFile(file))
    const functionResponse: JsonObject = {
      id: result.callId,
      name: call.name,
      response: writeResponse(result),
    }
    if (files.length > 0) {
      // Models before generation 3 can be shown a file only beside the results.
      if ((generationOf(this.#model) ?? 3) >= 3) functionResponse.parts = files
      else turn.parts.push({ text: `The tool "${call.name}" returned this file:` }, ...files)
    }
    turn.results.push({ place: call.place, part: { functionResponse } })
  }
}

/**
 * A call that was cut off is shown as the text that there is of it: the model must see what it
 * said.
 */
function readArguments(text: string): JsonObject {
  if (isEmptyArguments(text)) return {}
  return objectIn(parseJson(text)) ?? { arguments: text }
}
