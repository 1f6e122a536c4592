/**
 * How many bytes of request bodies one isolate works on at a time. An isolate has 128 MB for everything,
 * and a parsed body takes several times its length, so that more at once would end every request in it.
 */
import { HubError } from '../errors.ts'

const megabyte = 1024 * 1024
/** All bodies together: those being read, and those of calls that are not over. */
export const maxBytesInWork = 64 * megabyte
/** The last part is for callers with small bodies, so that nobody keeps the others out with large ones. */
const reservedForSmall = 4 * megabyte
const small = 4 * megabyte
const retryAfterMs = 2_000

/** Counts the bodies of an isolate. One object for each isolate, except in tests. */
export class BodiesInWork {
  #bytes = 0
  readonly #byCaller = new Map<string, number>()

  /** The bytes in work now. */
  get bytes(): number {
    return this.#bytes
  }

  /** Begins the count of one body. @param caller the id of the user, or the address of a stranger. */
  open(caller: string): BodyHold {
    let held = 0
    const add = (bytes: number): void => {
      held += bytes
      this.#bytes += bytes
      const ofCaller = (this.#byCaller.get(caller) ?? 0) + bytes
      if (ofCaller > 0) this.#byCaller.set(caller, ofCaller)
      else this.#byCaller.delete(caller)
    }
    return {
      grow: (bytes) => {
        this.#check(caller, bytes)
        add(bytes)
      },
      expect: (bytes) => this.#check(caller, bytes),
      release: () => add(-held),
    }
  }

  #check(caller: string, bytes: number): void {
    const ofCaller = (this.#byCaller.get(caller) ?? 0) + bytes
    const most = ofCaller > small ? maxBytesInWork - reservedForSmall : maxBytesInWork
    if (this.#bytes + bytes <= most) return
    throw new HubError(
      'OVERLOADED',
      `The hub is working on as many request bodies as it can hold (${maxBytesInWork / megabyte} MB).`,
      { retryAt: Date.now() + retryAfterMs },
    )
  }
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
