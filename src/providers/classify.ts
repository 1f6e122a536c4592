/**
 * Turns a provider's failed answer into a `Fault`: who is to blame, and until when. Pure, and it
 * never throws. How an error is read is in `read-error.ts`.
 */
import type { Period } from '../domain/limits.ts'
import { dayMs, hourMs } from '../domain/time.ts'
import type { Complaint } from '../chat/events.ts'
import type { Blame, Fault } from '../errors.ts'
import { AddressError } from '../http/safe-fetch.ts'
import { knownReset } from './calendar.ts'
import type { Provider } from './provider.ts'
import { ReadError } from './read-error.ts'
import { redact, redactAll } from './redact.ts'
import type { Sent } from './client-words.ts'
import { type HeaderList, statedPeriod, statedReset } from './stated-reset.ts'

/** How far a time may be that only a sentence states, and that names no period, in milliseconds. */
const longestWordsMs = { provider: hourMs, other: dayMs } as const

export interface FailedAnswer {
  provider: Provider
  /**
   * The HTTP status; a good one where the error stood in the body or came in the middle of a
   * stream.
   */
  status: number
  headers: Headers | ReadonlyMap<string, string> | Readonly<Record<string, string>>
  complaint: Complaint
  /** Milliseconds since the epoch. */
  now: number
  /**
   * The key that the call was made with, and its header values: they are taken out of what is kept.
   */
  secret?: string | readonly string[]
  /** The call that failed, so that its words are not taken for the provider's. */
  sent?: Sent
}

/** What went wrong, who is to blame, and when the thing blamed may be used again. */
export function classify(failed: FailedAnswer): Fault {
  return readFailure(failed).fault
}

/**
 * The same, and the complaint in the provider's own words where it is about an account, a model or
 * the provider: of these, limits may be learned.
 */
export function readFailure(failed: FailedAnswer): { fault: Fault; own?: Complaint } {
  const { provider, status, headers, complaint, now, secret } = failed
  const error = new ReadError(failed)
  const { verdict, blame, period: rulesPeriod, doubtful } = error.meaning()

  const { message, code, type, param } = complaint
  // All at once: a secret may be spread over them.
  const [words, ...names] = redactAll([message, code ?? '', type ?? '', param ?? ''], secret)
  const fault: Fault = { blame, verdict, message: words ?? '' }
  if (error.status !== undefined) fault.status = error.status
  if (code !== undefined) fault.code = names[0] ?? ''
  if (type !== undefined) fault.type = names[1] ?? ''
  if (param !== undefined) fault.param = names[2] ?? ''
  if (doubtful) fault.doubtful = true
  if (!rests(blame)) return { fault }

  const list = listOf(headers)
  const own = error.ownComplaint()
  const period = rulesPeriod ?? statedPeriod(list, own)
  const longestMs = blame === 'provider' ? longestWordsMs.provider : longestWordsMs.other
  const stated = statedReset({ status, headers: list, complaint: own, period, longestMs }, now)
  const retryAt = stated ?? knownReset(period, provider.resets ?? {}, now)
  if (period !== undefined) fault.period = period
  if (retryAt !== undefined) fault.retryAt = Math.ceil(retryAt)
  if (fault.verdict === 'rate-limited') fault.verdict = rateVerdict(period)
  return { fault, own }
}

/**
 * The fault of a call that brought no answer: the network's, or a timeout's.
 * @param secrets the key and header values of the call.
 */
export function faultOfException(thrown: unknown, secrets?: readonly string[]): Fault {
  if (thrown instanceof AddressError) {
    // The address was not called, and says nothing about whoever would have answered.
    const message = `The provider was not called: its base URL ${thrown.message}.`
    return { blame: 'unknown', verdict: thrown.verdict, message }
  }
  const { name, message } = thrown instanceof Error ? thrown : { name: '', message: String(thrown) }
  if (name === 'TimeoutError' || /timed? ?out/i.test(message)) {
    return { blame: 'provider', verdict: 'timeout', message: 'The provider did not answer in time.' }
  }
  return {
    blame: 'provider',
    verdict: 'unreachable',
    message: redact(`The provider could not be reached: ${message}`, secrets),
  }
}

/**
 * Whether anything rests for this blame for some time. A key is put to rest until somebody restores
 * it.
 */
function rests(blame: Blame): boolean {
  return blame === 'account' || blame === 'model' || blame === 'provider'
}

/** The verdicts for quotas that last longer than an hour. */
const quotaVerdicts: Partial<Record<Period, string>> = {
  '5h': 'session-quota',
  day: 'daily-quota',
  '7d': 'weekly-quota',
  month: 'monthly-quota',
}

function rateVerdict(period: Fault['period']): string {
  return (period && quotaVerdicts[period]) ?? 'rate-limited'
}

function listOf(headers: FailedAnswer['headers']): HeaderList {
  const entries =
    headers instanceof Headers || headers instanceof Map ? [...headers] : Object.entries(headers)
  return entries.map(([name, value]) => [name.toLowerCase(), value])
}
