/**
 * What is installed is what was looked at: every version is exact, every file has its hash, and all
 * of it is from one registry.
 */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'

const root = path.join(import.meta.dirname, '../..')
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8')

interface Manifest {
  dependencies: Record<string, string>
  devDependencies: Record<string, string>
  optionalDependencies: Record<string, string>
  scripts: Record<string, string>
}
interface Lock {
  packages: Record<
    string,
    { version?: string; resolved?: string; integrity?: string; hasInstallScript?: boolean }
  >
}

describe('the dependencies', () => {
  const { dependencies, devDependencies, optionalDependencies } = JSON.parse(read('package.json')) as Manifest
  const { packages } = JSON.parse(read('package-lock.json')) as Lock

  it('are few where they reach the Worker', () => {
    expect(Object.keys(dependencies).length).toBeLessThanOrEqual(8)
  })

  it.each(Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies }))(
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

describe('an installation', () => {
  const { scripts } = JSON.parse(read('package.json')) as Manifest
  const { packages } = JSON.parse(read('package-lock.json')) as Lock

  it('runs no code of packages', () => {
    expect(read('.npmrc')).toMatch(/^ignore-scripts=true$/m)
    expect(read('.scripts/install.mjs')).toContain("['ci', '--ignore-scripts'")
    for (const name of Object.keys(scripts)) expect(name).not.toMatch(/^(pre|post)|^(install|prepare)$/)
  })

  it('needs none: each package that would run some works without it', () => {
    const asking = Object.entries(packages).flatMap(([name, { hasInstallScript }]) =>
      hasInstallScript ? [name.replace('node_modules/', '')] : [],
    )
    // esbuild and workerd find their binaries in optional packages; protobufjs only warns of a
    // version. A new name here is looked at before it is allowed.
    for (const name of asking) expect(['esbuild', 'protobufjs', 'workerd', 'fsevents']).toContain(name)
  })

  it('is all that is ever installed: no script downloads a program', () => {
    const files = readdirSync(path.join(root, '.scripts')).map((file) => path.join('.scripts', file))
    expect(files.length).toBeGreaterThan(5)
    for (const text of [...Object.values(scripts), ...files.map(read)]) {
      expect(text).not.toMatch(/\b(npx|npm (i|install|exec|x)|pnpm|yarn|curl|wget)\b(?! (wrangler|\$\{))/)
    }
  })

  it('is entered by one wrapper, whichever script is run', () => {
    for (const [name, command] of Object.entries(scripts)) {
      for (const part of command.split(' && ')) {
        expect(part, name).toMatch(/^(node \.scripts\/run\.mjs |npm run )/)
      }
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
    for (const file of own) expect(file).toMatch(/^(announce|auth|db|durable|quota|user)\//)
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
