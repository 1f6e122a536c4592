/** Writes what an agent sent as a fixture, which `npm test` replays. */
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Agent } from './agents.ts'
import type { ClientRequest } from './recorder.ts'
import { trim } from './trim.ts'

/** A history holds the state of the vendor that answered: one of each kind is recorded. */
export const recordedModels = [
  'anthropic/claude-sonnet-5',
  'openai/gpt-5.4-mini',
  'deepseek/deepseek-v4-flash',
]

export interface Recorded {
  vendor: string
  /** The key that sealed its state. */
  account: string
  folder: string
  requests: readonly ClientRequest[]
}

/** The last request of each task, which holds all of its history. */
export function writeFixture({ tool, dialect, version }: Agent, recorded: readonly Recorded[]): void {
  const folder = path.join(import.meta.dirname, 'fixtures')
  mkdirSync(folder, { recursive: true })
  const requests = recorded.flatMap(({ vendor, account, folder: place, requests: sent }) => {
    const longest = sent.toSorted((a, b) => size(b) - size(a))[0]
    return longest ? [{ vendor, account, body: trim(longest.body, place) }] : []
  })
  writeFileSync(path.join(folder, `${tool}.json`), `${JSON.stringify({ version, dialect, requests })}\n`)
}

function size({ body }: ClientRequest): number {
  return JSON.stringify(body.messages ?? body.input ?? body.contents ?? '').length
}
