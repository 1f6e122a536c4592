/**
 * The SDK walk: every helper of the vendors' and frameworks' SDKs, unmodified, through the hub to
 * nine vendors that are as strict as the real ones. Prints a table of helpers and vendors.
 *
 *     npm run test:sdks -- [--only openai,ai-sdk] [--vendor groq] [--helper stream] [--json]
 */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { startHub } from '../agents/hub.ts'
import { installPinned } from '../agents/packages.ts'
import { nameOf, vendors } from '../agents/vendors.ts'
import { resolveFrom } from './resolve.mjs'
import { printTable } from './table.mjs'
import { playVendors } from './vendors.ts'

/** A dialect or a habit of its own each. */
const models = [
  'openai/gpt-5.4-mini',
  'anthropic/claude-sonnet-5',
  'gemini/gemini-3.5-flash',
  'deepseek/deepseek-v4-flash',
  'groq/openai/gpt-oss-120b',
  'mistral/mistral-small-latest',
  'xai/grok-4.3',
  'cohere/command-a-03-2025',
  'openrouter/anthropic/claude-sonnet-5.5',
]
const suites = ['openai', 'openai-responses', 'anthropic', 'google-genai', 'ai-sdk', 'langchain']
const cellTimeoutMs = 30_000
const atOnce = 6

const { values } = parseArgs({
  options: { only: { type: 'string' }, vendor: { type: 'string' }, helper: { type: 'string' } },
})

const packages = JSON.parse(readFileSync(path.join(import.meta.dirname, 'packages.json'), 'utf8'))
resolveFrom(installPinned('sdks', packages), Object.keys(packages))
const walked = models
  .map((name) => vendors.find((vendor) => nameOf(vendor) === name))
  .filter(({ id }) => !values.vendor || values.vendor.split(',').includes(id))
const names = suites.filter((name) => !values.only || values.only.split(',').includes(name))
// Loaded before the hub starts: some SDKs take seconds, in which the hub closes idle connections.
const chosen = []
for (const name of names) chosen.push([name, await import(`./helpers/${name}.mjs`)])
const refusals = []
// Some SDKs leave promises behind that reject; the walk looks at what they gave their caller.
process.on('unhandledRejection', () => {})
globalThis.AI_SDK_LOG_WARNINGS = false
const hub = await startHub({ listener: playVendors((refusal) => refusals.push(refusal)) })
const { token } = await hub.settleIn()
try {
  const cells = await walk()
  const { failed } = printTable(cells, walked, refusals)
  process.exitCode = failed > 0 ? 1 : 0
} finally {
  await hub.stop()
}

/**
 * @returns {Promise<{ suite: string, helper: string, vendor: string, outcome: 'ok' | 'cannot' |
 *   'failed', why?: string }[]>}
 */
async function walk() {
  const cells = []
  for (const [suite, { helpers }] of chosen) {
    const wanted = helpers.filter(({ name }) => !values.helper || name.includes(values.helper))
    // A key that is limited would fail whatever else asks for it.
    for (const alone of [false, true]) {
      const inGroup = wanted.filter(({ limits = false }) => limits === alone)
      cells.push(
        ...(await inTurn(
          inGroup.flatMap((helper) => walked.map((vendor) => () => runCell(suite, helper, vendor))),
        )),
      )
    }
  }
  return cells
}

/** Runs the tasks, a few at once. Their results are in the order of the tasks. */
async function inTurn(tasks) {
  const results = []
  let next = 0
  const work = async () => {
    while (next < tasks.length) {
      const index = next++
      results[index] = await tasks[index]()
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return results
}

async function runCell(suite, { name, needs, run }, vendor) {
  const cell = { suite, helper: name, vendor: vendor.id }
  const able = needs === undefined || can(vendor, needs)
  const context = {
    url: hub.origin,
    token,
    model: nameOf(vendor),
    vendor: vendor.id,
    thinks: thinks(vendor),
  }
  try {
    await withTimeout(run(context))
    return { ...cell, outcome: able ? 'ok' : 'failed', ...(!able && { why: 'It was not refused.' }) }
  } catch (error) {
    // Where the model cannot do it, the hub says so; anything else is a failure.
    if (!able && /NO_ELIGIBLE_KEY|takes no|No key can serve/.test(describe(error)))
      return { ...cell, outcome: 'cannot' }
    return { ...cell, outcome: 'failed', why: describe(error) }
  }
}

/** Whether the model of a vendor can do what a helper needs. */
function can(vendor, needs) {
  switch (needs) {
    case 'pictures':
      return vendor.facts.sees
    case 'embeddings':
      return ['openai', 'gemini', 'mistral', 'cohere', 'openrouter'].includes(vendor.id)
    default:
      throw new Error(`No vendor says whether it has ${needs}.`)
  }
}

/** Whether a vendor shows thoughts. */
function thinks({ id }) {
  return !['openai', 'cohere'].includes(id)
}

function withTimeout(promise) {
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`No end within ${cellTimeoutMs / 1000} seconds.`)),
      cellTimeoutMs,
    )
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

function describe(error) {
  const causes = []
  for (let at = error; at && causes.length < 4; at = at.cause ?? at.lastError)
    causes.push(
      `${at.name ?? 'Error'}: ${at.message ?? String(at)}${at.responseBody ? ` ${at.responseBody}` : ''}`,
    )
  return causes.join(' ← ')
}
