/** Keeps the facts about models fresh: a daily refresh from what is published, and each isolate's copy of it. */
import { readModelCatalogue, replaceModelCatalogue } from '../db/model-catalogue.ts'
import { parseJson } from '../dialects/read.ts'
import type { Env } from '../env.ts'
import { readBeginning } from '../http/bounded-reader.ts'
import { isPlausible, readModelsDev } from './models-dev.ts'
import { publishFacts } from './registry.ts'

const defaultUrl = 'https://models.dev/api.json'
const maxBytes = 32 * 1024 * 1024
/** How old an isolate's copy may be, in milliseconds. */
const copyAgeMs = 60 * 60_000

/**
 * Reads the published catalogue and replaces the stored one with it, if it looks sound.
 * @throws {Error} saying why the stored one was kept.
 */
export async function refreshModels(env: Env, now: number): Promise<void> {
  const url = env.MODELS_URL || defaultUrl
  const response = await fetch(url, {
    headers: { accept: 'application/json' },
    signal: AbortSignal.timeout(30_000),
  })
  if (!response.ok) throw new Error(`The model catalogue was kept: ${url} answered ${response.status}.`)
  const { text, isCut } = await readBeginning(response, maxBytes)
  if (isCut) throw new Error(`The model catalogue was kept: ${url} is too large.`)
  const next = readModelsDev(parseJson(text))
  const current = await readModelCatalogue(env.DB)
  if (!isPlausible(next, current))
    throw new Error(`The model catalogue was kept: ${url} has too few models to be true.`)
  await replaceModelCatalogue(env.DB, next, now)
}

let copiedAt: number | undefined

/** Sees to it that this isolate knows the stored facts: waits for them the first time, renews them behind a request later. */
export async function useStoredModels(
  env: Env,
  now: number,
  background: (work: Promise<unknown>) => void,
): Promise<void> {
  if (copiedAt !== undefined && now - copiedAt < copyAgeMs) return
  const first = copiedAt === undefined
  copiedAt = now
  const copying = readModelCatalogue(env.DB).then(publishFacts, (error: unknown) => {
    // The built-in tables, or an older copy, go on answering; the next request tries again.
    copiedAt = first ? undefined : now
    console.warn('The stored model catalogue could not be read.', error)
  })
  if (first) await copying
  else background(copying)
}
