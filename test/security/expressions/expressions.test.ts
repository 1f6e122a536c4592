/**
 * No regular expression of the hub takes longer than in proportion to a text, whatever the text is.
 * Each is found in the sources and searched for in texts made from its own pattern, by an engine
 * that counts steps, and by the real one in 100 kB of the worst of them.
 */
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { literalsIn } from './collect.ts'
import { parse } from './parse.ts'
import { countSteps } from './steps.ts'
import { isUnbounded, type Shape, worstShapes } from './worst.ts'

const root = path.join(import.meta.dirname, '../../..')
const files = globSync('src/**/*.ts', { cwd: root }).toSorted()

interface Named {
  name: string
  source: string
  flags: string
}

const literals = files.flatMap((file): Named[] =>
  literalsIn(readFileSync(path.join(root, file), 'utf8')).map(({ line, source, flags }) => ({
    name: `${file}:${line}`,
    source,
    flags,
  })),
)

/** Expressions that are put together when their module is loaded. */
async function builtExpressions(): Promise<Named[]> {
  const builders = files.filter((file) => readFileSync(path.join(root, file), 'utf8').includes('new RegExp('))
  const built: Named[] = []
  const { RegExp: engine } = globalThis
  let file = ''
  globalThis.RegExp = new Proxy(engine, {
    construct(target, [source, flags = '']: [string, string?]) {
      if (typeof source === 'string') built.push({ name: file, source, flags })
      return new target(source, flags)
    },
  })
  try {
    for (file of builders) await import(path.join(root, file))
  } finally {
    globalThis.RegExp = engine
  }
  expect(built.length).toBeGreaterThan(0)
  return built
}

const expressions = [...literals, ...(await builtExpressions())]

/**
 * Characters of the shortest text, and steps for each of its characters after which a search is
 * given up.
 */
const short = 150
const mostSteps = 500

/**
 * How many times the steps grow when a text doubles, for the shape that is worst; and that shape.
 */
function worstOf({ source, flags }: Named): { ratio: number; shape: Shape } {
  const node = parse(source, flags)
  let worst = { ratio: 1, shape: (length: number) => 'x'.repeat(length) }
  if (!isUnbounded(node)) return worst
  for (const shape of worstShapes(node)) {
    const counts = [1, 2, 4].map((times) =>
      countSteps(node, flags, shape(times * short), times * short * mostSteps),
    )
    const [few = 0, more = 0, many = 0] = counts
    // Where a text is cut, it may match by chance: what grows too fast does so twice.
    const ratio = many === Infinity ? Infinity : Math.min(more / few, many / more)
    if (ratio > worst.ratio) worst = { ratio, shape }
  }
  return worst
}

const mostGrowth = 2.8

describe('every regular expression in the sources', () => {
  it('is found, wherever it is written', () => {
    const text = 'const a = b / c / d; s.split(/x\\/[/]y/g) // /no/\n`${f(/z/)} /no/`; return /w/i'
    expect(literalsIn(text).map(({ source }) => source)).toEqual(['x\\/[/]y', 'z', 'w'])
    expect(expressions.length).toBeGreaterThan(150)
  })

  it.each(expressions)(
    'takes twice the steps for twice the text, and reads 100 kB of it at once: $name /$source/$flags',
    ({ name, source, flags }) => {
      const { ratio, shape } = worstOf({ name, source, flags })
      expect(ratio, JSON.stringify(shape(60))).toBeLessThan(mostGrowth)
      const startedAt = performance.now()
      shape(100_000).replace(new RegExp(source, flags), '')
      // Milliseconds where it is linear, and half a minute where it is not.
      expect(performance.now() - startedAt).toBeLessThan(2_000)
    },
    60_000,
  )
})

describe('the count of steps', () => {
  it.each([
    String.raw`\beyJ[\w-]{8,}\.[\w.-]{8,}`,
    String.raw`^([A-Za-z][\w-]{0,39})\s*[\s,:=]\s*(\S.*)$`,
    String.raw`\s+$`,
    '(a+)+b',
    '(a|a)*b',
    'a*a*b',
    'x.*y.*z',
  ])('sees that /%s/ is more than linear', (source) => {
    expect(worstOf({ name: '', source, flags: 'g' }).ratio).toBeGreaterThan(mostGrowth)
  })
})
