/**
 * The ways to the pages: by group at the side or in the drawer, and the most used ones at the
 * bottom of a phone's screen.
 */
import type { Person } from '../api.ts'
import { Icon } from '../parts/icon.tsx'
import { type Page, pages } from '../pages/index.ts'
import { text } from '../text.ts'

interface NavigationProps {
  path: string
  person: Person
}

export function Navigation({ path, person }: NavigationProps) {
  const groups = Map.groupBy(pagesFor(person), ({ group }) => group)
  return (
    <nav class="navigation" aria-label={text.frame.pages}>
      {[...groups].map(
        ([group, members]) =>
          group && (
            <ul key={group} aria-label={text.groups[group]}>
              {members.map((page) => (
                <li key={page.path}>
                  <PageLink page={page} path={path} />
                </li>
              ))}
            </ul>
          ),
      )}
    </nav>
  )
}

export function Bottom({ path, person, onMenu }: NavigationProps & { onMenu: () => void }) {
  return (
    <nav class="bottom" aria-label={text.frame.pages}>
      {pagesFor(person)
        .filter(({ main }) => main)
        .map((page) => (
          <PageLink key={page.path} page={page} path={path} />
        ))}
      <button type="button" aria-haspopup="dialog" onClick={onMenu}>
        <Icon name="menu" />
        {text.frame.menu}
      </button>
    </nav>
  )
}

function PageLink({ page, path }: { page: Page; path: string }) {
  return (
    <a
      href={page.path}
      aria-current={isIn(page, path) ? 'page' : undefined}
      // By the time it is clicked, the page is there.
      onPointerEnter={() => void page.load().catch(() => {})}
    >
      <Icon name={page.icon} />
      {page.name}
    </a>
  )
}

/** A page is where one is also on what it leads to: `/logs` on `/logs/req_1`. */
function isIn({ path: own }: Page, path: string): boolean {
  return path === own || (own !== '/' && path.startsWith(`${own}/`))
}

/** The pages of the navigation that a person may see. */
export function pagesFor(person: Person): Page[] {
  return pages.filter(({ group, admin }) => group !== undefined && (!admin || person.role === 'admin'))
}
