/**
 * Who is asking. Callers with a token are kept in the isolate, so that a warm request asks no
 * database; what is kept here may be old, which is why a lease brings the owner's epoch, and
 * `renewCaller` is called where it differs.
 */
import { BoundedMap } from '../isolate/bounded-map.ts'
import { minuteMs } from '../domain/time.ts'
import {
  type Configuration,
  findToken,
  readConfiguration,
  readEpoch,
  type TokenRecord,
} from '../db/configuration.ts'
import { findSession, type StoredSession, touchSession } from '../db/sessions.ts'
import type { Env } from '../env.ts'
import { HubError } from '../errors.ts'
import { noAddress } from '../http/client-address.ts'
import { hashToken, isToken } from './gateway-tokens.ts'
import { loadOpenCaller, noCredential } from './open-access.ts'
import { decidePass, type Rate, withoutPast } from './rate-limit.ts'
import { noteRefusedSession } from './refused-sessions.ts'
import { type SessionClaims, standingOf, verifySession } from './sessions.ts'

export interface Caller {
  configuration: Configuration
  /** The gateway token that was presented, with its hash; null for the session of a person. */
  token: (TokenRecord & { hash: string }) | null
  /** The session that was presented; null for a token. Who has neither came by open access. */
  session: PresentedSession | null
  /** When the configuration was read, in milliseconds since the epoch. */
  readAt: number
}

/** A session that is alive, and how the token that was presented stands to it. */
export interface PresentedSession extends StoredSession {
  standing: 'newest' | 'previous'
}

/** What a request brings to say who asks, and where it came from. */
export interface Presented {
  credential: string | undefined
  address: string
}

/**
 * Bounds of the isolate's memory of tokens: known ones hold a configuration, unknown ones only
 * their hash.
 */
const maxKnown = 2_000
const maxUnknown = 10_000

/**
 * After this the configuration is read again behind a request. It bounds how old things of the
 * whole hub may be (its routes, its settings); nothing about credentials depends on it.
 */
const renewAfterMs = 30_000
/** A session is noted as seen no more often than this: each time is a row written. */
const seenEveryMs = 5 * minuteMs

/**
 * Tokens that nobody has, from one address: each costs a read, and so an isolate looks up no more a
 * minute.
 */
const perStranger: Rate = { limit: 60, perMs: minuteMs }
/** The same where no address is known: all strangers share it, and so do owners of new tokens. */
const perUnknownStrangers: Rate = { limit: 1_200, perMs: minuteMs }
const maxStrangers = 10_000

const known = new BoundedMap<string, Caller>(maxKnown)
const unknown = new Set<string>()
/** When an address brought a token that nobody has, oldest first. */
const strangers = new BoundedMap<string, number[]>(maxStrangers)
const renewing = new Set<string>()

/** Whether this isolate knows callers, and so may serve without asking the database. */
export function knowsCallers(): boolean {
  return known.size > 0
}

/**
 * The caller that presents this credential: a gateway token or a session token.
 * @throws {HubError} UNAUTHORIZED, with the same message whatever is wrong with it.
 */
export async function identifyCaller(
  env: Env,
  { credential, address }: Presented,
  now: number,
  background: (work: Promise<unknown>) => void,
): Promise<Caller> {
  if (!credential) throw noCredential()
  if (!credential.startsWith('llm_')) return identifySession(env, { credential, address }, now, background)
  if (!isToken(credential)) throw invalid()
  const hash = await hashToken(credential)
  const caller = known.get(hash) ?? (await loadUnseen(env, hash, address, now))
  if (caller.token?.expiresAt && caller.token.expiresAt <= now) throw invalid()
  if (now - caller.readAt > renewAfterMs && !renewing.has(hash)) {
    renewing.add(hash)
    background(
      renewCaller(env, caller, now).then(
        () => renewing.delete(hash),
        () => renewing.delete(hash),
      ),
    )
  }
  return caller
}

/**
 * The same caller as D1 knows them now.
 * @throws {HubError} UNAUTHORIZED when the token, the session or the user is no more.
 */
export async function renewCaller(env: Env, caller: Caller, now: number): Promise<Caller> {
  if (caller.token) {
    known.delete(caller.token.hash)
    return loadToken(env, caller.token.hash, now)
  }
  if (!caller.session) return loadOpenCaller(env, now)
  const { id, userId, generation } = caller.session
  return loadSession(env, { sessionId: id, userId, generation }, now)
}

/**
 * The same caller, sure to be as D1 knows them, for what is answered without a lease that would
 * tell. Costs one row.
 * @throws {HubError} UNAUTHORIZED as `renewCaller` does.
 */
export async function confirmCaller(env: Env, caller: Caller, now: number): Promise<Caller> {
  const { user, epoch } = caller.configuration
  return (await readEpoch(env.DB, user.id)) === epoch ? caller : renewCaller(env, caller, now)
}

/**
 * Looks a token up that this isolate has not seen, unless its sender has brought too many that
 * nobody has.
 */
async function loadUnseen(env: Env, hash: string, address: string, now: number): Promise<Caller> {
  if (unknown.has(hash)) throw invalid()
  const rate = address === noAddress ? perUnknownStrangers : perStranger
  const times = withoutPast(strangers.get(address) ?? [], rate, now)
  const pass = decidePass(times, rate, now)
  if (pass.type === 'refused') {
    throw new HubError('RATE_LIMIT_EXCEEDED', 'Too many invalid tokens from this address. Try again later.', {
      retryAt: pass.retryAt,
    })
  }
  // Counted before the look-up, so that parallel ones cannot pass together, and taken back where
  // one is found.
  strangers.set(address, [...times, now])
  const caller = await loadToken(env, hash, now)
  const counted = strangers.get(address) ?? []
  strangers.set(address, counted.toSpliced(counted.indexOf(now), 1))
  return caller
}

async function loadToken(env: Env, hash: string, now: number): Promise<Caller> {
  // A token is random and made before it is known to anyone: what was unknown once stays unknown.
  if (unknown.has(hash)) throw invalid()
  const found = await findToken(env.DB, hash)
  if (!found) {
    remember(unknown, hash, maxUnknown)
    throw invalid()
  }
  // An owner who is disabled may be enabled again: that is not remembered.
  if (!found.configuration) throw invalid()
  const caller: Caller = {
    configuration: found.configuration,
    token: { ...found.token, hash },
    session: null,
    readAt: now,
  }
  known.set(hash, caller)
  return caller
}

async function identifySession(
  env: Env,
  { credential, address }: { credential: string; address: string },
  now: number,
  background: (work: Promise<unknown>) => void,
): Promise<Caller> {
  const refuse = (why: Parameters<typeof noteRefusedSession>[1]): HubError => {
    background(noteRefusedSession(env, why, address, now))
    return invalid()
  }
  const verified = await verifySession(env, credential, now)
  switch (verified.type) {
    case 'foreign':
      throw invalid()
    case 'expired':
    case 'forged':
      throw refuse(verified.type)
    case 'valid': {
      const caller = await loadSession(env, verified.claims, now, refuse)
      const { id, lastSeenAt } = caller.session
      if (now - (lastSeenAt ?? 0) >= seenEveryMs) background(touchSession(env.DB, id, now))
      return caller
    }
  }
}

/** @param refuse makes the error for a token that was replaced longer ago than the grace. */
async function loadSession(
  env: Env,
  { sessionId, userId, generation }: SessionClaims,
  now: number,
  refuse: (why: 'superseded') => HubError = invalid,
): Promise<Caller & { session: PresentedSession }> {
  const [session, configuration] = await Promise.all([
    findSession(env.DB, sessionId, userId, now),
    readConfiguration(env.DB, userId),
  ])
  if (!session || !configuration) throw invalid()
  const standing = standingOf(generation, session, now)
  if (standing === 'superseded') throw refuse(standing)
  return { configuration, token: null, session: { ...session, standing }, readAt: now }
}

function remember(names: Set<string>, name: string, max: number): void {
  names.add(name)
  if (names.size > max) names.delete(names.values().next().value ?? '')
}

function invalid(): HubError {
  return new HubError('UNAUTHORIZED', 'Invalid, revoked or expired token.')
}
