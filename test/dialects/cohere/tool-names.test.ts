import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readToolName, writeToolName } from '../../../src/dialects/cohere/tool-names.ts'

describe('a tool name', () => {
  it.each([
    ['weather', 'weather'],
    ['get_weather_2', 'get_weather_2'],
    ['get-weather', 'get_0x2d_weather'],
    ['mcp__files.read', 'mcp__files_0x2e_read'],
    ['2fa', '_0x32_fa'],
    ['wetter_für', 'wetter_f_0xfc_r'],
    ['_0x2d_', '_0x5f_0x2d_'],
  ])('%s is written as %s', (name, expected) => {
    expect(writeToolName(name)).toBe(expected)
  })

  it('is written as Cohere wants it, and read again as it was', () => {
    const nearMisses = fc.string({ unit: fc.constantFrom('_', '0', 'x', '2', 'd', '-', '😀') })
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), nearMisses), (name) => {
        const written = writeToolName(name)
        expect(written).toMatch(/^(?:[A-Za-z_][A-Za-z0-9_]*)?$/)
        expect(readToolName(written)).toBe(name)
      }),
      { numRuns: 2000 },
    )
  })

  it('that a model made up is left as it is', () => {
    expect(readToolName('x_0xffffff_')).toBe('x_0xffffff_')
    expect(readToolName('x_0x_y')).toBe('x_0x_y')
  })
})
