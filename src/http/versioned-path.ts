/** Routes calls of clients whose base URL lacks `/v1`, which is easily left out. */
import { getPath } from 'hono/utils/url'

/**
 * Paths that are served without `/v1`. Each is also a line of `run_worker_first` in
 * `wrangler.toml`.
 */
export const unversioned: readonly string[] = [
  '/chat/completions',
  '/responses',
  '/messages',
  '/messages/count_tokens',
  '/embeddings',
  '/models',
]

/** Returns the path by which a request is routed: `/chat/completions` is `/v1/chat/completions`. */
export function versionedPath(request: Request): string {
  const path = getPath(request)
  return unversioned.includes(path) ? `/v1${path}` : path
}
