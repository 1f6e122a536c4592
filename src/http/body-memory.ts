/**
 * How much memory the request bodies of one isolate take. An isolate has 128 MB for everything, and
 * a body takes more than its length. While it is read, there are its text, of two bytes a character
 * where one of them is not Latin, and what is parsed of it. During its call there are the parsed
 * request, because another provider may have to be asked, and the body that is sent. So a body
 * counts three times until its text is let go of, and twice until its answer is over.
 */
import { HubError } from '../errors.ts'

const megabyte = 1024 * 1024
/** The memory of all bodies together: those being read, and those of calls that are not over. */
export const maxMemoryInWork = 108 * megabyte
/** How many times a body counts: while it is read and parsed, and while its call lasts. */
const whileRead = 3
const whileCalled = 2
/** All bodies of one caller together in bytes, so that one large body fits. */
export const maxBytesOfCaller = 32 * megabyte
/** A body up to this size, in bytes, may use what large ones leave. */
const small = megabyte
/** Memory that only small bodies may use. */
const reservedForSmall = 12 * megabyte
/** The part of it that chat may not use. Bodies of people and strangers are short-lived. */
const reservedForPeople = 3 * megabyte
/** Bytes of small bodies that one caller may have beyond the large ones. */
const moreForSmallOfCaller = 4 * megabyte
/** A caller with more bytes than this in work may not use what is reserved for small bodies. */
const mostOfReserve = 2 * megabyte
/** All bodies of strangers together, in bytes. They are 16 kB each, and anyone can open many. */
const maxBytesOfStrangers = 2 * megabyte
const retryAfterMs = 2_000

/** The bodies of calls to providers, those of people's own routes, and those of public routes. */
export type BodyUse = 'chat' | 'people' | 'stranger'

/** Counts the bodies of an isolate. One object for each isolate, except in tests. */
export class BodiesInWork {
  #bytes = 0
  #memory = 0
  #bytesOfStrangers = 0
  readonly #byCaller = new Map<string, number>()

  /** The bytes in work now. */
  get bytes(): number {
    return this.#bytes
  }

  /** The memory that they are counted with, in bytes. */
  get memory(): number {
    return this.#memory
  }

  /**
   * Begins the count of one body.
   * @param caller the id of the user, or the address of a stranger.
   */
  open(caller: string, use: BodyUse): BodyHold {
    let held = 0
    let factor = whileRead
    const add = (bytes: number): void => {
      held += bytes
      this.#bytes += bytes
      this.#memory += bytes * factor
      if (use === 'stranger') this.#bytesOfStrangers += bytes
      const ofCaller = (this.#byCaller.get(caller) ?? 0) + bytes
      if (ofCaller > 0) this.#byCaller.set(caller, ofCaller)
      else this.#byCaller.delete(caller)
    }
    const check = (bytes: number): void => this.#check({ caller, use, isSmall: held + bytes <= small }, bytes)
    return {
      grow: (bytes) => {
        if (bytes > 0) check(bytes)
        add(bytes)
      },
      expect: check,
      letGoOfText: () => {
        this.#memory -= held * (factor - whileCalled)
        factor = whileCalled
      },
      release: () => add(-held),
    }
  }

  #check({ caller, use, isSmall }: { caller: string; use: BodyUse; isSmall: boolean }, bytes: number): void {
    const ofCaller = (this.#byCaller.get(caller) ?? 0) + bytes
    if (ofCaller > maxBytesOfCaller + (isSmall ? moreForSmallOfCaller : 0)) {
      throw overloaded(
        `Your request bodies in flight reach ${maxBytesOfCaller / megabyte} MB, the most that one caller may have.`,
      )
    }
    if (use === 'stranger' && this.#bytesOfStrangers + bytes > maxBytesOfStrangers)
      throw overloaded('The public requests in flight are as many as the hub can hold.')
    const usesReserve = isSmall && ofCaller <= mostOfReserve
    const reserved = !usesReserve ? reservedForSmall : use === 'chat' ? reservedForPeople : 0
    if (this.#memory + bytes * whileRead > maxMemoryInWork - reserved)
      throw overloaded('The request bodies in flight are as many as the hub can hold.')
  }
}

function overloaded(words: string): HubError {
  return new HubError('OVERLOADED', `${words} Try again soon.`, { retryAt: Date.now() + retryAfterMs })
}

/** The bytes that one body has in work. */
export interface BodyHold {
  /** Counts more bytes, or fewer. @throws {HubError} OVERLOADED where there is no room for them. */
  grow: (bytes: number) => void
  /** Counts nothing. @throws {HubError} OVERLOADED where there is no room for so many bytes. */
  expect: (bytes: number) => void
  /** Says that the text of the body is gone, and what was parsed stays. */
  letGoOfText: () => void
  /** Takes all of it out of the count; a second time changes nothing. */
  release: () => void
}

/** The bodies of this isolate. */
export const bodiesInWork = new BodiesInWork()
