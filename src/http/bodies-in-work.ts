/**
 * How many bytes of request bodies one isolate works on at a time. An isolate has 128 MB for
 * everything, and a body in work takes more than its length: what was parsed, and what goes to the
 * provider. So its bytes count until its answer is over, because another provider may have to be
 * asked until then.
 */
import { HubError } from '../errors.ts'

const megabyte = 1024 * 1024
/** All bodies together: those being read, and those of calls that are not over. */
export const maxBytesInWork = 64 * megabyte
/** All bodies of one caller together, so that one large body fits. */
export const maxBytesOfCaller = 32 * megabyte
/** A body up to this size may use what large ones leave. */
const small = megabyte
/** Room that only small bodies may use: of the isolate, and of one caller beyond the large ones. */
const reservedForSmall = 8 * megabyte
const moreForSmallOfCaller = 4 * megabyte
/** The part of it that chat may not use. Bodies of people and strangers are short-lived. */
const reservedForPeople = 2 * megabyte
/** A caller with more than this in work, large or small, may not use what is reserved for small. */
const mostOfReserve = 4 * megabyte
/** All bodies of strangers together. They are 16 kB each, and anyone can open many. */
const maxBytesOfStrangers = 4 * megabyte
const retryAfterMs = 2_000

/** The bodies of calls to providers, those of people's own routes, and those of public routes. */
export type BodyUse = 'chat' | 'people' | 'stranger'

/** Counts the bodies of an isolate. One object for each isolate, except in tests. */
export class BodiesInWork {
  #bytes = 0
  #bytesOfStrangers = 0
  readonly #byCaller = new Map<string, number>()

  /** The bytes in work now. */
  get bytes(): number {
    return this.#bytes
  }

  /** Begins the count of one body. @param caller the id of the user, or the address of a stranger. */
  open(caller: string, use: BodyUse): BodyHold {
    let held = 0
    const add = (bytes: number): void => {
      held += bytes
      this.#bytes += bytes
      if (use === 'stranger') this.#bytesOfStrangers += bytes
      const ofCaller = (this.#byCaller.get(caller) ?? 0) + bytes
      if (ofCaller > 0) this.#byCaller.set(caller, ofCaller)
      else this.#byCaller.delete(caller)
    }
    const check = (bytes: number): void => this.#check({ caller, use, isSmall: held + bytes <= small }, bytes)
    return {
      grow: (bytes) => {
        check(bytes)
        add(bytes)
      },
      expect: check,
      release: () => add(-held),
    }
  }

  #check({ caller, use, isSmall }: { caller: string; use: BodyUse; isSmall: boolean }, bytes: number): void {
    const ofCaller = (this.#byCaller.get(caller) ?? 0) + bytes
    if (ofCaller > maxBytesOfCaller + (isSmall ? moreForSmallOfCaller : 0)) {
      throw overloaded('Your request bodies in flight reach', maxBytesOfCaller, 'one caller may have')
    }
    if (use === 'stranger' && this.#bytesOfStrangers + bytes > maxBytesOfStrangers)
      throw overloaded(
        'The bodies of public requests in flight reach',
        maxBytesOfStrangers,
        'the hub can hold',
      )
    const usesReserve = isSmall && ofCaller <= mostOfReserve
    const reserved = !usesReserve ? reservedForSmall : use === 'chat' ? reservedForPeople : 0
    if (this.#bytes + bytes > maxBytesInWork - reserved)
      throw overloaded('The request bodies in flight reach', maxBytesInWork, 'the hub can hold')
  }
}

function overloaded(words: string, bound: number, most: string): HubError {
  return new HubError(
    'OVERLOADED',
    `${words} ${bound / megabyte} MB, the most that ${most}. Try again soon.`,
    {
      retryAt: Date.now() + retryAfterMs,
    },
  )
}

/** The bytes that one body has in work. */
export interface BodyHold {
  /** Counts more bytes. @throws {HubError} OVERLOADED where there is no room for them. */
  grow: (bytes: number) => void
  /** Counts nothing. @throws {HubError} OVERLOADED where there is no room for so many bytes. */
  expect: (bytes: number) => void
  /** Takes all of it out of the count; a second time changes nothing. */
  release: () => void
}

/** The bodies of this isolate. */
export const bodiesInWork = new BodiesInWork()
