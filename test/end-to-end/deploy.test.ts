/** `npm run deploy` as far as it goes without an account. */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'

const root = path.join(import.meta.dirname, '../..')

describe('npm run deploy -- --dry-run', () => {
  const secrets = path.join(root, '.dev.vars')
  if (!existsSync(secrets)) {
    writeFileSync(secrets, 'MASTER_KEY=canary\nJWT_SECRET=canary\nHUB_LOCAL=1\n', { mode: 0o600 })
    afterAll(() => rmSync(secrets))
  }
  const { status, stdout, stderr } = spawnSync(process.execPath, ['.scripts/deploy.mjs', '--dry-run'], {
    cwd: root,
    encoding: 'utf8',
  })

  it('builds a Worker that wrangler would deploy, with its bindings', () => {
    expect(status, stderr).toBe(0)
    for (const binding of [
      'env.DB',
      'env.KEY_POOL',
      'env.USER_OBJECT',
      'env.TEAM_OBJECT',
      'env.THROTTLE',
      'env.ASSETS',
    ])
      expect(stdout).toContain(binding)
    expect(stdout).toContain('--dry-run: exiting now')
  })

  it('stays well under the size that a Worker may have', () => {
    const [, kib = ''] = /gzip: ([\d.]+) KiB/.exec(stdout) ?? []
    expect(Number(kib)).toBeGreaterThan(10)
    expect(Number(kib)).toBeLessThan(1024)
  })

  it('leaves no copy of .dev.vars in the build', () => {
    const files = readdirSync(path.join(root, 'dist'), { recursive: true, encoding: 'utf8' })
    expect(files).toContain(path.join('llm_hub', 'wrangler.json'))
    expect(files.filter((file) => file.includes('.dev.vars'))).toEqual([])
  })

  it('carries no development secret', () => {
    expect(stdout).not.toContain('HUB_LOCAL')
    expect(stdout).not.toContain('MASTER_KEY')
  })
})
