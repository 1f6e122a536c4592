/** Words of the settings page. */
import { ago, count, day, number } from '../format.ts'

export const words = {
  title: 'Settings',
  lede: 'Your account, and for administrators the hub itself.',
  saved: 'Saved.',
  save: 'Save',

  profile: 'Profile',
  username: 'Username',
  usernameHint: 'What you log in with. A username or an e-mail is enough.',
  email: 'E-mail',
  profileSaved: 'Your profile was saved.',

  password: 'Password',
  oldPassword: 'Present password',
  newPassword: 'New password',
  newPasswordHint: 'At least 8 characters. Every other session of yours ends with the change.',
  changePassword: 'Change the password',
  passwordChanged: 'Your password was changed, and every other session ended.',

  appearance: 'Appearance',
  appearanceHint: 'Kept in this browser alone.',

  transcripts: 'Prompts and answers',
  transcriptsOff: 'The log holds nothing of what you ask and are answered.',
  transcriptsOn: 'What you ask and are answered is kept for you. It stands with each request in the log.',
  transcriptsHint:
    'Kept are the newest 200 requests for 7 days, encrypted, for you alone: administrators do not see them.',
  keepTranscripts: 'Keep mine from now on',
  stopTranscripts: 'Stop, and delete them',
  stopTranscriptsTitle: 'Delete what is kept?',
  stopTranscriptsWarning:
    'All prompts and answers that are kept for you are deleted at once, and no more are kept. The log itself stays.',
  transcriptsKept: 'From now on your prompts and answers are kept.',
  transcriptsGone: 'Your prompts and answers were deleted, and no more are kept.',

  sessions: 'Sessions',
  current: 'this one',
  unknownDevice: 'Unknown device',
  openedFrom: (address: string) => `from ${address}`,
  openedOn: (at: string) => `opened ${day(Date.parse(at))}`,
  seen: (at: string, now: number) => `seen ${ago(Date.parse(at), now)}`,
  end: 'End',
  endOne: (device: string) => `End the session of ${device}`,
  endOthers: 'End all others',
  endOthersTitle: 'End all other sessions?',
  endOthersWarning:
    'Whoever is logged in with your account elsewhere has to log in again. This session stays.',
  ended: 'The session was ended.',
  othersEnded: 'All other sessions were ended.',

  hub: 'This hub',
  registration: 'Registration',
  registrations: { open: 'open to everyone', closed: 'closed, but for invitations' },
  openAccess: 'Answer requests without a token',
  openAccessHint: 'Anybody who finds the address may then use what is shared.',
  openAccessPerMinute: 'Requests without a token, per minute',
  retention: 'Days that the log is kept',
  retentionHint: 'Sums of usage are kept longer.',
  expose: 'Tell clients which provider, model and key served them',
  exposeHint: 'The headers x-llm-provider, x-llm-model, x-llm-key-id and x-llm-latency-ms.',
  cors: 'Web pages that may call the hub',
  corsHint: 'One origin in each line, as in https://app.example.com. Empty allows none.',
  strategy: 'Which key is used first',
  strategyHint: 'Where neither a person nor a provider says otherwise.',
  noStrategy: 'as the hub was configured',
  hubSaved: 'The hub’s settings were saved. They hold everywhere within half a minute.',

  defaults: 'Caps',
  defaultsHint: 'Defaults apply to people and tokens that are added from now on. Others keep theirs.',
  capsOf: {
    personDefaults: { title: 'New people', hint: 'Counted over all tokens and sessions of one person.' },
    tokenDefaults: { title: 'New tokens', hint: 'Used where the owner leaves a field out.' },
    openAccessCaps: { title: 'Requests without a token', hint: 'Counted over all such requests together.' },
  },
  expiresInDays: 'Days until a token expires',
  saveOf: (title: string) => `Save: ${title}`,
  defaultsSaved: 'The caps were saved.',

  invitations: 'Invitations',
  invite: 'Invite somebody',
  invitationsEmpty: 'An invitation is a link that opens registration once, for whoever holds it.',
  note: 'For whom',
  noteHint: 'For you, to tell invitations apart.',
  role: 'They become',
  roles: { user: 'a user', admin: 'an administrator' },
  makeLink: 'Make the link',
  freshTitle: 'Copy the link now',
  fresh: 'It is shown this once, and good once. Whoever holds it can join.',
  link: 'The invitation’s link',
  sent: 'I have it',
  invited: 'The invitation was made.',
  forWhom: (note: string | null) => note ?? 'Somebody',
  states: { open: 'open', used: 'used', expired: 'over' },
  expires: (at: string) => `good until ${day(Date.parse(at))}`,
  usedOn: (at: string) => `used ${day(Date.parse(at))}`,
  takeBack: 'Take back',
  removeIt: 'Remove',
  actOn: (verb: string, name: string) => `${verb}: ${name}`,
  takenBack: 'The invitation was taken back.',

  vault: 'Encryption of provider keys',
  vaultHint:
    'Provider keys are sealed with the master key. After a new one was put before the old in MASTER_KEY, this seals everything anew; nothing stands still meanwhile.',
  rotate: 'Check, and seal anew what is older',
  rotating: (done: number, left: number) => `${number(done)} sealed anew, ${number(left)} left …`,
  rotated: (current: string, done: number) =>
    done === 0
      ? `Everything is sealed with the newest key, ${current}.`
      : `${count(done, { one: 'entry was', other: 'entries were' })} sealed anew with ${current}.`,
  retired: (keys: string[]) => `Nothing needs these older keys any more: ${keys.join(', ')}.`,
  stuck: (n: number) =>
    `${count(n, { one: 'entry does', other: 'entries do' })} not open with any key of this hub. Whoever entered them enters them again, or removes them:`,
  stuckOne: (what: string, id: string, problem: string) =>
    `${what} ${id}: ${problem === 'altered' ? 'it was altered' : 'its master key is missing'}`,
}
