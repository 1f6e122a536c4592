/** Words of the tokens page. */
import { ago, day } from '../format.ts'

export const words = {
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
  lastUsed: (at: string, now: number) => `used ${ago(Date.parse(at), now)}`,
  madeOn: (at: string) => `made ${day(Date.parse(at))}`,
  expires: (at: string) => `expires ${day(Date.parse(at))}`,
}
