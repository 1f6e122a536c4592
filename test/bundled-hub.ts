/**
 * The hub as one module for tests inside workerd. A runtime asks for its modules one at a time, and
 * every test file has a runtime of its own: hundreds of small modules take seconds, one takes none.
 */
import { globSync } from 'node:fs'
import path from 'node:path'
import { build, type Plugin } from 'vite'

const bundleId = '\0bundled-hub'

/**
 * Bundles every module of a folder together. A test that imports one of them gets it out of the
 * bundle, so that it shares the state of that module with the Worker.
 * @param folder the absolute path of the hub's source.
 */
export function bundledHub(folder: string): Plugin {
  const modules = globSync('**/*.ts', { cwd: folder }).map((file) => path.join(folder, file))
  const nameOf = new Map(modules.map((file, index) => [file, `module${index}`]))
  let bundling: Promise<Bundle> | undefined
  return {
    name: 'bundled-hub',
    enforce: 'pre',
    resolveId: (id) => (id === bundleId ? id : undefined),
    async load(id) {
      const name = nameOf.get(id)
      if (name === undefined && id !== bundleId) return undefined
      const bundle = await (bundling ??= bundleAll(nameOf))
      if (name === undefined) return { code: bundle.code, map: bundle.map }
      return reexport(name, bundle.exports.get(id) ?? [])
    },
  }
}

interface Bundle {
  code: string
  map: string
  /** The names that each module exports. */
  exports: Map<string, string[]>
}

/** @param nameOf the name of each module in the bundle, by its path. */
async function bundleAll(nameOf: ReadonlyMap<string, string>): Promise<Bundle> {
  const entry = '\0all-modules'
  const output = await build({
    configFile: false,
    logLevel: 'warn',
    plugins: [
      {
        name: 'all-modules',
        resolveId: (id) => (id === entry ? id : undefined),
        load: (id) =>
          id === entry
            ? [...nameOf].map(([file, name]) => `export * as ${name} from '${file}'`).join('\n')
            : undefined,
      },
    ],
    build: {
      ssr: true,
      write: false,
      sourcemap: true,
      // Dependencies stay apart: tests import some of them, too, and compare their classes.
      rolldownOptions: {
        input: entry,
        external: [/^cloudflare:/, /\.wasm$/],
        output: { codeSplitting: false },
        // A constant that is written where it is used would be no export any more.
        optimization: { inlineConst: false },
      },
    },
  })
  const [chunk] = [output].flat().flatMap((result) => ('output' in result ? result.output : []))
  if (chunk?.type !== 'chunk') throw new Error('The hub was not bundled into one module.')
  const exports = Object.entries(chunk.modules).map(
    ([id, { renderedExports }]) => [id, renderedExports] as const,
  )
  return { code: chunk.code, map: chunk.map?.toString() ?? '', exports: new Map(exports) }
}

/** The source of a module that hands on what a module of the bundle exports. */
function reexport(name: string, exports: readonly string[]): string {
  const lines = exports.map((exported) =>
    exported === 'default'
      ? `export default ${name}.default`
      : `export const ${exported} = ${name}.${exported}`,
  )
  return [`import { ${name} } from '${bundleId}'`, ...lines].join('\n')
}
