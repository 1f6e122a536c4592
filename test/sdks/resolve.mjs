/** Makes imports of the walk's packages find the pinned ones, and not those of the lock file. */
import { registerHooks } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

/**
 * @param {string} folder what `installPinned` gave.
 * @param {string[]} packages whose imports from the walk's own files are to be found there.
 */
export function resolveFrom(folder, packages) {
  const parentURL = pathToFileURL(path.join(folder, 'index.js')).href
  const own = pathToFileURL(import.meta.dirname).href
  registerHooks({
    resolve(specifier, context, next) {
      const isPinned = packages.some((name) => specifier === name || specifier.startsWith(`${name}/`))
      const isOwn = context.parentURL?.startsWith(own)
      return next(specifier, isPinned && isOwn ? { ...context, parentURL } : context)
    },
  })
}
