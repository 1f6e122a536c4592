/**
 * What was said in one request: what the client sent, and what it got. It is kept for a person who
 * turned that on for themselves, and for nobody else: gathered while it passes, sealed under their
 * name, and put into their object, which forgets it again.
 */
import type { DialectId } from '../domain/dialects.ts'
import { auditIfAltered } from '../vault/tamper-audit.ts'
import { openBytes, sealBytes } from '../vault/vault.ts'
import type { ChatRequest } from '../chat/request.ts'
import type { ConfiguredUser } from '../db/configuration.ts'
import type { Env } from '../env.ts'
import { gunzip, gzip } from '../http/gzip.ts'
import { userStub } from '../user/stub.ts'

/**
 * How much of each side is kept, in characters. What a stream is made of repeats itself, and packs
 * to a tenth.
 */
const mostCharacters = 1_000_000

/** One side of it: its beginning, and how many characters followed that are not kept. */
export interface Said {
  text: string
  leftOut: number
}

const silence: Said = { text: '', leftOut: 0 }

export interface KeptTranscript {
  /** What both sides are written in. */
  dialect: DialectId
  request: Said
  /** Whatever the client got: one body, a stream as it came, or an error. */
  answer: Said
}

/** A request whose transcript it is. */
interface Sent {
  env: Env
  requestId: string
  request: Pick<ChatRequest, 'origin'>
  /** The beginning of its body, as it came. */
  sent: Said
}

export class Transcript {
  readonly #sent: Sent
  readonly #caller: () => ConfiguredUser
  #answer = silence

  /**
   * @param caller who asks, as the newest configuration knows them: it says whether they want
   *   anything kept.
   */
  constructor(sent: Sent, caller: () => ConfiguredUser) {
    this.#sent = sent
    this.#caller = caller
  }

  get isWanted(): boolean {
    return this.#caller().keepTranscripts
  }

  /** Notes what the client gets. */
  hear(text: string): void {
    if (this.isWanted) this.#answer = extend(this.#answer, text)
  }

  /**
   * Keeps what was said up to now. Never rejects: that it could not be kept is no fault of the
   * request's.
   */
  async keep(): Promise<void> {
    if (!this.isWanted) return
    const { id: owner } = this.#caller()
    const { env, requestId, request, sent } = this.#sent
    const { dialect } = request.origin
    const kept: KeptTranscript = { dialect, request: sent, answer: this.#answer }
    try {
      const sealed = await sealBytes(env, await gzip(JSON.stringify(kept)), boundTo(owner, requestId))
      await userStub(env, owner).keepTranscript(requestId, sealed)
    } catch (error) {
      console.warn(`What was said in ${requestId} could not be kept.`, error)
    }
  }
}

/**
 * What was said in a request of this user's; undefined where it is not kept, or not any more.
 * @throws {SealError} where the master key that sealed it is gone, or it was altered, which is put
 *   into the audit log.
 */
export async function findTranscript(
  env: Env,
  owner: string,
  requestId: string,
): Promise<KeptTranscript | undefined> {
  const sealed = await userStub(env, owner).readTranscript(requestId)
  if (sealed === undefined) return undefined
  try {
    // Only `Transcript` writes what is sealed here.
    return JSON.parse(await gunzip(await openBytes(env, sealed, boundTo(owner, requestId)))) as KeptTranscript
  } catch (error) {
    await auditIfAltered(env.DB, error, { what: 'transcript', owner, id: requestId }, Date.now())
    throw error
  }
}

/** What a transcript keeps of a body. It holds nothing else of the text, which may be large. */
export function beginningOf(text: string): Said {
  const said = extend(silence, text)
  if (said.leftOut === 0) return said
  // V8 makes a slice refer to the whole text; one that was encoded between is a text of its own.
  return { ...said, text: new TextDecoder().decode(new TextEncoder().encode(said.text)) }
}

function extend({ text, leftOut }: Said, more: string): Said {
  const taken = more.slice(0, mostCharacters - text.length)
  return { text: text + taken, leftOut: leftOut + more.length - taken.length }
}

function boundTo(owner: string, requestId: string): string[] {
  return [owner, 'transcript', requestId]
}
