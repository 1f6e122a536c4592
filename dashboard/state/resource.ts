/**
 * Data of the hub, as last read. All components share one read. They show the last data during the
 * next read. Data is read again when the window regains focus. An error is kept beside the last
 * data.
 */
import { useCallback, useLayoutEffect, useState } from 'preact/hooks'
import type { ApiError } from '../api.ts'
import { toApiError } from './action.ts'

/** Readable data, cached by name. The name includes everything that the data depends on. */
export interface Source<Data> {
  name: string
  load: () => Promise<Data>
  /** Returns the data to cache after another read, if it is more than the data read. */
  merge?(read: Data, known: Data): Data
}

/** For a page that may have nothing to ask. */
export const nothing: Source<never[]> = { name: 'nothing', load: async () => [] }

export interface Resource<Data> {
  /** Undefined until it was read once; kept while it is read again. */
  data: Data | undefined
  error: ApiError | undefined
  reload: () => Promise<void>
}

interface Entry {
  data: unknown
  error: ApiError | undefined
  /** When it was read or written last, in milliseconds since the epoch. */
  readAt: number
  /**
   * Counts readings, and says which one is shown: an answer that was overtaken by a later one says
   * nothing new.
   */
  turn: number
  shown: number
  readonly listeners: Set<() => void>
}

/** Data younger than this is not read again when a component shows it. */
const freshForMs = 2_000
/** The most entries to cache. */
const mostEntries = 60

const entries = new Map<string, Entry>()

function entryOf(name: string): Entry {
  const found = entries.get(name)
  if (found) return found
  const entry: Entry = {
    data: undefined,
    error: undefined,
    readAt: 0,
    turn: 0,
    shown: 0,
    listeners: new Set(),
  }
  entries.set(name, entry)
  for (const [other, { listeners }] of entries) {
    if (entries.size <= mostEntries) break
    if (listeners.size === 0 && other !== name) entries.delete(other)
  }
  return entry
}

function tell(entry: Entry): void {
  for (const listener of entry.listeners) listener()
}

export function useResource<Data>(source: Source<Data>): Resource<Data> {
  const { name, load } = source
  const entry = entryOf(name)
  const [, setTurn] = useState(0)
  const reload = useCallback(() => refresh(source), [name, load])

  // Before the page is painted: what it needs is asked for while the browser paints what is there.
  useLayoutEffect(() => {
    const listener = (): void => setTurn((turn) => turn + 1)
    const { listeners } = entryOf(name)
    listeners.add(listener)
    const look = (): void => {
      if (document.visibilityState === 'visible' && Date.now() - entryOf(name).readAt > freshForMs)
        void refresh(source)
    }
    look()
    document.addEventListener('visibilitychange', look)
    window.addEventListener('focus', look)
    return () => {
      listeners.delete(listener)
      document.removeEventListener('visibilitychange', look)
      window.removeEventListener('focus', look)
    }
    // The name identifies the data: a new function with the same name reads the same.
  }, [name])

  // What is remembered under a name is what its source read.
  return { data: entry.data as Data | undefined, error: entry.error, reload }
}

/** Reads a source again, for everyone who shows it. */
export async function refresh<Data>(source: Source<Data>): Promise<void> {
  const { name, load } = source
  const entry = entryOf(name)
  const turn = ++entry.turn
  // A read in flight serves other components too.
  entry.readAt = Date.now()
  try {
    const data = await load()
    if (turn < entry.shown) return
    // What is remembered under a name is what its source read.
    const known = entry.data as Data | undefined
    entry.data = known === undefined ? data : (source.merge?.(data, known) ?? data)
    entry.error = undefined
  } catch (thrown) {
    if (turn < entry.shown) return
    entry.error = toApiError(thrown)
  }
  entry.shown = turn
  entry.readAt = Date.now()
  tell(entry)
}

/** Reads a source again that was ever asked for: at once where it is shown, or when it next is. */
export async function renew<Data>(source: Source<Data>): Promise<void> {
  const entry = entries.get(source.name)
  if (!entry || entry.turn === 0) return
  if (entry.listeners.size > 0) await refresh(source)
  else entry.readAt = 0
}

/** Changes what is remembered of a source, where anything is, as the hub told or is about to. */
export function change<Data>({ name }: Source<Data>, make: (data: Data) => Data): void {
  const entry = entries.get(name)
  if (entry?.data === undefined) return
  // What is remembered under a name is what its source read.
  entry.data = make(entry.data as Data)
  tell(entry)
}

/** Forgets everything: it belonged to the person who has left. */
export function forgetAll(): void {
  for (const entry of entries.values()) {
    // What is under way was asked for by the one who has left.
    entry.shown = ++entry.turn
    entry.data = undefined
    entry.error = undefined
    entry.readAt = 0
  }
}
