/**
 * Keeps secrets out of the build: they are read from the one `.dev.vars`, which its owner alone can
 * read.
 */
import type { Plugin } from 'vite'

export const withoutSecrets = {
  name: 'without-secrets',
  enforce: 'post',
  generateBundle(_options: unknown, bundle: Record<string, unknown>) {
    for (const file of Object.keys(bundle)) if (/^\.(dev\.vars|env)/.test(file)) delete bundle[file]
  },
} satisfies Plugin
