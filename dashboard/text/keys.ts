/** Words of the keys page. */
import { ago, count } from '../format.ts'

export const words = {
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
  lastUsed: (at: string, now: number) => `used ${ago(Date.parse(at), now)}`,
  today: (requests: number, tokens: number) =>
    `${count(requests, { one: 'request', other: 'requests' })} and ${count(tokens, { one: 'token', other: 'tokens' })} today`,
  reason: (verdict: string) => `${verdict.replaceAll('-', ' ')}:`,
  /** Before how long. */
  modelRests: (model: string) => `The model ${model} rests`,
}
