import { describe, expect, it } from 'vitest'
import { readToolName, writeToolName } from '../../../src/dialects/gemini/tool-names.ts'

describe('the name of a tool', () => {
  it.each(['weather', '_private', 'mcp__server__tool', 'a.b:c-d_e', 'get_0'])('is left alone: %s', (name) => {
    expect(writeToolName(name)).toBe(name)
    expect(readToolName(name)).toBe(name)
  })

  it.each(['my tool', '1st', '-x', '検索', '🗼', 'a_0x2f_b', '_0x'])(
    'is written in letters that Gemini knows, and read again: "%s"',
    (name) => {
      expect(writeToolName(name)).toMatch(/^$|^[A-Za-z_][A-Za-z0-9_.:-]*$/)
      expect(readToolName(writeToolName(name))).toBe(name)
    },
  )

  it('is as long as Gemini takes it, or refused', () => {
    expect(writeToolName('x'.repeat(64))).toHaveLength(64)
    expect(() => writeToolName('x'.repeat(65))).toThrow(/is too long/)
  })

  it('is what the model says, where that is no code point', () => {
    expect(readToolName('_0xffffff_')).toBe('_0xffffff_')
  })
})
