/**
 * Decides whose fault an error is. Structure comes first: status, code, type, details, and the
 * fixed sentences of a vendor. Words come second, after everything that the client sent has been
 * taken out of them, and only where structure leaves a choice. Last comes the status alone.
 *
 * | structure says | words may choose |
 * | --- | --- |
 * | a field of the request (`param`, `loc`) on a 400, 404, 413 or 422 | nothing: it is the request's |
 * | a code of the request on one of these | request or model |
 * | a 401, or a key's code | account or model; else it is the key's |
 * | nothing | request, model, account, region or unknown |
 *
 * At the end the request is looked at: what it chose beside its model may be what the error is
 * about.
 */
import type { Complaint } from '../chat/events.ts'
import type { Blame } from '../errors.ts'
import { meaningOfStatus, structureRules } from './common-rules.ts'
import { errorStatus } from './error-status.ts'
import { inViewOf } from './other-choice.ts'
import type { ErrorRule, Meaning, Provider } from './provider.ts'
import { requestShape } from './request-shape.ts'
import { longestRead, ownWords, removed, type Sent, withoutQuotes } from './client-words.ts'
import { contentPolicy, contextTooLong, wordRules } from './word-rules.ts'

/** What is known of an error before it is read. */
interface UnreadError {
  provider: Provider
  status: number
  complaint: Complaint
  sent?: Sent
}

/** Statuses by which a provider speaks of the account; words on others never blame it. */
const accountStatuses: ReadonlySet<number | undefined> = new Set([400, 401, 402, 403, 412, 429])
/** Statuses by which a provider may as well speak of the request. */
const requestStatuses: ReadonlySet<number | undefined> = new Set([400, 403, 404, 410, 412, 413, 422])
const wordsMayBlame: ReadonlySet<Blame> = new Set(['request', 'model', 'account', 'region', 'unknown'])

export class ReadError {
  /** The HTTP status, or the one that an error in a good answer or a stream amounts to. */
  readonly status: number | undefined
  readonly #provider: Provider
  readonly #complaint: Complaint
  readonly #sent: Sent | undefined
  readonly #shape: ReturnType<typeof requestShape>
  #words: string | undefined

  constructor({ provider, status, complaint, sent }: UnreadError) {
    this.status = errorStatus(status, complaint)
    this.#provider = provider
    this.#complaint = complaint
    this.#sent = sent
    this.#shape = requestShape(this.status, complaint)
  }

  /** Who is to blame, and for what. */
  meaning(): Meaning {
    return inViewOf(this.#sent, this.#ownMeaning(), this.status, this.#complaint.message)
  }

  /** The meaning of the error by itself. */
  #ownMeaning(): Meaning {
    const rules = [...(this.#provider.errors ?? []), ...structureRules, ...wordRules]
    const rule = rules.find((each) => this.#matches(each))
    const found = rule ?? this.#unruled()
    if (found.blame === 'request') return this.#namedRequestFault(found)
    if (rule?.blame === 'key') return this.#exceptionOf401() ?? found
    if (this.#mayBeErased(rule)) return { verdict: found.verdict, blame: 'unknown' }
    return found.doubtful || this.#isDoubtful(rule, found) ? { ...found, doubtful: true } : found
  }

  /** The complaint in the provider's own words: times and limits are read from these. */
  ownComplaint(): Complaint {
    return { ...this.#complaint, message: this.#ownWords() }
  }

  #unruled(): Meaning {
    const meaning = meaningOfStatus(this.status, this.#provider)
    const isRequest = meaning.blame === 'unknown' && this.#shape !== undefined
    return isRequest ? { verdict: meaning.verdict, blame: 'request' } : meaning
  }

  #matches(rule: ErrorRule): boolean {
    const { message, code, type } = this.#complaint
    return (
      holdsOf(rule.status, this.status) &&
      textMatches(rule.code, code) &&
      textMatches(rule.type, type) &&
      (rule.body === undefined || rule.body(this.#complaint)) &&
      (rule.sentence === undefined || rule.sentence.test(message.trim())) &&
      (rule.message === undefined || (this.#wordsMayChoose(rule) && this.#says(rule.message, rule.blame)))
    )
  }

  #wordsMayChoose({ blame }: ErrorRule): boolean {
    if (!wordsMayBlame.has(blame)) return false
    if (this.#shape === 'request') return blame === 'request'
    if (this.#shape === 'request-or-model') return blame === 'request' || blame === 'model'
    return blame !== 'account' || this.status === undefined || accountStatuses.has(this.status)
  }

  /** On a 400 a message that quotes anything is about what it quotes, and not about an account. */
  #says(words: RegExp, blame: Blame): boolean {
    const own = this.#ownWords()
    const mayQuote = blame !== 'account' || (this.status !== 400 && this.status !== undefined)
    return words.test(own) && (mayQuote || !own.includes(removed))
  }

  /**
   * Whether words of the vendor may be missing because a client sent the same. On a 401 and a 403
   * the rest would do more harm than the whole: a policy or an empty account would look like a bad
   * key.
   */
  #mayBeErased(rule: ErrorRule | undefined): boolean {
    if (this.status !== 401 && this.status !== 403) return false
    if (rule && rule.message === undefined) return false
    const message = this.#complaint.message.slice(0, longestRead)
    const whole = wordRules.find(
      (each) => holdsOf(each.status, this.status) && each.message?.test(message) === true,
    )
    return whole !== undefined && whole !== rule && (rule === undefined || whole.blame === 'request')
  }

  /** A 401 that speaks of credit or of a model: the key was good enough to be told. */
  #exceptionOf401(): Meaning | undefined {
    return wordRules.find(
      ({ status, message, blame }) =>
        (blame === 'account' || blame === 'model') &&
        holdsOf(status, 401) &&
        message !== undefined &&
        this.#says(message, blame),
    )
  }

  /**
   * The request's fault by its nearer name. It is the request's already, so that the client's words
   * change nothing; a long prompt, which holds all words there are, must not hide it.
   */
  #namedRequestFault(found: Meaning): Meaning {
    if (found.verdict !== 'invalid-request' && found.verdict !== 'too-large') return found
    const words = withoutQuotes(this.#complaint.message.slice(0, longestRead))
    if (contextTooLong.test(words)) return { verdict: 'context-too-long', blame: 'request' }
    return contentPolicy.test(words) ? { verdict: 'content-policy', blame: 'request' } : found
  }

  #isDoubtful(rule: ErrorRule | undefined, { verdict, blame }: Meaning): boolean {
    if (verdict === 'forbidden') return true
    if (verdict === 'larger-than-window' || (blame !== 'account' && blame !== 'model')) return false
    // A 410 without a code may be about a file or an address as well as about the model.
    if (rule === undefined) return this.status === 410
    return rule.message !== undefined && requestStatuses.has(this.status)
  }

  #ownWords(): string {
    this.#words ??= ownWords(this.#complaint.message, this.#sent)
    return this.#words
  }
}

function holdsOf(condition: ErrorRule['status'], status: number | undefined): boolean {
  return condition === undefined || (status !== undefined && [condition].flat().includes(status))
}

function textMatches(condition: string | RegExp | undefined, text: string | undefined): boolean {
  if (condition === undefined) return true
  if (text === undefined) return false
  return typeof condition === 'string' ? condition === text : condition.test(text)
}
