/**
 * Whether other providers are asked about a request that one has refused as wrong. What the hub has
 * translated or fitted may be wrong by its own doing: up to two further providers are asked then.
 * None of them rests for it, and where none serves, the client is told the first refusal.
 */
import type { Fault } from '../errors.ts'

/** Refusals that every provider would repeat, or that are about what the request says. */
const final: ReadonlySet<string> = new Set(['context-too-long', 'content-policy'])

const mostFurther = 2

export class SecondOpinion {
  readonly #refused = new Set<string>()
  readonly #further = new Set<string>()

  /**
   * Notes that a provider refused the request as wrong.
   * @param isOurs whether the hub translated the request, or left something out of it.
   * @returns whether another provider may be asked.
   */
  note(providerId: string, { status, verdict }: Fault, isOurs: boolean): boolean {
    if (!isOurs || (status !== 400 && status !== 422) || final.has(verdict)) return false
    this.#refused.add(providerId)
    return this.#further.size < mostFurther
  }

  /**
   * Whether a provider may be asked: any before the first refusal, then two that have not refused.
   */
  mayAsk(providerId: string): boolean {
    if (this.#refused.has(providerId)) return false
    return this.#refused.size === 0 || this.#further.has(providerId) || this.#further.size < mostFurther
  }

  /** Notes that a provider is called. */
  call(providerId: string): void {
    if (this.#refused.size > 0) this.#further.add(providerId)
  }
}
