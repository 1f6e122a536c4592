/**
 * D1 that counts its statements, and the rows it reads as Cloudflare bills them: around a real
 * database, for what the hub uses of it.
 */

export interface RowCounter {
  d1: D1Database
  /** Rows read since the beginning, or the last reset. */
  rowsRead(): number
  /** Statements run since then, each statement of a batch by itself. */
  statements(): number
  reset(): void
}

export function countRows(database: D1Database): RowCounter {
  let rows = 0
  let statements = 0
  const inner = new WeakMap<object, D1PreparedStatement>()
  const count = <Result extends { meta: { rows_read?: number } }>(result: Result): Result => {
    rows += result.meta.rows_read ?? 0
    statements++
    return result
  }
  const wrapStatement = (statement: D1PreparedStatement): D1PreparedStatement => {
    // These answers do not say what was read: the same question is asked in a way that does.
    const counted = async <Answer>(ask: () => Promise<Answer>): Promise<Answer> => {
      count(await statement.all())
      return ask()
    }
    const wrapped = {
      bind: (...values: unknown[]) => wrapStatement(statement.bind(...values)),
      all: async () => count(await statement.all()),
      run: async () => count(await statement.run()),
      first: (column?: string) =>
        counted(() => (column === undefined ? statement.first() : statement.first(column))),
      raw: () => counted(() => statement.raw()),
    }
    inner.set(wrapped, statement)
    // It has the methods that the hub calls; an unknown one fails the test that meets it.
    return wrapped as unknown as D1PreparedStatement
  }
  const wrap = (source: Pick<D1Database, 'prepare' | 'batch'>): D1Database =>
    ({
      prepare: (query: string) => wrapStatement(source.prepare(query)),
      batch: async (prepared: D1PreparedStatement[]) =>
        (await source.batch(prepared.map((statement) => inner.get(statement) ?? statement))).map(count),
      withSession: (constraint: string) => wrap(database.withSession(constraint)),
    }) as unknown as D1Database
  return {
    d1: wrap(database),
    rowsRead: () => rows,
    statements: () => statements,
    reset: () => {
      rows = 0
      statements = 0
    },
  }
}
