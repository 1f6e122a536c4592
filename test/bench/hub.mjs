/** A hub to measure: the built Worker under workerd, set up through its own API. */
import { randomBytes } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { startWorker } from './workerd.mjs'

/** What routes there are, and the paths of the provider that their candidates have. */
const routes = {
  json: ['json'],
  events: ['events'],
  paced: ['paced'],
  anthropic: ['anthropic'],
  fallback: ['refuse', 'json'],
}

/**
 * @param {{ build: string, folder: string, provider: number, database: number, inspect?: boolean }}
 * options `build` is the folder of the built Worker, of which a copy is taken; `provider` and
 * `database` are ports.
 */
export async function startHub({ build, folder, provider, database, inspect }) {
  if (!existsSync(path.join(build, 'index.js'))) throw new Error(`There is no built Worker in ${build}.`)
  mkdirSync(folder, { recursive: true })
  // Somebody may build anew while this runs.
  cpSync(build, folder, { recursive: true })
  const settings = JSON.parse(readFileSync(path.join(folder, 'wrangler.json'), 'utf8'))
  const secret = () => randomBytes(32).toString('base64')
  const worker = await startWorker({
    folder,
    main: settings.main,
    compatibilityDate: settings.compatibility_date,
    compatibilityFlags: settings.compatibility_flags,
    variables: {
      MASTER_KEY: secret(),
      JWT_SECRET: secret(),
      HUB_LOCAL: '1',
      ALLOW_PRIVATE_UPSTREAMS: 'true',
      MODELS_URL: 'none',
    },
    objects: settings.durable_objects.bindings.map((binding) => binding.class_name),
    database,
    inspect,
  })
  const { token, session } = await setUp(worker.port, provider)
  /** Looks at the log, which has the pools bring their records there. */
  const look = () =>
    fetch(`http://127.0.0.1:${worker.port}/api/logs?limit=1`, {
      headers: { authorization: `Bearer ${session}`, connection: 'close' },
    }).then((response) => response.text())
  return { ...worker, token, settled: (expected) => settled(database, look, expected) }
}

/**
 * Registers, and enters providers, keys and routes.
 * @returns a token to chat with, and a session.
 */
async function setUp(port, provider) {
  const call = async (method, where, body, session) => {
    const response = await fetch(`http://127.0.0.1:${port}${where}`, {
      method,
      headers: { 'content-type': 'application/json', ...(session && { authorization: `Bearer ${session}` }) },
      body: JSON.stringify(body),
    })
    if (!response.ok)
      throw new Error(`${method} ${where} answered ${response.status}: ${await response.text()}`)
    return response.json()
  }
  const { token: session } = await call('POST', '/api/auth/register', {
    username: 'bench',
    password: secretWord(),
  })
  for (const name of new Set(Object.values(routes).flat())) {
    const baseUrl = `http://127.0.0.1:${provider}/${name}`
    const id = `bench-${name}`
    await call(
      'POST',
      '/api/providers',
      { id, name: id, baseUrl, dialect: name === 'anthropic' ? name : 'openai-chat', models: ['bench-1'] },
      session,
    )
    await call('POST', '/api/keys', { provider: id, apiKey: `sk-${secretWord()}` }, session)
  }
  for (const [name, candidates] of Object.entries(routes)) {
    await call(
      'PUT',
      `/api/routes/${name}`,
      { candidates: candidates.map((id) => ({ provider: `bench-${id}` })) },
      session,
    )
  }
  const { token } = await call('POST', '/api/tokens', { name: 'bench' }, session)
  return { token, session }
}

function secretWord() {
  return randomBytes(18).toString('hex')
}

/**
 * Waits until the log holds so many requests: what the pools write there in batches is part of the
 * price of a request.
 * @throws {Error} when they are not there in 20 seconds; the hub promises to lose none.
 */
async function settled(database, look, expected) {
  for (let patience = 200; patience > 0; patience--) {
    await look()
    const response = await fetch(`http://127.0.0.1:${database}/query?resultsFormat=ROWS_AND_COLUMNS`, {
      method: 'POST',
      body: JSON.stringify({ sql: 'SELECT count(*) FROM requests' }),
    })
    const { results } = await response.json()
    if (results.rows[0][0] >= expected) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`The log does not hold the ${expected} requests that were made.`)
}
