/**
 * The page that the address leads to. The one before stays until it is there, and what keeps it
 * away is said in its place.
 */
import { type ComponentType, type ComponentChildren } from 'preact'
import { useErrorBoundary, useLayoutEffect, useState } from 'preact/hooks'
import type { Person } from '../api.ts'
import { Page as PageFrame } from '../parts/page.tsx'
import { type Page, type PageProps, pages } from '../pages/index.ts'
import { readScroll } from '../state/address.ts'
import { findPage } from '../state/find-page.ts'
import { text } from '../text.ts'

export function PageView({ path, person }: { path: string; person: Person }) {
  const found = findPage(pages, path, person.role)
  switch (found.type) {
    case 'page':
      return <LoadedPage page={found.page} params={found.params} path={path} person={person} />
    case 'admin-only':
      return <PageFrame title={text.adminOnly.title} lede={text.adminOnly.lede} children={<WayBack />} />
    case 'not-found':
      return <PageFrame title={text.notFound.title} lede={text.notFound.lede} children={<WayBack />} />
  }
}

type Shown =
  | { type: 'loading' }
  | { type: 'broken' }
  | { type: 'shown'; path: string; View: ComponentType<PageProps>; params: Record<string, string> }

interface LoadedPageProps extends PageProps {
  page: Page
  path: string
}

function LoadedPage({ page, params, path, person }: LoadedPageProps) {
  const [shown, setShown] = useState<Shown>({ type: 'loading' })
  useLayoutEffect(() => {
    let overtaken = false
    const show = async (): Promise<void> => {
      const loaded = await page.load().catch(() => undefined)
      if (overtaken) return
      if (!loaded) return setShown({ type: 'broken' })
      setShown({ type: 'shown', path, View: loaded.default, params })
    }
    void show()
    return () => {
      overtaken = true
    }
    // The path says which page it is, and all of its parameters.
  }, [path])

  const shownPath = shown.type === 'shown' ? shown.path : undefined
  // Who comes back goes on where they were; what was read before is drawn at once.
  useLayoutEffect(() => {
    if (shownPath !== undefined) window.scrollTo(0, readScroll())
  }, [shownPath])

  switch (shown.type) {
    case 'loading':
      return (
        <p class="page-loading late" role="status">
          {text.frame.loading(page.name)}
        </p>
      )
    case 'broken':
      return <BrokenPage lede={text.brokenPage.lede} />
    case 'shown': {
      const { View } = shown
      return (
        <Guarded key={shown.path}>
          <View params={shown.params} person={person} />
        </Guarded>
      )
    }
  }
}

/** A fault in one page leaves the frame standing. */
function Guarded({ children }: { children: ComponentChildren }) {
  const [fault] = useErrorBoundary((error: unknown) => console.error(error))
  return fault ? <BrokenPage lede={text.brokenPage.failed} /> : <>{children}</>
}

function BrokenPage({ lede }: { lede: string }) {
  return (
    <PageFrame title={text.brokenPage.title} lede={lede}>
      <button type="button" class="button primary" onClick={() => location.reload()}>
        {text.brokenPage.reload}
      </button>
    </PageFrame>
  )
}

function WayBack() {
  return (
    <p>
      <a class="button" href="/">
        {text.notFound.back}
      </a>
    </p>
  )
}
