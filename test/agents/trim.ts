/**
 * Makes a fixture of what an agent sent: structure, names of tools and shapes of schemas stay. The
 * texts of third parties, places of the machine and ids of its sessions do not.
 */
import type { Json, JsonObject } from '../../src/chat/json.ts'
import { isJsonObject } from '../../src/chat/json.ts'
import { prompt } from './task.ts'

/** Texts up to this length say what a script or a schema needs. */
const shortText = 60

/** Members whose texts are the agent's own, and not words of the protocol. */
const prose = ['text', 'content', 'instructions', 'system', 'output', 'title', 'definition', 'llmContent']

/** @param folder of the task, which becomes `/project`. */
export function trim(body: JsonObject, folder: string): JsonObject {
  const clean = (text: string): string =>
    text
      .replaceAll(folder, '/project')
      .replaceAll(
        /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g,
        '0b9ee0b2-0000-4000-8000-000000000000',
      )
      .replaceAll(/[0-9a-f]{64}/g, '0'.repeat(64))

  function walk(value: Json, name: string): Json {
    if (typeof value === 'string') {
      if (name === 'description') return 'Says what it is for.'
      return prose.includes(name) ? shorten(clean(value)) : clean(value)
    }
    if (Array.isArray(value)) return value.map((item) => walk(item, name))
    if (!isJsonObject(value)) return value
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, walk(inner, key)]))
  }
  // The body is an object, and so is what becomes of it.
  return walk(body, '') as JsonObject
}

function shorten(text: string): string {
  if (text.length <= shortText || text === prompt) return text
  return `A text of ${text.length} characters.`
}
