/**
 * One key pool, and what it costs as the keys in it become more: `README.md` says what is measured
 * and how to read it.
 */
import { bundle } from './bundle.mjs'
import { clock } from './load.mjs'
import { digits, median, table, times } from './tables.mjs'
import { startWorker } from './workerd.mjs'

const keyCounts = [1, 10, 100, 1_000]
export const mostKeys = 1_000

/**
 * @typedef {object} PoolScenario
 * @property {string} name
 * @property {string} strategy
 * @property {number} calls
 * @property {number} [inFlight] 16 unless it is said.
 * @property {number} [open] Leases that stay open.
 * @property {number} [pools] Pools that share the calls, each too slowly for it to count ahead.
 * @property {number} [awake] So many keys do not rest; all of them unless it is said.
 * @property {number} [large] So many keys have room for the calls, the last ones; all of them
 * unless it is said. Only the size of a call tells.
 */

const fast = { calls: 4_000 }
/** Ten calls a second at the most: from twenty on a pool counts ahead. */
const slow = { calls: 480, pools: 16, inFlight: 1, pauseMs: 100 }

/** @type {PoolScenario[]} */
export const poolScenarios = [
  { name: 'pool, exhaust-first', strategy: 'exhaust-first', ...fast },
  { name: 'pool, round-robin', strategy: 'round-robin', ...fast },
  { name: 'pool, exhaust-first, 1,000 leases open', strategy: 'exhaust-first', ...fast, open: 1_000 },
  { name: 'pool, round-robin, 1,000 leases open', strategy: 'round-robin', ...fast, open: 1_000 },
  { name: 'pool, exhaust-first, slow', strategy: 'exhaust-first', ...slow },
  { name: 'pool, round-robin, slow', strategy: 'round-robin', ...slow },
  { name: 'pool, all keys but one cool down', strategy: 'exhaust-first', ...fast, awake: 1 },
  { name: 'pool, all keys but one too small', strategy: 'exhaust-first', ...fast, large: 1 },
  { name: 'pool, all keys cool down', strategy: 'exhaust-first', ...fast, awake: 0 },
  { name: 'pool, all keys too small', strategy: 'exhaust-first', ...fast, large: 0 },
]

/**
 * What came of one scenario: for each number of keys, and for 0 an object that does nothing, a
 * figure of each round.
 * @typedef {{ scenario: PoolScenario, figures: Map<number, { perSecond: number[], cpuMs: number[],
 *   rows: number[] }> }} MeasuredPool
 */

/**
 * Starts the Worker whose pools are measured.
 * @param {{ folder: string, database: number, inspect?: boolean }} options
 */
export async function startPools({ folder, database, inspect }) {
  await bundle('pool-worker.ts', folder)
  const worker = await startWorker({
    folder,
    main: 'worker.js',
    compatibilityDate: '2026-10-01',
    compatibilityFlags: ['nodejs_als'],
    variables: {},
    objects: ['KeyPool', 'EmptyPool'],
    database,
    inspect,
  })
  return { ...worker, database }
}

/**
 * Runs a scenario with each number of keys in turn, round by round.
 * @returns {Promise<MeasuredPool>}
 */
export async function measurePool(workers, scenario, rounds, divisor) {
  const calls = Math.ceil(scenario.calls / divisor)
  const counts = [0, ...keyCounts]
  const figures = new Map(counts.map((keys) => [keys, { perSecond: [], cpuMs: [], rows: [] }]))
  for (const keys of counts) await preparePool(workers, scenario, keys)
  for (let round = 0; round < rounds; round++) {
    for (const keys of counts) {
      const { perSecond, cpuMs, rows } = await drivePool(workers, scenario, keys, calls)
      figures.get(keys).perSecond.push(perSecond)
      figures.get(keys).cpuMs.push(cpuMs)
      figures.get(keys).rows.push(rows)
    }
  }
  return { scenario, figures }
}

/** Enters keys, lets those rest that shall, and wakes the pools. */
export async function preparePool(workers, scenario, keys) {
  if (keys > 0) await enterKeys(workers.database, scenario, keys)
  const resting = keys - (scenario.awake ?? keys)
  if (resting > 0) await ask(workers, 'rest', scenario, keys, resting)
  await warmUp(workers, scenario, keys)
}

/**
 * Calls under which a pool that shall be fast begins to count ahead; one that shall be slow is
 * woken, and not hurried.
 */
async function warmUp(workers, scenario, keys) {
  await ask(workers, 'work', scenario, keys, scenario.pauseMs === undefined ? 400 : scenario.pools)
}

/**
 * @returns what came of it, per call. CPU and rows include what is done behind the answers: all
 *   records are in the log.
 */
export async function drivePool(workers, scenario, keys, calls) {
  await warmUp(workers, scenario, keys)
  const { rowsWritten: before } = await ask(workers, 'flush', scenario, keys, 0)
  const cpuBefore = workers.cpuMs()
  const startedAt = clock()
  await ask(workers, 'work', scenario, keys, calls)
  const seconds = (clock() - startedAt) / 1_000
  const { rowsWritten: after } = await ask(workers, 'flush', scenario, keys, 0)
  return {
    perSecond: calls / seconds,
    cpuMs: (workers.cpuMs() - cpuBefore) / calls,
    rows: (after - before) / calls,
    answers: { length: calls },
  }
}

async function ask({ port }, what, scenario, keys, calls) {
  const { pools = 1, inFlight = 16, open = 0, pauseMs = 0, awake, large } = scenario
  const response = await fetch(`http://127.0.0.1:${port}/${what}`, {
    method: 'POST',
    // A connection that is kept may be closed by the other side just when it is used again.
    headers: { connection: 'close' },
    body: JSON.stringify({
      pool: providerOf(scenario, keys),
      pools,
      empty: keys === 0,
      calls,
      inFlight,
      open,
      pauseMs,
      refused: awake === 0 || large === 0,
      estimate: { inputTokens: 900, outputTokens: 100 },
    }),
  })
  if (!response.ok) throw new Error(`${scenario.name} with ${keys} keys: ${await response.text()}`)
  return response.json()
}

function providerOf({ name }, keys) {
  return `${name.replaceAll(/\W+/g, '-')}-${keys}`
}

/**
 * Enters the keys of a scenario's pools as the hub's routes do, each on an account of its own and
 * with limits.
 */
async function enterKeys(database, scenario, keys) {
  const limits = [
    { unit: 'requests', per: 'minute', limit: 1e9 },
    { unit: 'requests', per: 'day', limit: 1e9 },
    { unit: 'tokens', per: 'minute', limit: 1e12 },
  ]
  const tooSmall = limits.map((limit) => (limit.unit === 'tokens' ? { ...limit, limit: 500 } : limit))
  const numbers = 'WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?2)'
  for (let index = 0; index < (scenario.pools ?? 1); index++) {
    const provider = `${providerOf(scenario, keys)}-${index}`
    await query(database, [
      {
        sql: "INSERT INTO provider_settings (owner, provider, strategy) VALUES ('u1', ?, ?)",
        params: [provider, scenario.strategy],
      },
      {
        sql: `INSERT INTO accounts (owner, id, provider, created_at) ${numbers}
              SELECT 'u1', ?1 || '/' || n, ?1, n FROM numbers`,
        params: [provider, keys],
      },
      {
        sql: `INSERT INTO keys (owner, id, provider, account_id, ciphertext, fingerprint, masked, limits, created_at, updated_at) ${numbers}
              SELECT 'u1', ?1 || '/' || n, ?1, ?1 || '/' || n, 'sealed-' || n, n, '****', iif(n <= ?2 - ?3, ?4, ?5), n, n FROM numbers`,
        params: [provider, keys, scenario.large ?? keys, JSON.stringify(tooSmall), JSON.stringify(limits)],
      },
    ])
  }
}

/** Asks the bench's database. */
export async function query(database, statements) {
  const response = await fetch(`http://127.0.0.1:${database}/query`, {
    method: 'POST',
    body: JSON.stringify(statements),
  })
  const answer = await response.json()
  if (answer.success === false) throw new Error(answer.error)
}

/** @param {MeasuredPool[]} measured @param {number} rounds */
export function renderPoolTables(measured, rounds) {
  const counted = keyCounts.map((keys) => `${keys.toLocaleString('en')} ${keys === 1 ? 'key' : 'keys'}`)
  const rowsOf = (read) => measured.map((one) => [one.scenario.name, ...read(one)])
  const rates = measured.filter(({ scenario }) => scenario.pauseMs === undefined)
  return [
    table(
      ['calls per second', ...counted],
      rates.map(({ scenario, figures }) => [
        scenario.name,
        ...withRatios(keyCounts.map((keys) => median(figures.get(keys).perSecond))),
      ]),
    ),
    table(
      ['CPU ms per call', 'an empty object', ...counted],
      rowsOf(({ figures }) => {
        const floor = median(figures.get(0).cpuMs)
        return [
          digits(floor),
          ...withRatios(keyCounts.map((keys) => median(figures.get(keys).cpuMs) - floor)),
        ]
      }),
    ),
    table(
      ['rows written per call', ...counted],
      rowsOf(({ figures }) => withRatios(keyCounts.map((keys) => median(figures.get(keys).rows)))),
    ),
    `Medians of ${rounds} rounds; in brackets the ratio to one key. CPU is what it takes above an empty object.\n`,
  ]
    .filter((part) => part !== '')
    .join('\n')
}

/** Each figure with its ratio to the first. */
function withRatios([first, ...others]) {
  return [
    digits(first),
    ...others.map((figure) => (first > 0 ? `${digits(figure)} (${times(figure / first)})` : digits(figure))),
  ]
}
