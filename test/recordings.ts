/**
 * Recorded provider traffic. The folder named by `RECORDINGS_DIR` is read where it is set; without
 * it there are none, and tests rest on the project's own fixtures alone.
 */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

export interface Exchange {
  request: { method: string; url: string; headers: Record<string, string>; body: unknown } | null
  response: { status: number; headers: Record<string, string>; body?: unknown; sse?: string }
}

export interface Recording {
  /** Folder and file, for the names of tests. */
  name: string
  provider: string
  api: string
  /** The class a person gave to an error that was transcribed from a thread. */
  expectedClass?: string
  exchanges: Exchange[]
}

/** Every recording, in the order of their names. */
export function readRecordings(folder = process.env.RECORDINGS_DIR): Recording[] {
  if (!folder) return []
  const recordings: Recording[] = []
  for (const provider of readdirSync(folder, { withFileTypes: true })) {
    if (!provider.isDirectory()) continue
    for (const file of readdirSync(path.join(folder, provider.name)).toSorted()) {
      const text = readFileSync(path.join(folder, provider.name, file), 'utf8')
      const recording = { name: `${provider.name}/${file}`, provider: provider.name }
      if (file.endsWith('.sse')) {
        const response = { status: 200, headers: { 'content-type': 'text/event-stream' }, sse: text }
        const exchanges = [{ request: null, response }]
        recordings.push({ ...recording, api: apiOf(folder, provider.name, file), exchanges })
        continue
      }
      const { meta, exchanges } = JSON.parse(text)
      // Some files hold the bare body of an answer, without its status: nothing can be shown with
      // them.
      if (!exchanges) continue
      recordings.push({ ...recording, api: String(meta.api), expectedClass: meta.expected_class, exchanges })
    }
  }
  return recordings
}

function apiOf(folder: string, provider: string, file: string): string {
  const index: { provider: string; file: string; api: string }[] = JSON.parse(
    readFileSync(path.join(folder, 'index.json'), 'utf8'),
  )
  return index.find((entry) => entry.provider === provider && entry.file === file)?.api ?? 'unknown'
}
