/**
 * Words of the frame and of all pages. A page's own words are in `text/`. No other file holds any,
 * so that the dashboard can be translated.
 */
import type { Period, Unit } from '../src/domain/limits.ts'
import { count, duration, locale, moment, number } from './format.ts'

const units = {
  requests: 'Requests',
  tokens: 'Tokens',
  'input-tokens': 'Input tokens',
  'output-tokens': 'Output tokens',
  'audio-seconds': 'Audio seconds',
  money: '$',
  percent: 'Plan',
} satisfies Record<Unit, string>

const spans = {
  second: 'second',
  minute: 'minute',
  hour: 'hour',
  '5h': '5 h',
  day: 'day',
  '7d': '7 d',
  month: 'month',
} satisfies Record<Period, string>

export const text = {
  locale,
  name: 'LLM Hub',
  titled: (page: string) => `${page} · LLM Hub`,
  loading: 'Loading…',
  cancel: 'Cancel',
  retry: 'Try again',
  copy: 'Copy',
  copied: 'Copied',
  copyFailed: 'Copy failed. Select and copy it.',
  optional: 'optional',
  /** Requests without a token, where a user is named. */
  anonymous: 'Anonymous',
  /** A moment in full, for titles. */
  moment: (at: string) => moment(Date.parse(at)),

  errors: {
    unreachable: 'Can’t reach the hub. Check your connection and that it’s running.',
    unexpected: 'Something went wrong on the hub. Try again. If it keeps happening, report the request ID.',
    tried: 'Attempts:',
    requestId: 'Request ID:',
    attempt: (provider: string, model: string, verdict: string) => `${provider} · ${model}: ${verdict}`,
    retryIn: (ms: number) => `Retry in ${duration(ms)}`,
  },

  welcome: {
    headline: 'All your LLM keys behind one endpoint',
    lede: 'Keys stay encrypted here. Your tools use one endpoint that picks a key with quota left and fails over when one runs out.',
  },

  unreachable: {
    title: 'Can’t reach the hub',
  },

  notReady: {
    title: 'Finish setup',
    lede: 'Some settings are missing. Run these commands in the project folder, then check again.',
    again: 'Check again',
    checked: 'Still missing',
    copyCommand: (name: string) => `Copy command for ${name}`,
  },

  account: {
    username: 'Username',
    usernameHint: 'Letters, digits, dots, dashes and underscores',
    password: 'Password',
    passwordHint: 'At least 8 characters',
  },

  claim: {
    title: 'Create your admin account',
    lede: 'You’re the first one here. This account manages the hub. Others join by invite.',
    setupToken: 'Setup token',
    setupTokenHint: 'Printed by `npm run deploy`. Proves that you own this deployment.',
    submit: 'Create account',
  },

  join: {
    title: 'Join this hub',
    lede: 'You’ve been invited. Choose a username and password.',
    submit: 'Join',
    login: 'I already have an account',
  },

  login: {
    title: 'Welcome back',
    ended: 'Your session expired. Log in again.',
    login: 'Username or email',
    password: 'Password',
    submit: 'Log in',
    setUp: 'Set up new hub',
  },

  pages: {
    overview: 'Overview',
    playground: 'Playground',
    connect: 'Connect',
    keys: 'Keys',
    routes: 'Routes',
    route: 'Route',
    tokens: 'Tokens',
    providers: 'Providers',
    logs: 'Logs',
    log: 'Request',
    usage: 'Usage',
    settings: 'Settings',
    users: 'Users',
    audit: 'Audit log',
  },

  groups: { send: 'Send', pool: 'Pool', watch: 'Watch', hub: 'Hub' },

  frame: {
    pages: 'Pages',
    skip: 'Skip to content',
    signedInAs: 'Signed in as',
    logout: 'Log out',
    menu: 'Menu',
    close: 'Close',
    search: 'Search',
    searchHint: 'Go to page or action',
    theme: 'Appearance',
    themes: { system: 'System', light: 'Light', dark: 'Dark' },
    loading: (page: string) => `Loading ${page}…`,
  },

  notFound: {
    title: 'Page not found',
    lede: 'The link may be wrong, or the item was deleted.',
    back: 'Go to overview',
  },

  adminOnly: {
    title: 'Admins only',
    lede: 'Ask an admin of this hub for access.',
  },

  brokenPage: {
    title: 'Page not loaded',
    lede: 'The hub may have been updated. Reload to continue.',
    reload: 'Reload',
    failed: 'This page crashed. Reload it. If it happens again, please report it.',
  },

  palette: {
    title: 'Command menu',
    placeholder: 'Search or type a command…',
    none: 'No results',
    found: (n: number) => count(n, { one: 'result', other: 'results' }),
    page: 'Page',
    action: 'Action',
    addKey: 'Add key',
    makeToken: 'Create token',
    theme: (theme: string) => `Appearance: ${theme.toLowerCase()}`,
  },

  refusal: { overIn: 'Available again in', also: 'Also:' },

  toast: { undo: 'Undo' },

  states: {
    ready: 'Ready',
    cooling: 'Cooling down',
    quarantined: 'Quarantined',
    disabled: 'Disabled',
    'half-open': 'Recovering',
  },

  /** Meaning of each state, shown on hover. */
  stateHints: {
    ready: 'Accepting requests',
    cooling: 'Paused by a rate limit. Resumes automatically.',
    quarantined: 'Rejected by the provider. Test or restore it to use it again.',
    disabled: 'Turned off in its settings',
    'half-open': 'Sending one trial request before resuming',
  },

  bar: {
    used: (n: string) => `${n} used`,
    reserved: (n: string) => `${n} in flight`,
    left: (n: string) => `${n} left`,
    leftAtLeast: (n: string, limit: string) => `≥ ${n} of ${limit} left`,
    unlimitedAccounts: (n: number) => `${count(n, { one: 'account', other: 'accounts' })} without a limit`,
    unlimited: 'No known limit',
    resets: 'Resets in',
    /** The whole bar, for screen readers. */
    said: (parts: string[]) => parts.join(', '),
    window: (unit: Unit, per: Period) => `${units[unit]} per ${spans[per]}`,
  },

  whose: {
    mine: 'Mine',
    everyone: 'Everyone',
  },

  table: {
    more: (n: number) => `Show ${number(n)} more`,
    shown: (n: number, total: number) => `Showing ${number(n)} of ${number(total)}`,
    scroll: (caption: string) => `${caption}, scrolls sideways`,
  },

  span: {
    custom: 'Custom range',
    from: 'From',
    to: 'To',
    hint: 'In your time zone. Leave “To” empty for now.',
    problems: {
      missing: 'Enter a start.',
      'not-a-time': 'Enter a date and time.',
      'in-the-future': 'Start can’t be in the future.',
      'not-after': 'End must be after start.',
      'too-long': (days: number) => `Choose ${number(days)} days or less.`,
    },
  },

  chart: {
    asTable: 'View as table',
    time: 'Time',
  },
}
