/**
 * What calls cost on Cloudflare's bill: rows, calls of objects, the free plan, the list price.
 * `README.md` says how to read it.
 */
import { bundle } from './bundle.mjs'
import { query } from './pool.mjs'
import { digits, table } from './tables.mjs'
import { startWorker } from './workerd.mjs'

/** Calls per second, and how many calls are counted after others that wake the objects. */
const rates = [
  { perSecond: 0.33, warmUp: 10, counted: 100 },
  { perSecond: 1, warmUp: 30, counted: 180 },
  { perSecond: 10, warmUp: 100, counted: 600 },
  { perSecond: 100, warmUp: 500, counted: 3_000 },
]
const answerMs = 1_000

/** Requests, object calls and rows of each kind that the free plan has a day. */
const freeADay = 100_000

/**
 * US dollars per million: Worker requests, their CPU at a millisecond each, object calls, and rows.
 * https://developers.cloudflare.com/workers/platform/pricing/
 */
const price = { request: 0.3, cpu: 0.02, objectCall: 0.15, row: 1 }
/** Duration of objects, by assumption: two calls of 5 ms, an alarm of 50 ms. */
const duration = { call: 0.008, alarm: 0.08 }

/** @param {{ folder: string, database: number }} options @returns {Promise<string>} the tables. */
export async function runBill({ folder, database }) {
  await bundle('bill-worker.ts', folder)
  const worker = await startWorker({
    folder,
    main: 'worker.js',
    compatibilityDate: '2026-10-01',
    compatibilityFlags: ['nodejs_als'],
    variables: {},
    objects: ['KeyPool', 'UserObject'],
    database,
  })
  const rows = []
  for (const hasLimits of [false, true]) {
    for (const rate of rates) rows.push(await measureBill({ ...worker, database }, { ...rate, hasLimits }))
  }
  const headings = [
    'calls per second',
    'object calls',
    'object rows',
    'D1 rows',
    'rows together',
    'calls a day, free plan',
    'list price of a million',
  ]
  return table(headings, rows)
}

async function measureBill({ port, database }, { perSecond, warmUp, counted, hasLimits }) {
  const name = `bill-${perSecond}-${hasLimits}`
  await enter(database, name)
  const response = await fetch(`http://127.0.0.1:${port}/`, {
    method: 'POST',
    headers: { connection: 'close' },
    body: JSON.stringify({
      name,
      perSecond,
      answerMs,
      warmUp,
      counted,
      hasLimits,
    }),
  })
  if (!response.ok) throw new Error(`${name}: ${await response.text()}`)
  const bill = await response.json()
  const per = (figure) => figure / counted
  const objectCalls = per(bill.objectCalls + bill.alarms)
  const [objectRows, databaseRows] = [per(bill.objectRows), per(bill.databaseRows)]
  const dollars =
    price.request +
    price.cpu +
    objectCalls * price.objectCall +
    per(bill.objectCalls) * duration.call +
    per(bill.alarms) * duration.alarm +
    (objectRows + databaseRows) * price.row
  return [
    `${perSecond}${hasLimits ? ', limits on the token' : ''}`,
    ...[objectCalls, objectRows, databaseRows, objectRows + databaseRows].map(digits),
    Math.floor(freeADay / Math.max(1, objectCalls, objectRows, databaseRows)).toLocaleString('en'),
    `$${dollars.toFixed(2)}`,
  ]
}

/** Enters a person with one key without limits, and a token. */
function enter(database, name) {
  return query(database, [
    {
      sql: "INSERT INTO users (id, username, password_hash, role, epoch, created_at) VALUES (?1, ?1, '', 'user', 1, 1)",
      params: [name],
    },
    {
      sql: "INSERT INTO accounts (owner, id, provider, created_at) VALUES ('u1', ?1, ?1, 1)",
      params: [name],
    },
    {
      sql: `INSERT INTO keys (owner, id, provider, account_id, ciphertext, fingerprint, masked, created_at, updated_at)
            VALUES ('u1', ?1, ?1, ?1, 'sealed', ?1, '****', 1, 1)`,
      params: [name],
    },
    {
      sql: `INSERT INTO tokens (id, owner, name, hash, prefix, created_at) VALUES ('token-' || ?1, 'u1', ?1, ?1, '****', 1)`,
      params: [name],
    },
  ])
}
