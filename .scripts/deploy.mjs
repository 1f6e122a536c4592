/**
 * `npm run deploy`: the hub on your Cloudflare account. Builds, makes the secrets that are missing,
 * deploys, and applies the migrations. Upgrades migrate first, so that the new Worker never meets
 * old tables; a first deploy has no database before it.
 *
 * With `--dry-run` nothing leaves this machine: it goes as far as wrangler goes without an account.
 */
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { build, root } from './local.mjs'
import { scriptOf } from './tools.mjs'

const dryRun = process.argv.includes('--dry-run')
/** The build's own configuration, which knows where its files are. */
const built = ['--config', path.join('dist', 'llm_hub', 'wrangler.json')]

build()
if (dryRun) {
  process.exit(
    wrangler(['deploy', ...built, '--dry-run', '--outdir', path.join(root, 'dist', 'dry-run')]).status,
  )
}

const missing = missingSecrets()
const migratedBefore = wrangler(['d1', 'migrations', 'apply', 'DB', '--remote'], { quiet: true }).status === 0
const deployed = withSecretsFile(missing, (file) =>
  wrangler(['deploy', ...built, ...(file ? ['--secrets-file', file] : [])]),
)
if (deployed.status !== 0) process.exit(deployed.status ?? 1)
if (!migratedBefore) {
  const { status } = wrangler(['d1', 'migrations', 'apply', 'DB', '--remote'])
  if (status !== 0) process.exit(status ?? 1)
}
if (missing.SETUP_TOKEN) {
  console.log(`
Open your hub, choose "Set up a new hub", and create the admin account with this setup token. Save it
now, it won't be shown again.

  ${missing.SETUP_TOKEN}
`)
}

/** The secrets that the deployed Worker does not have yet, with new random values. */
function missingSecrets() {
  const listed = wrangler(['secret', 'list', '--format', 'json'], { quiet: true })
  // Only a Worker that does not exist has no secrets. After any other failure a new MASTER_KEY
  // could overwrite the one that every stored key is sealed with.
  if (listed.status !== 0 && !/does not exist|\b10007\b/.test(`${listed.stdout}${listed.stderr}`)) {
    process.stderr.write(
      `${listed.stdout}${listed.stderr}\nCould not read the secrets of the deployed Worker. Nothing was changed.\n`,
    )
    process.exit(1)
  }
  const present = listed.status === 0 ? JSON.parse(listed.stdout).map(({ name }) => name) : []
  const wanted = {
    MASTER_KEY: () => randomBytes(32).toString('base64'),
    JWT_SECRET: () => randomBytes(32).toString('base64'),
    SETUP_TOKEN: () => randomBytes(24).toString('hex'),
  }
  // After a rotation the master key has another name, and the first one is gone for good.
  if (present.some((name) => /^MASTER_KEY_\d+$/.test(name))) delete wanted.MASTER_KEY
  return Object.fromEntries(
    Object.entries(wanted)
      .filter(([name]) => !present.includes(name))
      .map(([name, make]) => [name, make()]),
  )
}

/** Secrets go to wrangler in a file that only this user can read, and that is gone afterwards. */
function withSecretsFile(secrets, deploy) {
  if (Object.keys(secrets).length === 0) return deploy(undefined)
  const folder = mkdtempSync(path.join(tmpdir(), 'llm-hub-'))
  try {
    const file = path.join(folder, 'secrets.json')
    writeFileSync(file, JSON.stringify(secrets), { mode: 0o600 })
    return deploy(file)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function wrangler(args, { quiet = false } = {}) {
  return spawnSync(process.execPath, [scriptOf(root, 'wrangler'), ...args], {
    cwd: root,
    encoding: 'utf8',
    stdio: quiet ? 'pipe' : ['inherit', 'inherit', 'inherit'],
    env: { ...process.env, WRANGLER_SEND_METRICS: 'false' },
  })
}
