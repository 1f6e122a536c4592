/** Each closed enumeration of the domain is written once; everything else derives from it. */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'

const root = path.join(import.meta.dirname, '../..')
const domain = path.join(root, 'src/domain')

/** Runs of string literals between commas or bars, as in arrays, unions and `z.enum`. */
const list = /'[\w-]+'(?:\s*[,|]\s*'[\w-]+')+/g

/** Each list of string literals in the product, as its sorted members. */
const written = ['src', 'dashboard'].flatMap((folder) =>
  sourcesIn(path.join(root, folder)).flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(list)].map(([found]) => ({
      file: path.relative(root, file),
      members: membersOf([...found.matchAll(/'([\w-]+)'/g)].flatMap(([, member]) => member ?? [])),
    })),
  ),
)

describe('the enumerations of the domain', async () => {
  const enumerations = (await Promise.all(sourcesIn(domain).map(readEnumerations))).flat()

  it.each(enumerations)('write $name once', ({ file, values }) => {
    const places = written.filter(({ members }) => members === membersOf(values))
    const elsewhere = places.filter((place) => place.file !== file)
    expect(elsewhere).toEqual([])
    expect(places.length).toBeLessThanOrEqual(1)
  })
})

describe('the units of time', () => {
  // A minute, an hour and a day in milliseconds, as a product or as one number.
  const unit = /(?<![\w.])(?:60_?000|3_?600_?000|86_?400_?000|60 \* 1_?000)(?!\w)/

  it('are written in milliseconds in one file', () => {
    const places = ['src', 'dashboard']
      .flatMap((folder) => sourcesIn(path.join(root, folder)))
      .filter((file) => unit.test(readFileSync(file, 'utf8')))
    expect(places.map((file) => path.relative(root, file))).toEqual([])
  })
})

async function readEnumerations(file: string) {
  const module: Record<string, unknown> = await import(file)
  return Object.entries(module).flatMap(([name, values]) =>
    Array.isArray(values) ? [{ name, file: path.relative(root, file), values: values.map(String) }] : [],
  )
}

function membersOf(values: readonly string[]): string {
  return values.toSorted().join(' ')
}

function sourcesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file))
    .map((file) => path.join(folder, file))
}
