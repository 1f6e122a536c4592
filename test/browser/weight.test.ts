/**
 * What the first page weighs, as it is built: compressed, everything that it loads before it can be
 * used.
 */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { buildVariable } from '../end-to-end/hub.ts'

const client = path.join(process.env[buildVariable] ?? '', 'client')
const assets = path.join(client, 'assets')

/** A module and everything that it imports before it runs. */
function withImports(name: string, found = new Set<string>()): Set<string> {
  if (found.has(name)) return found
  found.add(name)
  const code = readFileSync(path.join(assets, name), 'utf8')
  for (const [, imported = ''] of code.matchAll(/(?:from|import)\s*["']\.\/([^"']+\.js)["']/g)) {
    withImports(imported, found)
  }
  return found
}

function compressed(names: Iterable<string>): number {
  return [...names].reduce((sum, name) => sum + gzipSync(readFileSync(path.join(assets, name))).length, 0)
}

function assetOf(page: string, ending: string): string {
  const found = readdirSync(assets).find((name) => name.startsWith(`${page}-`) && name.endsWith(ending))
  if (!found) throw new Error(`The build has no ${page}${ending}.`)
  return found
}

describe('the first load', () => {
  const entry = /src="\/assets\/([^"]+\.js)"/.exec(readFileSync(path.join(client, 'index.html'), 'utf8'))?.[1]

  it('is at most 60 kB of JavaScript, with the overview', () => {
    if (!entry) throw new Error('The page loads no script.')
    const modules = withImports(assetOf('overview', '.js'), withImports(entry))
    expect(modules.size).toBeGreaterThan(2)
    expect(compressed(modules)).toBeLessThanOrEqual(60_000)
  })

  it('has charts only where a page has one', () => {
    if (!entry) throw new Error('The page loads no script.')
    const charts = (names: Set<string>): string[] =>
      [...names].filter((name) => name.startsWith('time-series-'))
    expect(charts(withImports(entry))).toEqual([])
    expect(charts(withImports(assetOf('settings', '.js')))).toEqual([])
    expect(charts(withImports(assetOf('usage', '.js')))).toHaveLength(1)
  })

  it('is at most 15 kB of sheets, those of all pages together', () => {
    const sheets = readdirSync(assets).filter((name) => name.endsWith('.css'))
    expect(sheets.length).toBeGreaterThan(1)
    expect(compressed(sheets)).toBeLessThanOrEqual(15_000)
  })

  it('has no script and no style in its page', () => {
    const page = readFileSync(path.join(client, 'index.html'), 'utf8')
    expect(page).not.toMatch(/<script(?![^>]*\ssrc=)/)
    expect(page).not.toMatch(/<style|\sstyle=|\son\w+=/)
  })
})
