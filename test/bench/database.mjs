/**
 * D1 for a bare workerd, which has only its client: the same SQLite behind the same requests, in
 * another process, as on Cloudflare. Only what drizzle and the hub use. The protocol is that of
 * `cloudflare-internal:d1-api` in workerd.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'

const migrations = path.join(import.meta.dirname, '../../migrations')

/** Serves a new database with the hub's tables. @returns {Promise<number>} its port. */
export function serveDatabase() {
  const database = new DatabaseSync(':memory:')
  // wrangler's own table, by which a hub knows that its database is no older than its build.
  database.exec('CREATE TABLE d1_migrations (name TEXT)')
  const noteApplied = database.prepare('INSERT INTO d1_migrations (name) VALUES (?)')
  for (const file of readdirSync(migrations).toSorted()) {
    database.exec(readFileSync(path.join(migrations, file), 'utf8'))
    noteApplied.run(file)
  }

  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (piece) => {
      body += piece
    })
    request.on('end', () => {
      const { searchParams } = new URL(request.url ?? '', 'http://d1')
      const answer = run(database, JSON.parse(body), searchParams.get('resultsFormat'))
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
    })
  })
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(server.address().port))
  })
}

/** A batch is one transaction: all of it happens or none. */
function run(database, queries, format) {
  const batch = [queries].flat()
  database.exec('BEGIN')
  try {
    const results = batch.map((query) => runOne(database, query, format))
    database.exec('COMMIT')
    return Array.isArray(queries) ? results : results[0]
  } catch (error) {
    database.exec('ROLLBACK')
    return { success: false, error: error.message }
  }
}

function runOne(database, { sql, params = [] }, format) {
  const statement = database.prepare(sql)
  const asRows = format === 'ROWS_AND_COLUMNS'
  statement.setReturnArrays(asRows)
  const rows = statement.all(...params)
  const { changes, id } = database.prepare('SELECT changes() AS changes, last_insert_rowid() AS id').get()
  return {
    success: true,
    results: asRows ? { columns: statement.columns().map(({ name }) => name), rows } : rows,
    meta: {
      served_by: 'bench',
      duration: 0,
      changes,
      last_row_id: id,
      changed_db: changes > 0,
      size_after: 0,
      rows_read: 0,
      rows_written: 0,
    },
  }
}
