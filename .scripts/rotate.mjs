/**
 * `npm run rotate`: seals everything that the hub stores sealed with its newest master key, batch
 * by batch, while it serves.
 *
 *     HUB_URL=https://hub.example.com HUB_SESSION=<session of an admin> npm run rotate
 *
 * Without HUB_SESSION it logs in with HUB_LOGIN and HUB_PASSWORD. It may be stopped and started
 * again at any time.
 */
const hub = (process.env.HUB_URL ?? `http://localhost:${process.env.PORT ?? 8787}`).replace(/\/+$/, '')
let session = process.env.HUB_SESSION
session ??= await logIn()

let cursor
let batch
let done = 0
const stuck = []
do {
  batch = await post('/api/vault/rotate', cursor === undefined ? {} : { cursor })
  done += batch.keys.done + batch.providers.done + batch.responses.done
  stuck.push(...batch.stuck)
  console.log(
    `${done} re-encrypted with ${batch.current}, ${batch.keys.left + batch.providers.left + batch.responses.left} left`,
  )
  cursor = batch.nextCursor ?? undefined
} while (cursor !== undefined)

if (!batch.complete) {
  for (const { what, owner, id, problem } of stuck) {
    console.error(`${what} ${id} of ${owner}: ${problem === 'altered' ? 'changed' : 'master key missing'}`)
  }
  console.error('Not complete. Re-enter or delete these keys. If none is named, run this again.')
  process.exit(1)
}
console.log(whatIsNext(batch))

/** What the operator does now. */
function whatIsNext({ current, retired }) {
  if (retired.length === 0) {
    const next = `MASTER_KEY_${Number(/^v(\d+)$/.exec(current)?.[1] ?? 1) + 1}`
    return `There is only one master key. To rotate it, set a new one and run this again:

  openssl rand -base64 32 | npx wrangler secret put ${next}      (deployed)
  echo "${next}=$(openssl rand -base64 32)" >> .dev.vars         (local; then start the hub again)
`
  }
  const variables = [...new Set(retired.map(({ variable }) => variable))]
  return `Everything is encrypted with ${current}. Older master keys are no longer needed (${retired.map(({ key }) => key).join(', ')}):

${variables.map((variable) => `  npx wrangler secret delete ${variable}`).join('\n')}

Wait an hour first: stored answers for idempotency keys may still need it, and expire by then.
In a local hub, remove it from .dev.vars. If MASTER_KEY is a list, keep its first key.
`
}

async function logIn() {
  const { HUB_LOGIN: login, HUB_PASSWORD: password } = process.env
  if (!login || !password) fail('Set HUB_SESSION to the session of an admin, or HUB_LOGIN and HUB_PASSWORD.')
  return (await post('/api/auth/login', { login, password })).token
}

async function post(path, body) {
  const response = await fetch(`${hub}${path}`, {
    method: 'POST',
    // The session must not follow anyone elsewhere.
    redirect: 'error',
    headers: {
      'content-type': 'application/json',
      ...(session !== undefined && { authorization: `Bearer ${session}` }),
    },
    body: JSON.stringify(body),
  }).catch((error) => fail(`${hub} is not responding: ${error.cause?.message ?? error.message}`))
  const answer = await response.json().catch(() => ({}))
  if (!response.ok) fail(`${hub}${path} answered ${response.status}: ${answer.error?.message ?? ''}`)
  return answer
}

function fail(message) {
  console.error(message)
  process.exit(1)
}
