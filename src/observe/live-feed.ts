/**
 * What has changed since the stream began, for the one event stream of a dashboard: pools, the
 * states of keys, and new rows of the log. The beginning is said and not told: who hears it reads
 * for themselves, and misses nothing from then on. With a thousand keys it would be a megabyte that
 * the page has anyway. Nothing here reads: it is given what was read, and remembers what it told.
 */
import { formatSse } from './live-events.ts'

/**
 * One reading of everything that a person sees live. `Item`s are told again only where they differ.
 */
export interface Reading<State, Pool, Row extends { id: string }> {
  /** By the id of the key. */
  keys: Map<string, State>
  /** By scope and provider. */
  pools: Map<string, Pool>
  /** The newest rows of the log, newest first, at most as many as a reading looks at. */
  rows: Row[]
}

/** How many ids of rows are remembered: many times what one reading looks at. */
const rememberedRows = 500

export class LiveFeed<State, Pool, Row extends { id: string }> {
  readonly #keys = new Map<string, string>()
  readonly #pools = new Map<string, string>()
  readonly #rows = new Set<string>()
  #begun = false

  /**
   * @param lastRow the newest row that an earlier stream told of, where this one goes on with it.
   */
  constructor(private readonly lastRow: string | undefined) {}

  /**
   * The events that tell what is new in a reading, the first of which is the beginning; none where
   * nothing is.
   */
  tell({ keys, pools, rows }: Reading<State, Pool, Row>): string[] {
    const changedKeys = remember(this.#keys, keys)
    const changedPools = remember(this.#pools, pools)
    const newRows = this.#newRows(rows)
    const begun = this.#begun
    this.#begun = true
    const told = begun
      ? [
          ...(changedKeys ? [formatSse('keys', changedKeys)] : []),
          ...(changedPools ? [formatSse('pools', changedPools)] : []),
        ]
      : [formatSse('begun', {})]
    return [
      ...told,
      // A row is in the log when its request is over, and named by when it began: what is new may
      // not be the newest.
      ...(newRows.length > 0 ? [formatSse('log', newRows, rows[0]?.id)] : []),
    ]
  }

  #newRows(rows: Row[]): Row[] {
    const { lastRow } = this
    // The page has read the log itself; a first reading tells only of what came while no stream was
    // open.
    const unknown = this.#begun
      ? rows.filter(({ id }) => !this.#rows.has(id))
      : rows.filter(({ id }) => lastRow !== undefined && id > lastRow)
    for (const { id } of rows) this.#rows.add(id)
    for (const id of this.#rows) {
      if (this.#rows.size <= rememberedRows) break
      this.#rows.delete(id)
    }
    return unknown
  }
}

/** What is new or different, and what is gone; undefined where all is as it was. */
function remember<Value>(
  known: Map<string, string>,
  now: Map<string, Value>,
): { changed: Record<string, Value>; gone: string[] } | undefined {
  const changed: Record<string, Value> = {}
  for (const [name, value] of now) {
    const written = JSON.stringify(value)
    if (known.get(name) === written) continue
    known.set(name, written)
    changed[name] = value
  }
  const gone = [...known.keys()].filter((name) => !now.has(name))
  for (const name of gone) known.delete(name)
  return Object.keys(changed).length > 0 || gone.length > 0 ? { changed, gone } : undefined
}
