/**
 * Delivers records to D1 whatever they hold. A batch that fails is halved until the record that D1
 * refuses is alone; then the least of it is written, or it is handed back. An outage is not a
 * refusal: D1 then answers nothing at all, and every record stays with its sender.
 */
import { answers, writeRecords } from '../db/log-writer.ts'
import { minimalRecord } from '../observe/bounded-record.ts'
import type { RequestRecord } from '../observe/record.ts'

/**
 * Writes of one delivery. D1 allows so many queries for each waking of an object; the rest waits.
 */
const mostWrites = 24

/** How much of D1's reason is kept, in characters. */
const longestReason = 300

export interface Delivery {
  /** Records that are in D1, some of them without their texts. */
  written: RequestRecord[]
  /** Records of which D1 takes nothing, with its reason. */
  refused: { record: RequestRecord; reason: string }[]
  /** The failure of D1 that ended the delivery. */
  outage?: unknown
}

/** What SQLite says of a row that it will never take: https://www.sqlite.org/rescode.html */
const permanent =
  /SQLITE_(?:TOOBIG|CONSTRAINT|MISMATCH|RANGE)|too big|constraint failed|datatype mismatch|malformed JSON/i

/** Writes as many records as it can. Never rejects. */
export async function deliver(db: D1Database, records: readonly RequestRecord[]): Promise<Delivery> {
  const written: RequestRecord[] = []
  const suspects: { record: RequestRecord; error: unknown }[] = []
  const parts: RequestRecord[][] = records.length > 0 ? [[...records]] : []
  let outage: { error: unknown } | undefined
  for (let writes = 0; writes < mostWrites && !outage; writes++) {
    const part = parts.pop()
    if (!part) break
    const failure = await write(db, part)
    if (!failure) written.push(...part)
    else if (!(await answers(db))) outage = failure
    else if (part.length > 1) {
      const half = Math.ceil(part.length / 2)
      parts.push(part.slice(half), part.slice(0, half))
    } else {
      const again = await writeAlone(db, part, failure.error)
      if (!again) written.push(...part)
      else suspects.push(...part.map((record) => ({ record, error: again.error })))
    }
  }
  // What fails with an unknown error is refused only where D1 has taken others beside it.
  const isRefused = ({ error }: { error: unknown }): boolean =>
    permanent.test(wordsOf(error)) || (outage === undefined && written.length > 0)
  outage ??= suspects.find((suspect) => !isRefused(suspect))
  return {
    written,
    refused: suspects
      .filter(isRefused)
      .map(({ record, error }) => ({ record, reason: wordsOf(error).slice(0, longestReason) })),
    ...(outage && { outage: outage.error }),
  }
}

/**
 * Writes a record that has failed: once more, for the failure may have been D1's, then the least of
 * it.
 */
async function writeAlone(
  db: D1Database,
  part: RequestRecord[],
  cause: unknown,
): Promise<{ error: unknown } | undefined> {
  if (!(await write(db, part))) return undefined
  const failure = await write(db, part.map(minimalRecord))
  if (!failure) console.warn('A record is written without its texts: D1 refuses it whole.', cause)
  return failure
}

async function write(db: D1Database, records: RequestRecord[]): Promise<{ error: unknown } | undefined> {
  try {
    await writeRecords(db, records)
    return undefined
  } catch (error) {
    return { error }
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
