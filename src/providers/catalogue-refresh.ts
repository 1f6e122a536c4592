/**
 * Keeps the facts about models fresh: a daily refresh from what is published, one more at the first
 * use of a hub that has none or an old one (a local run has no nightly timer), and each isolate's
 * copy of it.
 */
import { hourMs } from '../domain/time.ts'
import { readModelCatalogue, replaceModelCatalogue, type StoredCatalogue } from '../db/model-catalogue.ts'
import { parseJson } from '../dialects/json-read.ts'
import type { Env } from '../env.ts'
import { readBeginning } from '../http/bounded-reader.ts'
import { isPlausible, readModelsDev } from './models-dev.ts'
import { publishFacts } from './registry.ts'

const defaultUrl = 'https://models.dev/api.json'
const maxBytes = 32 * 1024 * 1024
/** How old an isolate's copy may be, in milliseconds. */
const copyAgeMs = hourMs
/** Older than this the nightly refresh did not run, or failed. */
const outdatedMs = 36 * hourMs

/**
 * Reads the published catalogue and replaces the stored one with it, if it looks sound.
 * @throws {Error} saying why the stored one was kept.
 */
export async function refreshModels(env: Env, now: number): Promise<void> {
  const url = urlOf(env)
  if (url === undefined) return
  const response = await fetch(url, {
    headers: { accept: 'application/json' },
    signal: AbortSignal.timeout(30_000),
  })
  if (!response.ok) throw new Error(`The model catalogue was kept: ${url} answered ${response.status}.`)
  const { text, isCut } = await readBeginning(response, maxBytes)
  if (isCut) throw new Error(`The model catalogue was kept: ${url} is too large.`)
  const next = readModelsDev(parseJson(text))
  const { facts: current } = await readModelCatalogue(env.DB)
  if (!isPlausible(next, current))
    throw new Error(`The model catalogue was kept: ${url} has too few models to be true.`)
  await replaceModelCatalogue(env.DB, next, now)
}

/** Where the catalogue is published; undefined where the deployment reads none. */
function urlOf({ MODELS_URL }: Env): string | undefined {
  return MODELS_URL === 'none' ? undefined : MODELS_URL || defaultUrl
}

let copiedAt: number | undefined
let isCopied = false

/**
 * Sees to it that this isolate knows the stored facts: waits for them the first time, renews them
 * behind a request later.
 */
export async function useStoredModels(
  env: Env,
  now: number,
  background: (work: Promise<unknown>) => void,
): Promise<void> {
  if (copiedAt !== undefined && now - copiedAt < copyAgeMs) return
  const first = copiedAt === undefined
  copiedAt = now
  const copying = copyStored(env, now, background)
  if (first) await copying
  else background(copying)
}

/**
 * Publishes the stored catalogue in this isolate; the next request tries again where that fails.
 */
async function copyStored(
  env: Env,
  now: number,
  background: (work: Promise<unknown>) => void,
): Promise<void> {
  try {
    const stored = await readModelCatalogue(env.DB)
    publishFacts(stored.facts)
    isCopied = true
    if (isOutdated(stored, now)) background(refreshAndPublish(env, now))
  } catch (error) {
    // The built-in tables, or an older copy, go on answering.
    if (!isCopied) copiedAt = undefined
    console.warn('The stored model catalogue could not be read.', error)
  }
}

function isOutdated({ readAt }: StoredCatalogue, now: number): boolean {
  return readAt === null || now - readAt > outdatedMs
}

/** Without network the stored catalogue, or the built-in tables, go on answering. */
async function refreshAndPublish(env: Env, now: number): Promise<void> {
  try {
    await refreshModels(env, now)
    publishFacts((await readModelCatalogue(env.DB)).facts)
  } catch (error) {
    console.warn('The model catalogue was not refreshed.', error)
  }
}
