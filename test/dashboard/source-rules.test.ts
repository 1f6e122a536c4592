/**
 * What the dashboard's source may not hold, because Preact takes it without a word and does not do
 * it.
 */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'

const root = path.join(import.meta.dirname, '../../dashboard')
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.tsx'))

/** The attributes of each list: all text up to its first child. */
function attributesOfSelects(source: string): string[] {
  return source
    .split('<select')
    .slice(1)
    .map((rest) => rest.split('<', 1)[0] ?? '')
}

it.each(files)('no list in %s has a `defaultValue`: its first option would be chosen', (file) => {
  const selects = attributesOfSelects(readFileSync(path.join(root, file), 'utf8'))
  expect(selects.filter((attributes) => attributes.includes('defaultValue'))).toEqual([])
})

it('search engines are told to stay away: the page itself would answer for `/robots.txt`', () => {
  const robots = readFileSync(path.join(root, 'public/robots.txt'), 'utf8')
  expect(robots).toMatch(/^User-agent: \*\nDisallow: \/$/m)
})

it('the manifest that the page names is a file, and names files', () => {
  const read = (file: string): string => readFileSync(path.join(root, file), 'utf8')
  const [, named] = /<link rel="manifest" href="([^"]+)"/.exec(read('index.html')) ?? []
  const manifest = JSON.parse(read(`public${named}`)) as { name: string; icons: { src: string }[] }
  expect(manifest.name).toBe('LLM Hub')
  expect(manifest.icons.map(({ src }) => read(`public${src}`).startsWith('<svg'))).toEqual([true])
})
