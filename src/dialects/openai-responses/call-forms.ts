/**
 * The calls of tools that a client knows in another form than that of a function, as they are
 * written.
 */
import type { Json, JsonObject } from '../../chat/json.ts'
import type { ToolForm } from '../../chat/request.ts'
import { CustomInput } from '../custom-input.ts'
import { listIn, numberIn, objectIn, parseJson, textIn } from '../json-read.ts'
import { CallWriter } from './call-writer.ts'
import { ItemWriter, type Place, type WireEvent } from './item-writer.ts'
import { wholeItem } from './whole-items.ts'

/** What writes one call. */
export interface CallItemWriter {
  open(): WireEvent[]
  write(text: string): WireEvent[]
  close(isCut: boolean): WireEvent[]
}

/** The writer of a call in the form that the client knows the tool in. */
export function callWriter(place: Place, callId: string, name: string, form?: ToolForm): CallItemWriter {
  switch (form?.type) {
    case undefined:
    case 'function':
      return new CallWriter(place, callId, form?.name ?? name, form?.namespace)
    case 'custom':
      return new CustomCallWriter(place, callId, form)
    case 'local-shell':
    case 'tool-search':
      return new WholeCallWriter(place, callId, form.type)
  }
}

/** A call of a custom tool: a text, which streams. */
class CustomCallWriter extends ItemWriter implements CallItemWriter {
  readonly #callId: string
  readonly #form: ToolForm
  readonly #reader = new CustomInput()
  #input = ''

  constructor(place: Place, callId: string, form: ToolForm) {
    super('ctc', place)
    this.#callId = callId
    this.#form = form
  }

  open(): WireEvent[] {
    return [this.begun(this.#item('in_progress'))]
  }

  write(text: string): WireEvent[] {
    return this.#say(this.#reader.push(text))
  }

  close(isCut: boolean): WireEvent[] {
    const isWhole = !isCut || this.#reader.isWhole
    return [
      ...this.#say(this.#reader.close()),
      this.event('custom_tool_call_input.done', { input: this.#input }),
      this.done(this.#item(isWhole ? 'completed' : 'incomplete')),
    ]
  }

  #say(delta: string): WireEvent[] {
    this.#input += delta
    return delta === '' ? [] : [this.event('custom_tool_call_input.delta', { delta })]
  }

  #item(status: string): JsonObject {
    const { name, namespace } = this.#form
    return {
      id: this.id,
      type: 'custom_tool_call',
      status,
      call_id: this.#callId,
      ...(namespace !== undefined && { namespace }),
      name,
      input: this.#input,
    }
  }
}

/** A call whose arguments are an object of the item: it is told when it is whole. */
class WholeCallWriter extends ItemWriter implements CallItemWriter {
  readonly #callId: string
  readonly #type: 'local-shell' | 'tool-search'
  #arguments = ''

  constructor(place: Place, callId: string, type: 'local-shell' | 'tool-search') {
    super(type === 'local-shell' ? 'lsh' : 'tsc', place)
    this.#callId = callId
    this.#type = type
  }

  open(): WireEvent[] {
    return []
  }

  write(text: string): WireEvent[] {
    this.#arguments += text
    return []
  }

  close(isCut: boolean): WireEvent[] {
    const args = objectIn(parseJson(this.#arguments))
    const status = isCut && !args ? 'incomplete' : 'completed'
    const common = { id: this.id, status, call_id: this.#callId }
    const item: JsonObject =
      this.#type === 'local-shell'
        ? { ...common, type: 'local_shell_call', action: shellAction(args ?? {}) }
        : { ...common, type: 'tool_search_call', execution: 'client', arguments: args ?? {} }
    return wholeItem(this.index, item)
  }
}

/** https://platform.openai.com/docs/guides/tools-local-shell: `env` and `command` are required. */
function shellAction({ command, working_directory, workdir, timeout_ms, env }: JsonObject): JsonObject {
  const directory = textIn(working_directory) ?? textIn(workdir)
  const timeout = numberIn(timeout_ms)
  return {
    type: 'exec',
    command: shellCommand(command),
    env: objectIn(env) ?? {},
    ...(directory !== undefined && { working_directory: directory }),
    ...(timeout !== undefined && { timeout_ms: timeout }),
  }
}

/** Models write one line where a list is asked for. */
function shellCommand(command: Json | undefined): Json[] {
  const line = textIn(command)
  return line === undefined
    ? listIn(command).filter((word) => typeof word === 'string')
    : ['bash', '-lc', line]
}
