import { describe, expect, it } from 'vitest'
import { snippet, tokenVariable, tools } from '../../dashboard/state/snippets.ts'
import { words } from '../../dashboard/text/connect.ts'

const origin = 'https://hub.example.com'

/** Open WebUI reads the models from the hub. */
const naming = tools.filter((tool) => tool !== 'open-webui')

describe.each(naming)('the snippet for %s', (tool) => {
  it('names the hub and the model, and has a page of the tool beside it', () => {
    const text = snippet(tool, { origin, model: 'smart' })
    expect(text).toContain(origin)
    expect(text).toContain('smart')
    expect(URL.canParse(words.tools[tool].docs)).toBe(true)
  })

  it('keeps a model’s name in one piece, whatever is in it', () => {
    const text = snippet(tool, { origin, model: `it's "mine"` })
    expect(text).toMatch(/it's "mine"|it's \\"mine\\"|it'\\''s "mine"|it'\\''s \\"mine\\"/)
  })
})

it.each(['opencode', 'pi', 'crush', 'zed'] as const)('is JSON for %s', (tool) => {
  expect(() => JSON.parse(snippet(tool, { origin, model: 'a"b' }))).not.toThrow()
})

it('gives Claude Code a model for each of its own names', () => {
  const text = snippet('claude-code', { origin, model: 'smart' })
  for (const kind of ['OPUS', 'SONNET', 'HAIKU'])
    expect(text).toContain(`ANTHROPIC_DEFAULT_${kind}_MODEL=smart`)
})

it('reaches a hub on this machine from a container', () => {
  const text = snippet('open-webui', { origin: 'http://localhost:8787', model: 'any' })
  expect(text).toContain('http://host.docker.internal:8787/v1')
  expect(text).toContain('--add-host')
  expect(snippet('open-webui', { origin, model: 'any' })).not.toContain('--add-host')
  expect(text).toContain(tokenVariable)
})
