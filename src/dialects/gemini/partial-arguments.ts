/**
 * The arguments of a call that come a value at a time, each with its JSON path
 * (`$.address.lines[0]`). Vertex sends them where `streamFunctionCallArguments` asks for it.
 * https://www.rfc-editor.org/rfc/rfc9535
 */
import { isJsonObject, type Json, type JsonObject } from '../../chat/json.ts'
import { listIn, numberIn, objectIn } from '../json-read.ts'

const step = /\.([^.[\]]+)|\[(\d+)\]|\[(?:'([^']*)'|"([^"]*)")\]/g

export class PartialArguments {
  readonly #value: JsonObject = {}

  add(partialArgs: Json | undefined): void {
    for (const entry of listIn(partialArgs)) {
      const partial = objectIn(entry)
      const path = typeof partial?.jsonPath === 'string' ? readPath(partial.jsonPath) : []
      if (partial && path.length > 0) this.#set(path, partial)
    }
  }

  toString(): string {
    return JSON.stringify(this.#value)
  }

  #set(path: (string | number)[], partial: JsonObject): void {
    let place: JsonObject | Json[] = this.#value
    for (const [depth, name] of path.entries()) {
      const next = path[depth + 1]
      if (next === undefined) write(place, name, valueOf(partial, read(place, name)))
      else {
        const inner = read(place, name)
        const child: JsonObject | Json[] = isContainer(inner) ? inner : typeof next === 'number' ? [] : {}
        if (child !== inner) write(place, name, child)
        place = child
      }
    }
  }
}

function readPath(path: string): (string | number)[] {
  return [...path.matchAll(step)].map(([, name, index, single, double]) =>
    index === undefined ? (name ?? single ?? double ?? '') : Number(index),
  )
}

/** A string comes in pieces; anything else at once. */
function valueOf({ stringValue, numberValue, boolValue }: JsonObject, before: Json | undefined): Json {
  if (typeof stringValue === 'string') return (typeof before === 'string' ? before : '') + stringValue
  return numberIn(numberValue) ?? (typeof boolValue === 'boolean' ? boolValue : null)
}

function isContainer(value: Json | undefined): value is JsonObject | Json[] {
  return Array.isArray(value) || isJsonObject(value)
}

function read(place: JsonObject | Json[], name: string | number): Json | undefined {
  if (Array.isArray(place)) return place[Number(name)]
  return Object.hasOwn(place, name) ? place[name] : undefined
}

/**
 * A list grows at its end only, whatever index is named; a member is the object's own, whatever it
 * is called.
 */
function write(place: JsonObject | Json[], name: string | number, value: Json): void {
  if (Array.isArray(place)) place[Math.min(Number(name) || 0, place.length)] = value
  else Object.defineProperty(place, name, { value, writable: true, enumerable: true, configurable: true })
}
