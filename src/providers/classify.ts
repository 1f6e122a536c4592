/**
 * Whose fault it was. A provider's answer goes in, a `Fault` comes out, and with it who rests and until when. Pure, and it never
 * throws: a wrong verdict harms somebody, so what nobody understands is `unknown` and harms no one.
 */
import type { Complaint } from '../chat/events.ts'
import type { Blame, Fault } from '../errors.ts'
import { AddressError } from '../http/safe-fetch.ts'
import { knownReset } from './calendar.ts'
import { commonRules, meaningOfStatus } from './common-rules.ts'
import { errorStatus } from './error-status.ts'
import type { ErrorRule, Provider } from './provider.ts'
import { redact } from './redact.ts'
import { type HeaderList, statedPeriod, statedReset } from './stated-reset.ts'

export interface FailedAnswer {
  provider: Provider
  /** The HTTP status; a good one where the error stood in the body or came in the middle of a stream. */
  status: number
  headers: Headers | ReadonlyMap<string, string> | Readonly<Record<string, string>>
  complaint: Complaint
  /** Milliseconds since the epoch. */
  now: number
  /** The key that the call was made with, so that it can be taken out of what is kept. */
  secret?: string
}

/** What went wrong, who is to blame, and when the thing blamed may be used again. */
export function classify({ provider, status, headers, complaint, now, secret }: FailedAnswer): Fault {
  const said = errorStatus(status, complaint)
  const matches = (rule: ErrorRule) => ruleMatches(rule, said, complaint)
  const meaning =
    provider.errors?.find(matches) ?? commonRules.find(matches) ?? meaningOfStatus(said, provider)

  const clean = (text: string) => redact(text, secret)
  const fault: Fault = { blame: meaning.blame, verdict: meaning.verdict, message: clean(complaint.message) }
  if (said !== undefined) fault.status = said
  if (complaint.code !== undefined) fault.code = clean(complaint.code)
  if (complaint.type !== undefined) fault.type = clean(complaint.type)
  if (complaint.param !== undefined) fault.param = clean(complaint.param)
  if (!rests(meaning.blame)) return fault

  const list = listOf(headers)
  const period = meaning.period ?? statedPeriod(list, complaint)
  const retryAt = statedReset(status, list, complaint, now) ?? knownReset(period, provider.resets ?? {}, now)
  if (period !== undefined) fault.period = period
  if (retryAt !== undefined) fault.retryAt = Math.ceil(retryAt)
  if (fault.verdict === 'rate-limited') fault.verdict = rateVerdict(period)
  return fault
}

/** The fault of a call that brought no answer: the network's, or a timeout's. @param secret the key that the call was made with. */
export function faultOfException(thrown: unknown, secret?: string): Fault {
  if (thrown instanceof AddressError) {
    // The address was not called, and says nothing about whoever would have answered.
    const message = `The provider was not called: its address ${thrown.message}.`
    return { blame: 'unknown', verdict: thrown.verdict, message }
  }
  const { name, message } = thrown instanceof Error ? thrown : { name: '', message: String(thrown) }
  if (name === 'TimeoutError' || /timed? ?out/i.test(message)) {
    return { blame: 'provider', verdict: 'timeout', message: 'The provider did not answer in time.' }
  }
  return {
    blame: 'provider',
    verdict: 'unreachable',
    message: redact(`The provider could not be reached: ${message}`, secret),
  }
}

/** Whether anything rests for this blame for some time. A key is put to rest until somebody restores it. */
function rests(blame: Blame): boolean {
  return blame === 'account' || blame === 'model' || blame === 'provider'
}

function rateVerdict(period: Fault['period']): string {
  if (period === 'day') return 'daily-quota'
  return period === 'month' ? 'monthly-quota' : 'rate-limited'
}

function ruleMatches(rule: ErrorRule, status: number | undefined, complaint: Complaint): boolean {
  return (
    (rule.status === undefined || (status !== undefined && [rule.status].flat().includes(status))) &&
    (rule.code === undefined || textMatches(rule.code, complaint.code)) &&
    (rule.type === undefined || textMatches(rule.type, complaint.type)) &&
    (rule.message === undefined || rule.message.test(complaint.message)) &&
    (rule.body === undefined || rule.body(complaint))
  )
}

function textMatches(condition: string | RegExp, text: string | undefined): boolean {
  if (text === undefined) return false
  return typeof condition === 'string' ? condition === text : condition.test(text)
}

function listOf(headers: FailedAnswer['headers']): HeaderList {
  const entries =
    headers instanceof Headers || headers instanceof Map ? [...headers] : Object.entries(headers)
  return entries.map(([name, value]) => [name.toLowerCase(), value])
}
