/**
 * Limits in what an error says: sentences with numbers in them, Google's details, GitHub's type of
 * limit. Pure.
 */
import type { Period, Unit } from '../domain/limits.ts'
import type { Complaint } from '../chat/events.ts'
import { googleDetails } from './error-object.ts'
import type { Claim } from './limit-claims.ts'

/** Sentences as they were seen; the groups are named for what they hold. */
const sentences: readonly RegExp[] = [
  // Groq, OpenAI: "… for model `x` … on tokens per day (TPD): Limit 100000, Used 97050, Requested
  // 3619." Images have a unit of their own.
  /\bon (?<unit>requests|tokens|seconds of audio) per (?<per>second|min(?:ute)?|hour|day|week) \([A-Z]+\): Limit:? (?<limit>\d+(?:,\d{3})*)(?:, Used:? (?<used>\d+(?:,\d{3})*))?/i,
  // GitHub: "Rate limit of 50 per 86400s exceeded for UserByModelByDay."
  /rate limit of (?<exceeded>\d+(?:,\d{3})*) per \d+s exceeded for (?<type>\w+)/i,
  // Anthropic: "… would exceed your organization's rate limit of 50 requests per minute." Of input
  // tokens alone it says so.
  /rate limit (?:for [^.]{0,80}|\([^.]{0,80})?of (?<limit>\d+(?:,\d{3})*) (?<unit>requests|tokens) per (?<per>minute|hour|day)/i,
  // Cohere: "You are using a Trial key, which is limited to 20 API calls / minute."
  /limited to (?<exceeded>\d+(?:,\d{3})*) API calls \/ (?<per>minute|hour|day|month)/i,
]

/** What the sentence of a complaint says. */
export function claimsInWords({ message }: Complaint): Claim[] {
  for (const sentence of sentences) {
    const said = sentence.exec(message)?.groups
    if (!said) continue
    const claim = said.type === undefined ? claimOfSentence(said, message) : claimOfType(said.type)
    if (claim) return [said.exceeded === undefined ? claim : { ...claim, limit: said.exceeded }]
  }
  return []
}

const unitsByWord: Readonly<Record<string, Unit>> = {
  requests: 'requests',
  tokens: 'tokens',
  'seconds of audio': 'audio-seconds',
}

function claimOfSentence(said: Record<string, string | undefined>, message: string): Claim {
  return {
    unit: unitsByWord[said.unit?.toLowerCase() ?? ''] ?? 'requests',
    per: toPeriod(said.per),
    limit: said.limit,
    // What was exceeded has nothing left; where use is told, that is more exact.
    ...(said.exceeded === undefined ? { used: said.used } : { remaining: '0' }),
    ...(/\bfor (?:the )?model\b/i.test(message) && { scope: 'model' as const }),
  }
}

/**
 * `UserByModelByDay`: what GitHub Models calls the limit that was hit, in a sentence and in
 * `x-ratelimit-type`.
 */
export function claimOfType(type: string): Claim | undefined {
  const [, model, per, tokens] = /^UserBy(ModelBy)?(Minute|Hour|Day)(Tokens)?$/.exec(type) ?? []
  if (per === undefined) return undefined
  return {
    unit: tokens === undefined ? 'requests' : 'tokens',
    per: toPeriod(per),
    scope: model === undefined ? 'account' : 'model',
    ...(tokens === undefined && { remaining: '0' }),
  }
}

/**
 * The quotas that Google says were exceeded: `GenerateRequestsPerDayPerProjectPerModel-FreeTier`,
 * with its value. Its tokens are those of the input; the hub counts output too, and so stays below.
 */
export function claimsInDetails(complaint: Complaint): Claim[] {
  const { quotas, retryDelay } = googleDetails(complaint)
  // Half a minute is stated for a quota of the day as well.
  const reset = quotas.some(({ id }) => id.includes('PerDay')) ? undefined : retryDelay
  return quotas.flatMap(({ id, value, model }): Claim[] => {
    const per = /Per(Minute|Hour|Day|Month)/.exec(id)?.[1]
    if (per === undefined || value === undefined) return []
    const unit = id.includes('Token') ? 'tokens' : 'requests'
    return [
      {
        unit,
        per: toPeriod(per),
        limit: value,
        scope: model !== undefined || id.includes('PerModel') ? 'model' : 'account',
        // Of tokens some may be left: too few for this request.
        ...(unit === 'requests' && { remaining: '0' }),
        ...(per === 'Minute' && { reset }),
      },
    ]
  })
}

function toPeriod(word: string | undefined): Period {
  switch (word?.toLowerCase()) {
    case 'second':
      return 'second'
    case 'hour':
      return 'hour'
    case 'day':
      return 'day'
    case 'week':
      return '7d'
    case 'month':
      return 'month'
    default:
      return 'minute'
  }
}
