/** Every word that the dashboard says, in one place, so that it can be said in another language. */

const locale = 'en'

const plurals = new Intl.PluralRules(locale)
const numbers = new Intl.NumberFormat(locale)
const moments = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' })
const days = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' })
const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })

function count(n: number, words: { one: string; other: string }): string {
  return `${numbers.format(n)} ${plurals.select(n) === 'one' ? words.one : words.other}`
}

/** A duration for a countdown: `1 h 5 min`, `4 min 12 s`, `9 s`. */
function duration(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000))
  const hours = Math.floor(seconds / 3600)
  const minutes = Math.floor((seconds % 3600) / 60)
  if (hours >= 48) return count(Math.floor(hours / 24), { one: 'day', other: 'days' })
  if (hours > 0) return `${hours} h ${minutes} min`
  if (minutes > 0) return `${minutes} min ${seconds % 60} s`
  return `${seconds} s`
}

function ago(at: string, now: number): string {
  const seconds = (Date.parse(at) - now) / 1000
  if (seconds > -60) return 'just now'
  if (seconds > -3600) return relative.format(Math.round(seconds / 60), 'minute')
  if (seconds > -86_400) return relative.format(Math.round(seconds / 3600), 'hour')
  return relative.format(Math.round(seconds / 86_400), 'day')
}

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
  moment: (at: string) => moments.format(new Date(at)),

  errors: {
    unreachable: 'The hub does not answer. Check your connection, and that it is running.',
    unexpected: 'The hub failed to handle this. Try again; if it persists, look at the Worker’s logs.',
    tried: 'What was tried:',
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

  claim: {
    title: 'Claim this hub',
    lede: 'Nobody lives here yet. The first account becomes its administrator, and closes registration behind itself.',
    username: 'Username',
    usernameHint: 'Letters, digits, dots, dashes and underscores.',
    password: 'Password',
    passwordHint: 'At least 8 characters. A password manager’s suggestion is best.',
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
  },

  header: {
    title: 'Home',
    sections: 'Sections',
    keys: 'Keys',
    tokens: 'Tokens',
    tryIt: 'Try it',
    connect: 'Connect',
    signedInAs: 'Signed in as',
    logout: 'Log out',
    skip: 'Skip to content',
  },

  readiness: {
    noKeys: 'Add a first key to start.',
    shared: 'Ready, on keys that this hub shares with you.',
    ready: (usable: number, total: number) =>
      usable === total
        ? `Ready. ${count(total, { one: 'key is', other: 'keys are' })} waiting for work.`
        : `Ready. ${numbers.format(usable)} of ${count(total, { one: 'key', other: 'keys' })} can serve now.`,
    resting: (ms: number) => `Every key rests. The next one is back in ${duration(ms)}.`,
    blocked: 'No key can serve. Look at what they need below.',
    loading: 'Looking at your keys …',
  },

  steps: {
    title: 'First steps',
    key: 'Add a provider’s key',
    token: 'Make a token for your tools',
    request: 'Send a first request',
    done: 'done',
  },

  keys: {
    title: 'Keys',
    add: 'Add a key',
    emptyTitle: 'No provider key yet',
    empty:
      'A key is what a provider such as Groq, Gemini or OpenAI gave you. Add as many as you have: the hub spreads your requests over them, and rests one when its quota is used up.',
    sandbox: 'Try the sandbox instead',
    sandboxAdded: 'The sandbox is ready. It answers by itself: a good first try.',
    provider: 'Provider',
    apiKey: 'API key',
    apiKeyHint: 'Sealed on arrival. It is never shown again, only its last characters.',
    sandboxKeyHint: 'The sandbox takes any text for a key, and calls nobody.',
    keysUrl: (provider: string) => `Make a key at ${provider}`,
    newTab: '(opens in a new tab)',
    name: 'Name',
    nameHint: 'To tell it from others: “work”, “free tier”.',
    submit: 'Add the key',
    added: (masked: string) => `${masked} was added.`,
    restore: 'Restore',
    restored: (masked: string) => `${masked} is back in service.`,
    enable: 'Enable',
    enabled: (masked: string) => `${masked} is enabled.`,
    disable: 'Disable',
    disabled: (masked: string) => `${masked} is disabled.`,
    remove: 'Delete',
    removed: (masked: string) => `${masked} was deleted.`,
    /** What a button does, with what it does it to, for those who hear it alone. */
    actOn: (verb: string, masked: string) => `${verb} ${masked}`,
    removeTitle: (masked: string) => `Delete ${masked}?`,
    removeWarning: (provider: string) =>
      `Requests stop using it at once. At ${provider} the key stays valid; if it leaked, revoke it there too.`,
    removeSubmit: 'Delete the key',
    shared: 'shared with everyone',
    neverUsed: 'not used yet',
    lastUsed: (at: string, now: number) => `used ${ago(at, now)}`,
    today: (requests: number, tokens: number) =>
      `${count(requests, { one: 'request', other: 'requests' })} and ${count(tokens, { one: 'token', other: 'tokens' })} today`,
    status: {
      active: 'active',
      cooling: (ms: number) => `rests ${duration(ms)}`,
      quarantined: 'quarantined',
      disabled: 'disabled',
    },
    reason: (verdict: string) => `${verdict.replaceAll('-', ' ')}:`,
    modelRests: (model: string, ms: number) => `The model ${model} rests ${duration(ms)}.`,
  },

  tokens: {
    title: 'Tokens',
    add: 'Make a token',
    emptyTitle: 'No token yet',
    empty:
      'A token is what your tools send to this hub in place of a provider’s key. Make one for each tool, so that you can revoke it alone.',
    name: 'Name',
    nameHint: 'The tool or place that will use it: “editor”, “laptop”.',
    submit: 'Make the token',
    freshTitle: 'Copy your new token now',
    fresh: 'It is shown this once. The hub keeps only a fingerprint of it.',
    secret: 'Your token',
    stored: 'I have it',
    made: (name: string) => `The token “${name}” was made.`,
    revoke: 'Revoke',
    revoked: (name: string) => `The token “${name}” was revoked.`,
    actOn: (verb: string, name: string) => `${verb} “${name}”`,
    revokeTitle: (name: string) => `Revoke “${name}”?`,
    revokeWarning: 'Whatever uses it is refused from now on. This cannot be undone.',
    revokeSubmit: 'Revoke the token',
    neverUsed: 'never used',
    lastUsed: (at: string, now: number) => `used ${ago(at, now)}`,
    madeOn: (at: string) => `made ${days.format(new Date(at))}`,
    expires: (at: string) => `expires ${days.format(new Date(at))}`,
  },

  tryIt: {
    title: 'Try it',
    model: 'Model or route',
    routes: 'Routes',
    modelsOf: (provider: string) => provider,
    prompt: 'Prompt',
    promptPlaceholder: 'Ask anything',
    firstPrompt: 'Say hello in one sentence.',
    send: 'Send',
    stop: 'Stop',
    waiting: 'Waiting for the first word …',
    streaming: 'Answering …',
    done: 'The answer is complete.',
    stopped: 'Stopped.',
    answer: 'Answer',
    reasoning: 'Reasoning',
    silent: 'The model finished without a word.',
    facts: 'How it was served',
    provider: 'Provider',
    served: 'Model',
    attempts: 'Attempts',
    firstToken: 'First token',
    total: 'Whole answer',
    seconds: (ms: number) => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`),
    hint: 'Sent with your session through the same endpoint that your tools use.',
    noKeys: 'A route needs keys to lead to: add one first.',
    onlySandbox: 'A route needs keys to lead to: add one first. The sandbox’s models answer without.',
  },

  connect: {
    title: 'Connect',
    lede: 'Point any OpenAI client at this address, with a token of this hub as its key.',
    address: 'Base URL',
    language: 'Snippet for',
    languages: { curl: 'curl', python: 'Python', javascript: 'JavaScript' },
    copySnippet: 'Copy the snippet',
    copyAddress: 'Copy the base URL',
    tokenHint: 'The snippet reads your token from the environment variable',
  },
}
