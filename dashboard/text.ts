/** The words of the frame and of what all pages share. Those of one page are in `text/`; no other file has any, so that all of it can be said in another language. */
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
  loading: 'Loading …',
  cancel: 'Cancel',
  retry: 'Try again',
  copy: 'Copy',
  copied: 'Copied',
  copyFailed: 'Copy it by hand',
  optional: 'optional',
  /** A moment in full, for titles. */
  moment: (at: string) => moment(Date.parse(at)),

  errors: {
    unreachable: 'The hub does not answer. Check your connection, and that it is running.',
    unexpected: 'The hub failed to handle this. Try again; if it persists, look at the Worker’s logs.',
    tried: 'What was tried:',
    requestId: 'Request id:',
    attempt: (provider: string, model: string, verdict: string) => `${provider} · ${model}: ${verdict}`,
    retryIn: (ms: number) => `It may work again in ${duration(ms)}.`,
  },

  welcome: {
    headline: 'Many keys in, one address out.',
    lede: 'Your provider keys stay here, sealed. Your tools get a single endpoint that knows which key can still serve, and moves on when one cannot.',
  },

  unreachable: {
    title: 'No answer from the hub',
  },

  notReady: {
    title: 'Almost there',
    lede: 'This hub refuses to serve until it is set up properly. Run these commands in the project’s folder, then check again.',
    again: 'Check again',
    checked: 'Still not ready.',
    copyCommand: (name: string) => `Copy the command for ${name}`,
  },

  account: {
    username: 'Username',
    usernameHint: 'Letters, digits, dots, dashes and underscores.',
    password: 'Password',
    passwordHint: 'At least 8 characters. A password manager’s suggestion is best.',
  },

  claim: {
    title: 'Claim this hub',
    lede: 'Nobody lives here yet. The first account becomes its administrator, and closes registration behind itself.',
    setupToken: 'Setup token',
    setupTokenHint: 'Printed once by npm run deploy; it proves that this deployment is yours.',
    submit: 'Create the account',
  },

  join: {
    title: 'Join this hub',
    lede: 'You have been invited. Choose what you log in with; the invitation is good once.',
    submit: 'Join',
    login: 'I have an account already',
  },

  login: {
    title: 'Welcome back',
    ended: 'Your session has ended. Log in to go on.',
    login: 'Username or e-mail',
    password: 'Password',
    submit: 'Log in',
    setUp: 'Set up a new hub',
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
    audit: 'Audit',
  },

  groups: { send: 'Send', pool: 'Pool', watch: 'Watch', hub: 'Hub' },

  frame: {
    pages: 'Pages',
    skip: 'Skip to content',
    signedInAs: 'Signed in as',
    logout: 'Log out',
    menu: 'All pages',
    close: 'Close',
    search: 'Search',
    searchHint: 'Search pages and actions',
    theme: 'Appearance',
    themes: { system: 'System', light: 'Light', dark: 'Dark' },
    loading: (page: string) => `Loading ${page} …`,
  },

  notFound: {
    title: 'Nothing here',
    lede: 'This address leads nowhere in this dashboard. It may be mistyped, or what it showed was deleted.',
    back: 'Go to the overview',
  },

  adminOnly: {
    title: 'For administrators',
    lede: 'Only an administrator of this hub can see this page. Ask one to show it to you, or to make you one.',
  },

  brokenPage: {
    title: 'This page could not be loaded',
    lede: 'The connection may be down, or the hub was updated since you opened the dashboard. Loading it anew helps in both cases.',
    reload: 'Load it anew',
    failed:
      'This page ran into a fault of its own. Loading it anew helps mostly; if it comes back, please report it.',
  },

  palette: {
    title: 'Go to a page, or do something',
    placeholder: 'Type a page or an action',
    none: 'Nothing is called that.',
    found: (n: number) => count(n, { one: 'result', other: 'results' }),
    page: 'Page',
    action: 'Action',
    addKey: 'Add a key',
    makeToken: 'Make a token',
    theme: (theme: string) => `Appearance: ${theme.toLowerCase()}`,
  },

  refusal: { overIn: 'That is over in', also: 'Also:' },

  toast: { undo: 'Undo' },

  states: {
    ready: 'ready',
    cooling: 'rests',
    quarantined: 'quarantined',
    disabled: 'disabled',
    'half-open': 'on probation',
  },

  /** What a state means, for those who ask. */
  stateHints: {
    ready: 'It serves requests.',
    cooling: 'It serves again by itself when its rest is over.',
    quarantined:
      'Its provider refused it. It serves again after a test that succeeds, or when you restore it.',
    disabled: 'You switched it off.',
    'half-open': 'Its rest is over. One request goes first; if that succeeds, it serves all again.',
  },

  bar: {
    used: (n: string) => `${n} used`,
    reserved: (n: string) => `${n} in flight`,
    left: (n: string) => `${n} left`,
    leftAtLeast: (n: string, limit: string) => `≥ ${n} of ${limit} left`,
    unlimitedAccounts: (n: number) => `${count(n, { one: 'account', other: 'accounts' })} without a limit`,
    unlimited: 'no limit known',
    resets: 'resets in',
    /** The whole bar, for those who hear it. */
    said: (parts: string[]) => parts.join(', '),
    window: (unit: Unit, per: Period) => `${units[unit]} per ${spans[per]}`,
  },

  whose: {
    mine: 'Mine',
    everyone: 'Everyone’s',
  },

  table: {
    more: (n: number) => `Show ${number(n)} more`,
    shown: (n: number, total: number) => `${number(n)} of ${number(total)} shown`,
    scroll: (caption: string) => `${caption}, scrolls sideways`,
  },

  span: {
    custom: 'From … to …',
    from: 'From',
    to: 'To',
    hint: 'In your own time. Leave the end empty to look until now.',
    problems: {
      missing: 'Say when it begins.',
      'not-a-time': 'This is not a date and time.',
      'in-the-future': 'This has not come yet: choose an earlier beginning.',
      'not-after': 'The end must lie after the beginning.',
      'too-long': (days: number) => `This is too long: ${number(days)} days can be looked at at once.`,
    },
  },

  chart: {
    asTable: 'Show as a table',
    time: 'Time',
  },
}
