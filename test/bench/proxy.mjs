/**
 * What the hub is compared with: the least that a Worker between a client and a provider can do.
 */
export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url)
    if (!pathname.startsWith('/fallback/')) return fetch(env.UPSTREAM + pathname, request)
    // Two calls are the least that a fallback can do.
    const { method, headers } = request
    const body = await request.arrayBuffer()
    const call = (path) => fetch(env.UPSTREAM + path, { method, headers, body })
    const first = await call(pathname.replace('/fallback/', '/refuse/'))
    if (first.ok) return first
    await first.text()
    return call(pathname.replace('/fallback/', '/json/'))
  },
}
