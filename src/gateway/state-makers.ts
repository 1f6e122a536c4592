/**
 * Which account made a piece of state: a signature, encrypted reasoning, the id of an item. Other
 * accounts cannot read it and refuse a request for it. What the hub translates has its maker sealed
 * in it; of what it relays unchanged, this isolate remembers makers by hash. What is not remembered
 * goes out as it came, and once more without state where it is refused (`attempt.ts`).
 */
import { BoundedMap } from '../isolate/bounded-map.ts'
import type { DialectId } from '../domain/dialects.ts'
import { writtenStateTexts } from '../dialects/state-texts.ts'
import type { IsForeign } from '../dialects/without-state.ts'
import { hash53 } from '../ids.ts'
import type { Lease } from '../quota/rpc.ts'
import type { Candidate } from './plan.ts'

/** How many pieces an isolate remembers: the reasoning of a few hundred long sessions. */
const mostRemembered = 20_000
/** How many characters at each end of a text are hashed; the middle is as random as they are. */
const hashedCharacters = 64

/**
 * State that every account of its provider can read. Anthropic's signatures open for all of its
 * accounts; OpenAI and Google seal for an organization or a project.
 * https://platform.claude.com/docs/en/build-with-claude/extended-thinking
 */
const sharedByProvider = new Set<DialectId>(['anthropic', 'openai-chat', 'cohere'])

/** The maker of state, as two hashes: of the provider at its address, and of the account there. */
export function makerOf(
  { providerId, provider, dialect }: Pick<Candidate, 'providerId' | 'provider' | 'dialect'>,
  { account, keyId, secret }: Pick<Lease, 'account' | 'keyId' | 'secret'>,
): string {
  const owner = secret.type === 'sealed' ? secret.owner : secret.type
  const place = hash53([providerId, provider.dialects[dialect] ?? ''].join('\n'))
  return `${place.toString(36)}.${hash53([owner, account ?? keyId].join('\n')).toString(36)}`
}

/** Remembers makers, the latest of them. One object for each isolate, except in tests. */
export class StateMakers {
  /** The maker of a text; with `!` before it, one that could not read it. */
  readonly #makers = new BoundedMap<number, string>(mostRemembered)

  /** Notes the state in an event or a whole answer. */
  noteAnswer(json: string, maker: string): void {
    for (const text of writtenStateTexts(json)) this.#note(text, maker)
  }

  /** Notes that one maker refused state. Where its own maker is known, that stays. */
  noteRefused(texts: readonly string[], maker: string): void {
    for (const text of texts) if (!this.#makers.has(nameOf(text))) this.#note(text, `!${maker}`)
  }

  /** What a maker cannot read, as far as is known. */
  foreignTo(maker: string, dialect: DialectId): IsForeign {
    const reach = (of: string): string => (sharedByProvider.has(dialect) ? (of.split('.', 1)[0] ?? of) : of)
    const isForeign = (text: string): boolean => {
      const known = this.#makers.get(nameOf(text))
      if (known === undefined) return false
      return known.startsWith('!') ? known === `!${maker}` : reach(known) !== reach(maker)
    }
    return (texts, by) => {
      if (texts.length === 0) return false
      return by === undefined ? texts.some(isForeign) : reach(by) !== reach(maker)
    }
  }

  #note(text: string, maker: string): void {
    const name = nameOf(text)
    this.#makers.set(name, maker)
  }
}

function nameOf(text: string): number {
  if (text.length <= 2 * hashedCharacters) return hash53(text)
  return hash53(`${text.length} ${text.slice(0, hashedCharacters)}${text.slice(-hashedCharacters)}`)
}

/** The makers that this isolate remembers. */
export const stateMakers = new StateMakers()
