import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { unversioned, versionedPath } from '../../src/http/versioned-path.ts'

it.each([
  ['/chat/completions', '/v1/chat/completions'],
  ['/models?limit=1', '/v1/models'],
  ['/v1/models', '/v1/models'],
  ['/models/other', '/models/other'],
  ['/keys', '/keys'],
])('%s is routed as %s', (asked, routed) => {
  expect(versionedPath(new Request(`https://hub.example${asked}`))).toBe(routed)
})

it('reaches the Worker, where the dashboard would answer otherwise', () => {
  const wrangler = readFileSync(path.join(import.meta.dirname, '../../wrangler.toml'), 'utf8')
  for (const alias of unversioned) expect(wrangler).toContain(`  "${alias}",\n`)
})
