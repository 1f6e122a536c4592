/** Words of the page of providers. */
import { ago, count, number, share, took } from '../format.ts'

export const words = {
  title: 'Providers',
  lede: 'Who can be asked, how they are doing, and in which order the keys of each are used.',
  add: 'Add a provider',
  custom: 'Your own',
  yours: 'With keys of yours',
  others: 'All others',
  hubWide: 'for everyone on this hub',
  keys: (n: number) => count(n, { one: 'key', other: 'keys' }),
  models: (n: number) => count(n, { one: 'model', other: 'models' }),
  health: (model: string, attempts: number, errors: number) =>
    `${model}: ${count(attempts, { one: 'attempt', other: 'attempts' })} in the last hour, ${share(attempts > 0 ? 1 - errors / attempts : 1)} went well`,
  median: (ms: number) => `half within ${took(ms)}`,
  lastError: (verdict: string, at: string, now: number) =>
    `last failed ${ago(Date.parse(at), now)}: ${verdict.replaceAll('-', ' ')}`,
  strategyOf: (name: string) => `Order of keys of ${name}`,
  hubStrategy: 'the hub’s default',
  strategySaved: (name: string) => `The keys of ${name} are used in that order from now on.`,
  showModels: 'Models',
  modelsOf: (name: string) => `Models of ${name}`,
  refresh: 'Ask the provider',
  refreshHint: 'What this hub knows. The provider can be asked with one of your keys; that spends no quota.',
  keepHint:
    'The models that you named, and those that the provider listed last. Its list is kept when it is asked.',
  listed: (n: number) => `The provider lists ${count(n, { one: 'model', other: 'models' })}.`,
  modelName: 'Model',
  context: 'Context',
  price: 'Dollars per million',
  priceOf: (input: number, output: number) => `${number(input)} in, ${number(output)} out`,
  unknown: '–',
  noModels: 'None is known.',
  terms: 'What it asks and gives',
  retired: (on: string) => `Ended on ${on}. It refuses every call.`,
  publishedTable: (at: string, now: number) =>
    `Models and prices are those of models.dev, read ${ago(Date.parse(at), now)}.`,
  builtInTable: (asOf: string) =>
    `Models and prices are the built-in ones; the oldest are of ${asOf}. models.dev was not read yet.`,
  outdated: (providers: string[]) =>
    `Models and prices are older than 60 days: ${providers.join(', ')}. Update the hub, or let it reach models.dev.`,
  close: 'Close',
  edit: 'Edit',
  remove: 'Delete',
  actOn: (verb: string, name: string) => `${verb} ${name}`,
  removeTitle: (name: string) => `Delete the provider ${name}?`,
  removeWarning: 'Keys that were entered for it stay, and are of no use until it is there again.',
  removeSubmit: 'Delete the provider',
  removed: (name: string) => `The provider ${name} was deleted.`,

  editTitle: (name: string) => `Edit ${name}`,
  id: 'Id',
  idHint: 'Stands before the model: “my-box/llama-3”. It cannot be changed later.',
  name: 'Name',
  baseUrl: 'Base URL',
  baseUrlHint: 'Up to the part that the dialect appends: https://example.com/v1',
  otherHost:
    'At another base URL its keys are not used until you enter them again, and its headers are dropped.',
  dialect: 'It speaks',
  dialects: {
    'openai-chat': 'OpenAI chat',
    'openai-responses': 'OpenAI Responses',
    anthropic: 'Anthropic',
    gemini: 'Gemini',
    cohere: 'Cohere',
  },
  modelList: 'Models and prices',
  modelListHint:
    'One on each line, the default one first. Prices may follow, in dollars for a million tokens in and out: llama-3 0.5 1.5',
  badPrice: (line: string) => `“${line}” is not a model, or a model with two prices of zero or more.`,
  headers: 'Headers',
  headersHint: 'Sent with every request, one on each line: “x-title: My hub”. The key is sent by itself.',
  headersNow: (names: string[]) =>
    `Sent now: ${names.join(', ')}. What they hold is not shown. What you enter takes the place of all of them.`,
  noHeaders: 'Send none of them any more',
  badHeader: (line: string) => `“${line}” is not a header: a name, a colon and a value.`,
  localServer: 'A server on this machine',
  noLocalServer: 'another one',
  keyless: 'It needs no key',
  tryTitle: 'Try it before you save',
  tryKey: 'Key for the try, kept nowhere',
  try: 'Ask for its models',
  tried: (models: string[]) =>
    models.length === 0
      ? 'It answers, and lists no models.'
      : `It answers with ${count(models.length, { one: 'model', other: 'models' })}: ${models.slice(0, 5).join(', ')}${models.length > 5 ? ', …' : ''}`,
  forHub: 'For everyone on this hub',
  save: 'Save',
  saved: (name: string) => `The provider ${name} was saved.`,
  savedWithout: (name: string, headers: string[]) =>
    `The provider ${name} was saved without its headers (${headers.join(', ')}). Enter them again for the new base URL.`,
}
