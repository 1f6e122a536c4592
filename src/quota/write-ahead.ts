/**
 * Counting ahead under load, as id allocators do: one row says that so much more may be used within
 * the next second, and what stays within it is given from memory. An object that is lost then finds
 * more counted as used than was, never less. Memory only; `persistence.ts` keeps the storage in
 * step.
 */
import { leaseMs } from './reserve.ts'
import type { Account } from './pool-state.ts'
import { usedAt, windowName } from './windows.ts'

/**
 * What one account may still take, or has taken since its own row was written, by the name of the
 * window.
 */
type Charges = Record<string, number>

/** The row, as it stands in storage. Times are milliseconds since the epoch. */
export interface AheadRow {
  /** The block that leases are given from: they are called `<block>.0`, `<block>.1`, … */
  block: string
  size: number
  /** How many it had given when the row was written. */
  given: number
  endsAt: number
  /**
   * What is not in the accounts' own rows: what was used since they were written, and what the
   * block allows.
   */
  accounts: Record<string, { from: number; charges: Charges }>
  /** Leases, of this block and earlier ones, that had not ended. */
  open: OpenBlock[]
  /** Leases of blocks whose object was lost: nobody here knows what became of them. */
  lost: OpenBlock[]
}

export interface OpenBlock {
  block: string
  deadlineAt: number
  leases: number[]
}

/** What the next calls will probably be. */
export interface Likely {
  account: string
  charges: Charges
  /**
   * How many of them may be counted ahead: a loss must cost no more than a small part of what is
   * left.
   */
  spare: number
}

/** Calls per second from which it is worth it, and below which it ends. */
const busyRate = 20
const calmRate = 5
/** How long a block lasts. */
export const blockMs = 1_000
const leastCalls = 16
const mostCalls = 512
/** The rate is that of the last few seconds. */
const memoryMs = 2_000

export class WriteAhead {
  #rate = { perSecond: 0, at: 0 }
  #busy = false
  #block: { id: string; size: number; given: number; startsAt: number; endsAt: number } | undefined
  #left = new Map<string, Charges>()
  #spent = new Map<string, { from: number; charges: Charges }>()
  /** How many leases each account had from this block. */
  #turns = new Map<string, number>()

  /** Notes an admission. @returns whether so many come that counting ahead is worth it. */
  note(now: number): boolean {
    const perSecond = this.#rateAt(now) + 1_000 / memoryMs
    this.#rate = { perSecond, at: now }
    this.#busy = perSecond >= (this.#busy ? calmRate : busyRate)
    return this.#busy
  }

  /**
   * When the load will be over unless more calls come; undefined where nothing is counted ahead.
   */
  get calmAt(): number | undefined {
    if (!this.#block) return undefined
    const { perSecond, at } = this.#rate
    return Math.max(
      this.#block.endsAt,
      at + Math.ceil(memoryMs * Math.log(Math.max(1, perSecond / calmRate))),
    )
  }

  /** A name for a lease whose charges the block covers; undefined where it does not. */
  take(account: string, charges: Charges, now: number): string | undefined {
    const block = this.#block
    if (!block || block.given >= block.size) return undefined
    if (!this.#spend(account, charges, now)) return undefined
    this.#turns.set(account, (this.#turns.get(account) ?? 0) + 1)
    return `${block.id}.${block.given++}`
  }

  /**
   * What more (or less) a call has used than had been reserved when it was admitted.
   * @returns false where the block does not cover it: the account must be written.
   */
  correct(account: string, differences: Charges, admittedAt: number, now: number): boolean {
    const from = this.#spent.get(account)?.from ?? Infinity
    // What was reserved before the account's row was written is in that row, and can only be given
    // back there.
    const counted = Object.entries(differences).filter(([, amount]) => amount > 0 || admittedAt >= from)
    return this.#spend(account, Object.fromEntries(counted), now)
  }

  /** Begins a block, for calls like these. */
  begin(id: string, asking: Likely, likely: Likely[], now: number): void {
    const calls = Math.round(Math.min(mostCalls, Math.max(leastCalls, (this.#rateAt(now) * blockMs) / 1_000)))
    const given = Math.max(1, this.#block?.given ?? 0)
    this.#left.clear()
    for (const { account, charges, spare } of [...likely, asking]) {
      const share = (this.#turns.get(account) ?? 0) / given
      // Half as many again as the last block would make one expect, and for who is asking a fair
      // beginning.
      const expected = Math.max(1, share * calls * 1.5, account === asking.account ? calls / 4 : 0)
      const turns = Math.min(spare, Math.ceil(expected))
      if (turns > 0) this.#left.set(account, scale(charges, turns))
    }
    for (const [account, { charges }] of this.#spent) {
      if (!this.#left.has(account)) this.#left.set(account, slack(charges))
    }
    this.#turns.clear()
    this.#block = { id, size: calls, given: 0, startsAt: now, endsAt: now + blockMs }
  }

  /**
   * The account's own row is being written: nothing of it is counted here any more.
   * @returns whether anything was.
   */
  forget(account: string): boolean {
    const spent = this.#spent.delete(account)
    return this.#left.delete(account) || spent
  }

  /** Accounts whose rows are older than `before`. */
  dirty(before = Infinity): string[] {
    return [...this.#spent].filter(([, { from }]) => from < before).map(([account]) => account)
  }

  /** Everything that is counted ahead, for storage. */
  row(open: OpenBlock[], lost: OpenBlock[]): AheadRow {
    const { id = '', size = 0, given = 0, startsAt = 0, endsAt = 0 } = this.#block ?? {}
    const accounts: AheadRow['accounts'] = {}
    for (const name of new Set([...this.#spent.keys(), ...this.#left.keys()])) {
      const spent = this.#spent.get(name)
      accounts[name] = {
        from: spent?.from ?? startsAt,
        charges: add(spent?.charges ?? {}, this.#left.get(name) ?? {}),
      }
    }
    return { block: id, size, given, endsAt, accounts, open, lost }
  }

  /** Ends counting ahead. */
  end(): void {
    this.#busy = false
    this.#block = undefined
    this.#left.clear()
    this.#spent.clear()
    this.#turns.clear()
  }

  #spend(account: string, charges: Charges, now: number): boolean {
    const left = (this.#block?.endsAt ?? 0) > now ? (this.#left.get(account) ?? {}) : {}
    // What is given back needs no cover.
    if (Object.entries(charges).some(([window, amount]) => amount > Math.max(0, left[window] ?? 0)))
      return false
    this.#left.set(account, add(left, scale(charges, -1)))
    const spent = this.#spent.get(account)
    this.#spent.set(account, { from: spent?.from ?? now, charges: add(spent?.charges ?? {}, charges) })
    return true
  }

  #rateAt(now: number): number {
    return this.#rate.perSecond * Math.exp(-Math.max(0, now - this.#rate.at) / memoryMs)
  }
}

/** The block and the number of a lease that was given from one. */
export function readLeaseName(id: string): { block: string; number: number } | undefined {
  const dot = id.lastIndexOf('.')
  return dot < 0 ? undefined : { block: id.slice(0, dot), number: Number(id.slice(dot + 1)) }
}

/**
 * The leases that may be under way although the object that gave them, and wrote this row, was
 * lost.
 */
export function lostWith(row: AheadRow): OpenBlock[] {
  const earlier = [...row.lost, ...row.open.filter(({ block }) => block !== row.block)]
  if (row.block === '') return earlier
  // What the block gave after the row was written nobody knows: as much as it may have.
  const known = row.open.find(({ block }) => block === row.block)?.leases ?? []
  const possible = Array.from({ length: row.size - row.given }, (_, index) => row.given + index)
  return [...earlier, { block: row.block, deadlineAt: row.endsAt + leaseMs, leases: [...known, ...possible] }]
}

/**
 * Whether something changed that must be on record at once: who rests, who is quarantined, which
 * limits are known.
 */
export function isPressing(before: Account, after: Account): boolean {
  return (
    before.rest !== after.rest ||
    !sameValues(before.modelRests, after.modelRests, (rest) => rest) ||
    !sameValues(before.keys, after.keys, ({ quarantine }) => quarantine) ||
    before.windows.length !== after.windows.length ||
    after.windows.some((window, index) => before.windows[index]?.stated?.limit !== window.stated?.limit)
  )
}

function sameValues<T>(a: Record<string, T>, b: Record<string, T>, read: (value: T) => unknown): boolean {
  const names = Object.keys(b)
  return (
    names.length === Object.keys(a).length &&
    names.every((name) => {
      const [was, is] = [a[name], b[name]]
      return was !== undefined && is !== undefined && read(was) === read(is)
    })
  )
}

/** How much more of each window is used than before; less where negative. */
export function difference(before: Account, after: Account, now: number): Charges {
  const used = new Map(before.windows.map((window) => [windowName(window), usedAt(window, now)]))
  return Object.fromEntries(
    after.windows.map((window) => {
      const name = windowName(window)
      return [name, usedAt(window, now) - (used.get(name) ?? 0)]
    }),
  )
}

function add(a: Charges, b: Charges): Charges {
  const sum = { ...a }
  for (const [window, amount] of Object.entries(b)) sum[window] = (sum[window] ?? 0) + amount
  return sum
}

/**
 * Answers exceed their estimates a little: accounts that get no call of this block may still need
 * that.
 */
function slack(charges: Charges): Charges {
  const inexact = Object.entries(charges).filter(
    ([window, amount]) => !window.startsWith('requests/') && amount > 0,
  )
  return scale(Object.fromEntries(inexact), 0.5)
}

function scale(charges: Charges, factor: number): Charges {
  return Object.fromEntries(Object.entries(charges).map(([window, amount]) => [window, amount * factor]))
}
