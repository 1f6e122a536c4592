/** What is installed is what was looked at: every version is exact, every file has its hash, and all of it is from one registry. */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'

const root = path.join(import.meta.dirname, '../..')
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8')

interface Manifest {
  dependencies: Record<string, string>
  devDependencies: Record<string, string>
}
interface Lock {
  packages: Record<string, { version?: string; resolved?: string; integrity?: string; link?: boolean }>
}

describe('the dependencies', () => {
  const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Manifest
  const { packages } = JSON.parse(read('package-lock.json')) as Lock

  it('are few where they reach the Worker', () => {
    expect(Object.keys(dependencies).length).toBeLessThanOrEqual(8)
  })

  it.each(Object.entries({ ...dependencies, ...devDependencies }))(
    '%s has one exact version',
    (_name, version) => {
      expect(version).toMatch(/^\d+\.\d+\.\d+(-[\w.]+)?$/)
    },
  )

  it('are locked with the hash of every file, from one registry', () => {
    const locked = Object.entries(packages).filter(([name]) => name !== '')
    expect(locked.length).toBeGreaterThan(50)
    for (const [name, { resolved, integrity }] of locked) {
      expect(integrity, name).toMatch(/^sha512-/)
      // Where the lock names no address, it is the registry's own.
      if (resolved !== undefined) expect(resolved, name).toMatch(/^https:\/\/registry\.npmjs\.org\//)
    }
  })
})

describe('SQL', () => {
  const files = readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  )

  it('is never made of text that came from outside', () => {
    expect(files.length).toBeGreaterThan(100)
    for (const file of files) {
      const text = read(path.join('src', file))
      expect(text, file).not.toMatch(
        /sql\.raw\(|\.(prepare|exec)(<[^(]*>)?\(\s*`[^`]*\$\{|\.(prepare|exec)(<[^(]*>)?\([^)'"`]*\+/,
      )
    }
  })

  it('is in the folders that are for it', () => {
    const own = files.filter((file) =>
      /\b(SELECT|INSERT INTO|UPDATE|DELETE FROM)\b [^\n]*\b(FROM|VALUES|SET|WHERE)\b/.test(
        read(path.join('src', file)),
      ),
    )
    for (const file of own) expect(file).toMatch(/^(db|quota|user|auth)\//)
  })
})

describe('the workflow', () => {
  const workflows = readdirSync(path.join(root, '.github/workflows'))

  it.each(workflows)('%s runs actions by their commit, and may only read', (file) => {
    const text = read(path.join('.github/workflows', file))
    const uses = [...text.matchAll(/uses: (\S+)/g)].map(([, action = '']) => action)
    expect(uses.length).toBeGreaterThan(0)
    for (const action of uses) expect(action).toMatch(/@[0-9a-f]{40}$/)
    expect(text).toMatch(/^permissions:\n {2}contents: read\n(?! )/m)
    expect(text).toContain('persist-credentials: false')
    expect(text).not.toMatch(/pull_request_target|\$\{\{ *(github\.event|secrets)/)
  })
})
