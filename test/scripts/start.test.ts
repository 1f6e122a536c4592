/** What keeps `npm start` from starting is said in one line. */
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const scripts = path.join(import.meta.dirname, '../../.scripts')
let folder: string

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'hub-start-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Runs a call of a script's function in a process of its own. */
function run(script: string, call: string, env: Record<string, string> = {}) {
  const code = `const m = await import(${JSON.stringify(path.join(scripts, script))}); await ${call}; console.log('went on')`
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', code], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  })
  return { status, stdout, lines: stderr.trimEnd().split('\n') }
}

/** An npm that says this, and fails. */
function fakeNpm(says: string): Record<string, string> {
  writeFileSync(path.join(folder, 'npm'), `#!/bin/sh\ncat >&2 <<'END'\n${says}\nEND\nexit 1\n`, {
    mode: 0o755,
  })
  return { PATH: `${folder}${path.delimiter}/usr/bin${path.delimiter}/bin` }
}

describe('before the start', () => {
  it('an old Node is refused, whatever is installed', () => {
    const { status, lines } = run('prepare.mjs', "m.requireNode('v18.20.4')")
    expect(status).toBe(1)
    expect(lines).toEqual([
      'Node 20 or newer is required (this is v18.20.4). Install it from https://nodejs.org',
    ])
    expect(run('prepare.mjs', "m.requireNode('v20.0.0')").stdout).toContain('went on')
  })

  it('a port that is taken is refused, and another one named', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const { status, lines } = run('port.mjs', `m.requirePort(${port}, 'npm start')`)
    server.close()
    expect(status).toBe(1)
    expect(lines).toEqual([`Port ${port} is in use. Try: PORT=8788 npm start`])
    expect(run('port.mjs', "m.requirePort(0, 'npm start')").stdout).toContain('went on')
  })

  it('a machine without network is told so, and not what npm says', () => {
    writeFileSync(path.join(folder, 'package-lock.json'), '{}')
    const npm = fakeNpm(
      'npm error code ENOTFOUND\nnpm error network request to https://registry.example/a failed\nnpm error A complete log',
    )
    const { status, lines } = run('install.mjs', `m.installDependencies(${JSON.stringify(folder)})`, npm)
    expect(status).toBe(1)
    expect(lines).toEqual([
      'Cannot install dependencies: the npm registry is unreachable (ENOTFOUND). Check your connection and try again.',
    ])
  })

  it('another failure of npm is shown as it is', () => {
    writeFileSync(path.join(folder, 'package-lock.json'), '{}')
    const { status, lines } = run(
      'install.mjs',
      `m.installDependencies(${JSON.stringify(folder)})`,
      fakeNpm('npm error code EUSAGE'),
    )
    expect([status, lines]).toEqual([1, ['npm error code EUSAGE']])
  })

  it('a machine without npm is told so', () => {
    writeFileSync(path.join(folder, 'package-lock.json'), '{}')
    const { status, lines } = run('install.mjs', `m.installDependencies(${JSON.stringify(folder)})`, {
      PATH: folder,
    })
    expect(status).toBe(1)
    expect(lines).toEqual([
      'Cannot install dependencies: npm not found. Install Node with npm: https://nodejs.org',
    ])
  })
})
