/** Words of the connect page. */
export const words = {
  title: 'Connect',
  lede: 'Point any OpenAI client at this address, with a token of this hub as its key.',
  address: 'Base URL',
  language: 'Snippet for',
  languages: { curl: 'curl', python: 'Python', javascript: 'JavaScript' },
  copySnippet: 'Copy the snippet',
  copyAddress: 'Copy the base URL',
  makeToken: 'Make a token',
  tokenHint: 'The snippet reads your token from the environment variable',
}
