/**
 * `npm run screenshot`: takes the picture of the README, the overview of a new local hub with
 * made-up keys and requests. No call leaves this machine. It needs Chromium: `CHROMIUM` names its
 * path.
 */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { chromium } from 'playwright-core'
import { build, migrateLocal, root, serve } from './local.mjs'

const picture = path.join(root, '.github', 'dashboard.png')
const password = 'correct horse battery'
const state = mkdtempSync(path.join(tmpdir(), 'llm-hub-screenshot-'))
const secret = () => randomBytes(32).toString('base64')

build()
migrateLocal(state)
const hub = await serve({
  port: 0,
  state,
  variables: {
    MASTER_KEY: secret(),
    JWT_SECRET: secret(),
    HUB_LOCAL: '1',
    HUB_DIRECT: '1',
    SANDBOX: 'true',
    MODELS_URL: 'none',
  },
  outside: answerAsProvider,
})
const address = `http://localhost:${hub.url.port}`
try {
  const session = await fill()
  await photograph(session)
} finally {
  await hub.stop()
  rmSync(state, { recursive: true, force: true })
}

/** Any provider in OpenAI's format, with a short answer. */
function answerAsProvider(_request, response) {
  const usage = { prompt_tokens: 420, completion_tokens: 180, total_tokens: 600 }
  const message = { role: 'assistant', content: 'Hello!' }
  const choices = [{ index: 0, message, finish_reason: 'stop' }]
  const body = { id: 'chatcmpl-1', object: 'chat.completion', created: 1, model: 'm', choices, usage }
  setTimeout(() => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(body))
  }, 200)
}

/** Adds an account, keys, a token and requests. @returns the session of the account. */
async function fill() {
  const { token: session } = await post('/api/auth/register', undefined, { username: 'ada', password })
  const perDay = (limit) => [{ unit: 'requests', per: 'day', limit, resets: 'utc' }]
  const keys = [
    { provider: 'openai', apiKey: `sk-proj-${'a'.repeat(60)}`, name: 'Work', limits: perDay(500) },
    { provider: 'groq', apiKey: `gsk_${'b'.repeat(52)}`, name: 'Free tier', limits: perDay(40) },
    { provider: 'mistral', apiKey: 'c'.repeat(32), name: 'Trial', limits: perDay(100) },
    { provider: 'sandbox', apiKey: 'sandbox 1234' },
  ]
  for (const key of keys) await post('/api/keys', session, key)
  const { token } = await post('/api/tokens', session, { name: 'Editor' })
  const models = ['smart', 'fast', 'fast', 'mistral', 'sandbox/echo', 'smart', 'groq', 'fast']
  for (let n = 0; n < 40; n++) {
    const messages = [{ role: 'user', content: `Question ${n}` }]
    await post('/v1/chat/completions', token, { model: models[n % models.length], messages })
  }
  await post(
    '/v1/chat/completions',
    token,
    { model: 'sandbox/500', messages: [{ role: 'user', content: '?' }] },
    502,
  )
  return session
}

async function post(to, token, body, expected = 200) {
  const response = await fetch(`${address}${to}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
  })
  const answer = await response.json()
  if (!response.ok && response.status !== expected) throw new Error(`${to}: ${JSON.stringify(answer)}`)
  return answer
}

/** Takes the picture once the log has the requests. */
async function photograph(session) {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium' })
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: 'light' })
    await page.context().addCookies([{ name: 'hub_session', value: session, url: address }])
    await page.goto(address)
    await page.getByRole('region', { name: 'Routes' }).waitFor()
    await page.getByText('Succeeded').first().waitFor({ timeout: 30_000 })
    await page.waitForTimeout(2_000)
    await page.screenshot({ path: picture })
  } finally {
    await browser.close()
  }
}
