/** `src/isolate/README.md` lists every module that keeps something between requests. */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'

const src = path.join(import.meta.dirname, '../../src')
const readme = readFileSync(path.join(src, 'isolate/README.md'), 'utf8')

/**
 * A variable, a collection that begins empty, or an object of a class of ours, at the top of a
 * module.
 */
const state =
  /^(?:export )?(?:let \w+|const \w+(?:: (?!Readonly)[^=\n]+)? = new (?!Text|Hono|Intl|Async)\w+(?:<[^\n]*>)?\([\w.]*\)$|const last\w+: \{[^\n]*\} = \{\}$)/m

const keeping = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && state.test(readFileSync(path.join(src, file), 'utf8')))
  // What endpoints declare of themselves is made once, when the module is loaded.
  .filter((file) => !file.endsWith('/endpoint.ts'))
  .map((file) => file.replace(/\.ts$/, ''))

it('finds modules with state', () => {
  expect(keeping.length).toBeGreaterThan(15)
})

it.each(keeping)('%s has a row', (module) => {
  expect(readme).toContain(`\`${module}\``)
})
