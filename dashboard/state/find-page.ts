/** Which page an address leads to. Pure. */
import type { Role } from '../../src/domain/roles.ts'

export type Found<Page> =
  | { type: 'page'; page: Page; params: Record<string, string> }
  /** There is such a page, for administrators. */
  | { type: 'admin-only' }
  | { type: 'not-found' }

/** The page at a path, for a person of this role. The first in the list that fits. */
export function findPage<Page extends { path: string; admin?: true }>(
  pages: readonly Page[],
  path: string,
  role: Role,
): Found<Page> {
  for (const page of pages) {
    const params = matchPath(page.path, path)
    if (!params) continue
    return page.admin && role !== 'admin' ? { type: 'admin-only' } : { type: 'page', page, params }
  }
  return { type: 'not-found' }
}

/** What stands in the open parts of a pattern; undefined where a path does not fit it. */
function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = partsOf(pattern)
  const given = partsOf(path)
  if (wanted.length !== given.length) return undefined
  const params: Record<string, string> = {}
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? ''
    if (part.startsWith(':')) params[part.slice(1)] = decode(value)
    else if (part !== value) return undefined
  }
  return params
}

/** A slash at the end makes no difference. */
function partsOf(path: string): string[] {
  return path.replace(/\/$/, '').split('/')
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    // A stray "%" is taken as it stands.
    return part
  }
}
