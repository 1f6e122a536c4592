/** `npm run deploy` as far as it goes without an account. */
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { describe, expect, it } from 'vitest'

const root = path.join(import.meta.dirname, '../..')

describe('npm run deploy -- --dry-run', () => {
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

  it('carries no development secret', () => {
    expect(stdout).not.toContain('HUB_LOCAL')
    expect(stdout).not.toContain('MASTER_KEY')
  })
})
