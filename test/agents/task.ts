/** The task that every agent does: its folder, what it is asked, and whether it was done. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** In the notes, so that a result shows that they were read. */
export const secretWord = 'marzipan-4711'
const draft = 'The greeting is a draft.'
/** What the draft becomes: all that a wrong escape would break. */
export const greeting = 'He said "hi",\t\\n is no line break, and 東京 🗼 is `fine` for $5 & 100%.'

export const notesName = 'notes.txt'
export const copyName = 'copy.txt'
export const pictureName = 'dot.png'
/** Ids beyond 2⁵³ are rounded by a careless reader. */
export const itemId = '2512292042121000001'
export const finalText = 'The task is done: marzipan in Tōkyō.'

export const prompt =
  `Read ${notesName}, replace its draft by the greeting, copy it to ${copyName}, look at ${pictureName}, ` +
  'ask the archive about the day and the item, and say when the task is done.'

/** A PNG of 8 × 8 red pixels. */
const picture =
  'iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEUlEQVR42mP4z8CAFTEMLQkAKP8/wc53yE8AAAAASUVORK5CYII='

/** Makes the folder of a task anew. */
export function layOut(folder: string): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(path.join(folder, notesName), `The word is ${secretWord}.\n${draft}\n`)
  writeFileSync(path.join(folder, pictureName), Buffer.from(picture, 'base64'))
}

/** The edit, as the tools of agents take it. */
export const edit = { before: draft, after: greeting }

/** Says what of the task was not done; empty where all of it was. */
export function findFaults(folder: string, archiveLog: string): string[] {
  const wanted = `The word is ${secretWord}.\n${greeting}\n`
  const calls = readText(archiveLog)
  return [
    ...(readText(path.join(folder, notesName)) === wanted ? [] : ['the notes are wrong']),
    ...(readText(path.join(folder, copyName)) === wanted ? [] : ['the copy is wrong']),
    ...(calls.includes('"day":"2026-11-30"') ? [] : ['the long-named tool was not called']),
    ...(calls.includes(`"id":"${itemId}"`) ? [] : ['the dotted tool was not called']),
  ]
}

function readText(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}
