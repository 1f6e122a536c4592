/**
 * Tells whether an error may be about something else than the model that was asked for: another
 * model that the request names, a provider or a tier that it picks, a credential that it brings.
 * Such an error harms no model, circuit or key: others, who send no such thing, are served. Pure.
 */
import { isJsonObject, type Json } from '../chat/json.ts'
import { otherChoices } from '../dialects/spend-fields.ts'
import type { Meaning } from './provider.ts'
import { longestRead, type Sent } from './client-words.ts'

/** Rate limits and overload: what they are about depends on the tier that was asked for. */
const limitStatuses: ReadonlySet<number | undefined> = new Set([429, 498, 503, 529])
/** Verdicts on a model that are no limit, whatever their status. */
const missingModel: ReadonlySet<string> = new Set(['no-such-model', 'not-in-tier', 'gone'])

/**
 * What an error means in view of the request.
 * @param found its meaning by structure, words and status.
 */
export function inViewOf(
  sent: Sent | undefined,
  found: Meaning,
  status: number | undefined,
  message: string,
): Meaning {
  const { blame, verdict } = found
  if (!sent || blame === 'request' || blame === 'unknown' || blame === 'region') return found
  const { elsewhere, tier, credential } = isJsonObject(sent.body)
    ? otherChoices(sent.body)
    : { elsewhere: false, tier: false, credential: false }
  if (blame === 'key') return credential ? { verdict: 'upstream-refused', blame: 'unknown' } : found
  const isLimit = limitStatuses.has(status) && !missingModel.has(verdict)
  if (tier && isLimit)
    return blame === 'provider' ? { verdict, blame: 'unknown' } : { ...found, doubtful: true }
  if (blame === 'account' || verdict === 'larger-than-window') return found
  if (elsewhere && (blame === 'provider' || isLimit)) return { verdict, blame: 'unknown' }
  if (blame === 'provider' || isLimit) return found
  const other = elsewhere ? 'sent' : otherModelIn(message, sent)
  // Doubtful, so that the next candidate is asked: the request may be right for it.
  if (other === 'sent') return { verdict, blame: 'request', doubtful: true }
  return other === 'unknown' ? { ...found, doubtful: true } : found
}

/** Where vendors put the name of a model into an error, quoted or bare. */
const quotedModel = /\bmodels?(?: (?:id|name))?[\s:=]{0,3}[`'"“«]([^`'"”»]{1,200})[`'"”»]/i
const bareModels: readonly RegExp[] = [
  /^(\S{1,200}) is not a valid model/i,
  /\bmodel: ?(\S{1,200})/i,
  /\bno such model (\S{1,200})/i,
  /\bmodels\/(\S{1,200})/i,
  /\bno endpoints found for (\S{1,200})/i,
]
/** Any word after "model": it is a name only where the request holds it. */
const wordAfterModel = /\bmodel ([\w@./:-]{2,200})/i

/**
 * Whether a message names another model than the one that was asked for: `sent` where the request
 * holds the name in another place, `unknown` where it does not (a vendor's name for the same one,
 * it may be).
 */
function otherModelIn(message: string, sent: Sent): 'sent' | 'unknown' | undefined {
  const { body } = sent
  const asked = sent.model ?? (isJsonObject(body) ? body.model : undefined)
  if (typeof asked !== 'string' || asked === '') return undefined
  const text = message.slice(0, longestRead)
  const named = [quotedModel, ...bareModels].flatMap((each) => nameIn(each, text))
  const guessed = nameIn(wordAfterModel, text)
  const others = [...named, ...guessed].filter((name) => name !== asked)
  if (others.length === 0) return undefined
  if (others.some((name) => holdsElsewhere(body, name, asked))) return 'sent'
  const isAlike = (name: string): boolean => asked.includes(name)
  const isUnknown = named.length > 0 && !text.includes(asked) && !named.some(isAlike)
  return isUnknown ? 'unknown' : undefined
}

function nameIn(pattern: RegExp, text: string): string[] {
  let name = pattern.exec(text)?.[1] ?? ''
  while (/[.,;:!?)\]]$/.test(name)) name = name.slice(0, -1)
  return name === '' ? [] : [name]
}

/** A string longer than this is a text, and holds names by chance. */
const longestName = 300

/** Whether a request holds a name anywhere but as the model that it asks for. */
function holdsElsewhere(body: Json, name: string, asked: string): boolean {
  const open: Json[] = isJsonObject(body)
    ? Object.entries(body).flatMap(([member, value]) => (member === 'model' ? [] : [member, value]))
    : [body]
  while (open.length > 0) {
    const value = open.pop()
    if (typeof value === 'string') {
      if (value.length <= longestName && value !== asked && value.includes(name)) return true
    } else if (Array.isArray(value)) for (const item of value) open.push(item)
    else if (isJsonObject(value))
      for (const [member, inner] of Object.entries(value)) open.push(member, inner)
  }
  return false
}
