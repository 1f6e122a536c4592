/**
 * How often a password may be tried, and an account be made. Attempts are counted per client
 * address and per account; places that the account has been entered from before have attempts of
 * their own, so that nobody can lock another out. Why, and what that leaves open, stands in
 * README.md. An attempt is counted before its password is looked at and taken back if it was right:
 * parallel ones cannot pass together.
 */
import { hourMs, minuteMs } from '../domain/time.ts'
import type { Env } from '../env.ts'
import { HubError } from '../errors.ts'
import { noAddress } from '../http/client-address.ts'
import { hashToken } from './gateway-tokens.ts'
import type { Rate } from './rate-limit.ts'
import { throttleStub } from './throttle-stub.ts'

/** From one place: more than a person mistypes, far fewer than guessing needs. */
const perPlace: Rate = { limit: 10, perMs: 15 * minuteMs }
/**
 * At one account, from all unknown places together. NIST SP 800-63B allows no more than a hundred
 * in a row.
 */
const perAccount: Rate = { limit: 100, perMs: hourMs }
/** Accounts from one address, where everyone may make one: each costs a hash. */
const perNewcomer: Rate = { limit: 30, perMs: hourMs }
/**
 * Accounts from everywhere together. It alone holds where no address is known, so that 30 requests
 * of one stranger do not close registration; invitations are not counted in it.
 */
const perHub: Rate = { limit: 1_000, perMs: hourMs }

/** Bodies from one address that a public route reads, right or wrong. Offices share addresses. */
const perStranger: Rate = { limit: 60, perMs: minuteMs }
/**
 * The same where no address is known, and all strangers share one count: one of them must not use
 * it up.
 */
const perUnknownStrangers: Rate = { limit: 1_200, perMs: minuteMs }

/** One thing that an attempt is counted under. */
export interface Bucket {
  name: string
  rate: Rate
}

export interface Attempt {
  /** The account, or a hash of the login where it names none: nothing tells the two apart. */
  account: string
  address: string
  /** The device that brought a cookie of this account. */
  device: string | undefined
  /** Whether the account has a session that was opened at this address. */
  knownAddress: boolean
}

/** What an attempt is counted under, in the order in which it is asked. Pure. */
export function bucketsOf({ account, address, device, knownAddress }: Attempt): Bucket[] {
  if (device !== undefined) return [{ name: `login-device/${device}`, rate: perPlace }]
  const isUnknown = address === noAddress
  if (knownAddress && !isUnknown) return [{ name: `login-known/${account}/${address}`, rate: perPlace }]
  // All clients share an unknown address: failures at one account must not count for the others.
  const place = isUnknown ? `${address}/${account}` : address
  // The address is asked first: who has used theirs up does not count against the account.
  return [
    { name: `login-from/${place}`, rate: perPlace },
    { name: `login-to/${account}`, rate: perAccount },
  ]
}

/** What guesses at the old password of a session are counted under. */
export function passwordBucket(sessionId: string): Bucket {
  return { name: `password/${sessionId}`, rate: perPlace }
}

/**
 * What registrations are counted under that need no invitation. The address is asked first: an
 * attempt that it refuses takes nothing from the hub's bound.
 */
export function registrationBuckets(address: string): Bucket[] {
  const ofHub = { name: 'register-hub', rate: perHub }
  return address === noAddress ? [ofHub] : [newcomerBucket(address), ofHub]
}

function newcomerBucket(address: string): Bucket {
  return { name: `register/${address}`, rate: perNewcomer }
}

/** The bucket of all bodies that strangers send from one address, counted before any is read. */
export function strangerBucket(address: string): Bucket {
  const rate = address === noAddress ? perUnknownStrangers : perStranger
  return { name: `stranger/${address}`, rate }
}

/** What attempts to use an invitation are counted under: each may ask whether a name is free. */
export function invitationBuckets(address: string, hash: string): Bucket[] {
  const ofInvitation = { name: `invitation/${hash}`, rate: perNewcomer }
  return address === noAddress ? [ofInvitation] : [newcomerBucket(address), ofInvitation]
}

/**
 * What guesses at the setup token are counted under. Where no address is known, strangers must not
 * use up its owner's attempts; the token is too long to guess at that rate.
 */
export function setupBucket(address: string): Bucket {
  return { name: `setup/${address}`, rate: address === noAddress ? perUnknownStrangers : perPlace }
}

/** What a login that names nobody is counted under, in place of an account's id. */
export function nobodyNamed(login: string): Promise<string> {
  return hashToken(login.toLowerCase())
}

/**
 * Counts an attempt.
 * @returns what takes it back again, for one that succeeded.
 * @throws {HubError} RATE_LIMIT_EXCEEDED when there have been too many; nothing is then counted.
 */
export async function beginAttempt(env: Env, buckets: Bucket[]): Promise<() => Promise<void>> {
  const taken: { name: string; at: number }[] = []
  const takeBack = async (): Promise<void> => {
    await Promise.all(taken.map(({ name, at }) => throttleStub(env, name).giveBack(at)))
  }
  for (const { name, rate } of buckets) {
    const pass = await throttleStub(env, name).take(rate)
    if (pass.type === 'refused') {
      await takeBack()
      throw new HubError('RATE_LIMIT_EXCEEDED', 'Too many attempts. Try again later.', {
        retryAt: pass.retryAt,
      })
    }
    taken.push({ name, at: pass.at })
  }
  return takeBack
}
