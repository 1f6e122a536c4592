/**
 * The pages of the dashboard: their addresses, names and places in the navigation. Each is loaded
 * when it is first gone to. A page is added here, in `pages/<page>.tsx` and in `text/<page>.ts`,
 * and nowhere else: README.md.
 */
import type { ComponentType } from 'preact'
import type { Person } from '../api.ts'
import type { IconName } from '../parts/icon.tsx'
import { text } from '../text.ts'

/** What every page is given: the parts of its address that were left open, and who looks. */
export interface PageProps {
  params: Record<string, string>
  person: Person
}

export interface Page {
  /** Its address; a part that begins with `:` is left open, as in `/logs/:id`. */
  path: string
  /** What it is called in the navigation and in the window's title. */
  name: string
  icon: IconName
  /** Its place in the navigation; absent where it is only gone to from another page. */
  group?: keyof typeof text.groups
  /** Stands in the bar at the bottom of a phone's screen. */
  main?: true
  /** Only for administrators of the hub. */
  admin?: true
  load: () => Promise<{ default: ComponentType<PageProps> }>
}

export const pages: readonly Page[] = [
  {
    path: '/',
    name: text.pages.overview,
    icon: 'overview',
    group: 'send',
    main: true,
    load: () => import('./overview.tsx'),
  },
  {
    path: '/playground',
    name: text.pages.playground,
    icon: 'playground',
    group: 'send',
    main: true,
    load: () => import('./playground.tsx'),
  },
  {
    path: '/connect',
    name: text.pages.connect,
    icon: 'connect',
    group: 'send',
    load: () => import('./connect.tsx'),
  },
  {
    path: '/keys',
    name: text.pages.keys,
    icon: 'keys',
    group: 'pool',
    main: true,
    load: () => import('./keys.tsx'),
  },
  {
    path: '/routes',
    name: text.pages.routes,
    icon: 'routes',
    group: 'pool',
    load: () => import('./routes.tsx'),
  },
  {
    path: '/routes/:name',
    name: text.pages.route,
    icon: 'routes',
    load: () => import('./routes/route-page.tsx'),
  },
  {
    path: '/providers',
    name: text.pages.providers,
    icon: 'providers',
    group: 'pool',
    load: () => import('./providers.tsx'),
  },
  {
    path: '/tokens',
    name: text.pages.tokens,
    icon: 'tokens',
    group: 'pool',
    load: () => import('./tokens.tsx'),
  },
  {
    path: '/logs',
    name: text.pages.logs,
    icon: 'logs',
    group: 'watch',
    main: true,
    load: () => import('./logs.tsx'),
  },
  {
    path: '/logs/:id',
    name: text.pages.log,
    icon: 'logs',
    load: () => import('./logs/request-page.tsx'),
  },
  {
    path: '/usage',
    name: text.pages.usage,
    icon: 'usage',
    group: 'watch',
    load: () => import('./usage.tsx'),
  },
  {
    path: '/settings',
    name: text.pages.settings,
    icon: 'settings',
    group: 'hub',
    load: () => import('./settings.tsx'),
  },
  {
    path: '/users',
    name: text.pages.users,
    icon: 'users',
    group: 'hub',
    admin: true,
    load: () => import('./users.tsx'),
  },
  {
    path: '/audit',
    name: text.pages.audit,
    icon: 'audit',
    group: 'hub',
    admin: true,
    load: () => import('./audit.tsx'),
  },
]
