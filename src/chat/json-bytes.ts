/**
 * Large JSON as bytes, without its whole text in memory beside them. `JSON.stringify` makes one
 * more copy of a document, with two bytes a character as soon as one of them is not Latin.
 */
import { isExactNumber } from './exact-json.ts'
import type { Json } from './json.ts'

/** A piece of the text has about so many characters. */
const pieceCharacters = 64 * 1024

/** The bytes of what `JSON.stringify` writes, as UTF-8. */
export function encodeJson(value: Json): Uint8Array<ArrayBuffer> {
  // Twice the work and not twice the memory: an array that grows is copied.
  let length = 0
  writeJson(value, (piece) => {
    length += utf8Length(piece)
  })
  const bytes = new Uint8Array(length)
  const encoder = new TextEncoder()
  let at = 0
  writeJson(value, (piece) => {
    at += encoder.encodeInto(piece, bytes.subarray(at)).written
  })
  return bytes
}

/** How many bytes a text has as UTF-8, without encoding it. */
export function utf8Length(text: string): number {
  let bytes = text.length
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit < 0x80) continue
    // Half of a character beyond the first plane has two of its four bytes.
    bytes += unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 1 : 2
  }
  return bytes
}

/** Hands on the text of a value, piece by piece. No piece ends within a character. */
function writeJson(value: Json, write: (piece: string) => void): void {
  let piece = ''
  const put = (text: string): void => {
    piece += text
    if (piece.length < pieceCharacters) return
    write(piece)
    piece = ''
  }
  const visit = (one: Json | undefined): void => {
    if (typeof one === 'string' && one.length > pieceCharacters) putLong(one, put)
    else if (typeof one !== 'object' || one === null || isExactNumber(one)) put(JSON.stringify(one) ?? 'null')
    else if (Array.isArray(one)) visitList(one)
    else visitMembers(Object.entries(one))
  }
  const visitList = (list: readonly Json[]): void => {
    put('[')
    for (const [index, one] of list.entries()) {
      if (index > 0) put(',')
      visit(one)
    }
    put(']')
  }
  const visitMembers = (members: [string, Json | undefined][]): void => {
    put('{')
    let isFirst = true
    for (const [name, one] of members) {
      if (one === undefined) continue
      put(`${isFirst ? '' : ','}${JSON.stringify(name)}:`)
      isFirst = false
      visit(one)
    }
    put('}')
  }
  visit(value)
  write(piece)
}

/** Writes a long string in parts, and no part ends between the halves of a character. */
function putLong(text: string, put: (part: string) => void): void {
  put('"')
  for (let start = 0; start < text.length;) {
    let end = Math.min(start + pieceCharacters, text.length)
    const last = text.charCodeAt(end - 1)
    if (end < text.length && last >= 0xd800 && last < 0xdc00) end--
    put(JSON.stringify(text.slice(start, end)).slice(1, -1))
    start = end
  }
  put('"')
}
