/** Builds the Worker and the dashboard together, and serves both with hot reload in `npm run dev`. */
import path from 'node:path'
import { cloudflare } from '@cloudflare/vite-plugin'
import { preact } from '@preact/preset-vite'
import { defineConfig, type Plugin } from 'vite'

const root = path.join(import.meta.dirname, '..')

/** Keeps secrets out of the build: they are read from the one `.dev.vars`, which its owner alone can read. */
const withoutSecrets: Plugin = {
  name: 'without-secrets',
  enforce: 'post',
  generateBundle(_options, bundle) {
    for (const file of Object.keys(bundle)) if (/^\.(dev\.vars|env)/.test(file)) delete bundle[file]
  },
}

export default defineConfig({
  root: import.meta.dirname,
  build: { outDir: path.join(root, 'dist'), emptyOutDir: true },
  environments: {
    client: {
      build: {
        rolldownOptions: {
          output: {
            // What pages share is one file: a dozen small ones reach a phone later than one of their size together. Charts are apart, for those pages that have one.
            codeSplitting: {
              groups: [{ name: 'shared', test: /^(?!.*(?:time-series|plot)\.tsx?$)/, minShareCount: 3 }],
            },
          },
        },
      },
    },
  },
  plugins: [
    preact(),
    cloudflare({
      configPath: path.join(root, 'wrangler.toml'),
      persistState: { path: path.join(root, '.wrangler/state') },
    }),
    withoutSecrets,
  ],
})
