/** Words of the tokens page. */
import { ago, count, day } from '../format.ts'

export const words = {
  title: 'Tokens',
  lede: 'What your tools send to this hub in place of a provider’s key. One for each tool can be limited, and revoked, alone.',
  add: 'Make a token',
  emptyTitle: 'No token yet',
  empty:
    'A token is what your tools send to this hub in place of a provider’s key. Make one for each tool, so that you can revoke it alone.',
  name: 'Name',
  restrict: 'Limit what it may do',
  budgetHint:
    'Requests are refused when it is spent. It counts models with a known price; days and months are UTC’s.',
  limitsHint: 'Counted for this token alone, whichever key serves it.',
  models: 'Models that it may use',
  modelsHint:
    'One in each line: a route, provider/model, or a beginning with a star, as in groq/*. Empty allows all.',
  expiresAt: 'Last day',
  expiresHint: 'It is good until the end of this day. Empty never ends.',
  wait: 'Seconds to wait for a slot',
  waitHint: 'How long a request waits when every key rests, unless it says otherwise. Empty answers at once.',
  edit: 'Edit',
  editTitle: (name: string) => `Edit “${name}”`,
  save: 'Save',
  changed: (name: string) => `The token “${name}” was changed.`,
  expired: 'expired',
  waits: (seconds: number) => `waits up to ${seconds} s`,
  allowed: (models: string[]) =>
    models.length > 3
      ? `${count(models.length, { one: 'model', other: 'models' })} allowed`
      : `only ${models.join(', ')}`,
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
