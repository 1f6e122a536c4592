/**
 * The keys of a pool in the order in which they would serve, kept for each model that is asked for,
 * so that an admission looks at one or a few of them however many there are. Derived from
 * configuration and state, and in memory only.
 *
 * A lane holds each key once: ready, sorted by priority and rank; or asleep, sorted by when it may
 * wake. What changes an account moves its keys (`touch`); what only passes with time is looked at
 * when the lane is asked for.
 */
import { ownModelOf } from '../chat/model.ts'
import type { Unit } from '../domain/limits.ts'
import { certainAmount, estimatedAmount } from './amounts.ts'
import {
  type Block,
  counts,
  type Held,
  longest,
  needBlocks,
  nothingHeld,
  type Offer,
  standingBlocks,
} from './refusals.ts'
import type { Need } from './rpc.ts'
import { accountOf, type Configuration, type PoolKey, type PoolState, runningOf } from './pool-state.ts'
import { type Standing, type Strategy, strategyNamed } from './strategies.ts'

/** A key in a lane. */
export interface Entry {
  key: PoolKey
  model: string
  position: number
  rank: number
  /** 0 where it is ready; else when what stands against it may be over, Infinity for never. */
  wakeAt: number
  block?: Block
  /**
   * Where it is ready: the least that was too much for it when it was last asked, and until when as
   * much or more is.
   */
  short?: Short
}

/** An amount that was too much for a key, in the unit of the limit. */
interface Short {
  unit: Unit
  /** Whether it is the part of an estimate that no answer can be shorter by. */
  isCertain: boolean
  amount: number
  until: number
}

export interface Lane {
  needModel: string | undefined
  defaultModel: string
  entries: Map<string, Entry>
  ready: Entry[]
  asleep: Entry[]
  rankedAt: number
}

/** Clients name models: of lanes that nobody has asked for lately, the oldest go. */
const maxLanes = 32
/** How old the order of a strategy may be whose ranks change with time. */
const rankAgeMs = 1_000

export class Roster {
  readonly #configuration: Configuration
  readonly #state: PoolState
  readonly #strategy: Strategy
  readonly #positions: Map<string, number>
  readonly #keysOfAccount: Map<string, PoolKey[]>
  readonly #lanes = new Map<string, Lane>()

  constructor(configuration: Configuration, state: PoolState) {
    this.#configuration = configuration
    this.#state = state
    this.#strategy = strategyNamed(configuration.strategy)
    this.#positions = new Map(configuration.keys.map((key, position) => [key.id, position]))
    this.#keysOfAccount = Map.groupBy(configuration.keys, (key) => key.account)
  }

  /** Whether the strategy uses many keys in turn. */
  get spreads(): boolean {
    return this.#strategy.spreads === true
  }

  /** The keys for a model, as they stand now. */
  laneFor(need: Pick<Need, 'model' | 'defaultModel' | 'row'>, now: number): Lane {
    const name = JSON.stringify([need.model ?? null, need.defaultModel, need.row ?? null])
    let lane = this.#lanes.get(name)
    this.#lanes.delete(name)
    const outdated = this.#strategy.ages && lane && now - lane.rankedAt > rankAgeMs
    if (!lane || outdated) lane = this.#makeLane(need, now)
    this.#lanes.set(name, lane)
    if (this.#lanes.size > maxLanes) this.#lanes.delete(this.#lanes.keys().next().value ?? '')
    for (let first = lane.asleep[0]; first && first.wakeAt <= now; first = lane.asleep[0]) {
      this.#move(lane, first, now)
    }
    return lane
  }

  /** Something about an account has changed. */
  touch(accountId: string, now: number): void {
    for (const lane of this.#lanes.values()) {
      for (const key of this.#keysOfAccount.get(accountId) ?? []) {
        const entry = lane.entries.get(key.id)
        if (entry) this.#move(lane, entry, now)
      }
    }
  }

  /**
   * Whether a key that is ready can serve this very need: its size is not too much, and nothing
   * about it speaks against the key.
   */
  fits(entry: Entry, need: Need, held: Held, now: number): boolean {
    if (shortUntil(entry, need) > now) return false
    const blocks = needBlocks(this.offer(entry), need, held, now)
    if (blocks.length === 0) return true
    // What is held for others says nothing of the key's own room.
    if (held === nothingHeld && !isPersonal(entry, need)) rememberSize(entry, need, blocks)
    return false
  }

  /** A key as it is offered to a need. */
  offer({ key, model }: Pick<Entry, 'key' | 'model'>): Offer {
    return {
      key,
      model,
      account: accountOf(this.#state, key.account),
      running: this.#state.running.get(key.id) ?? 0,
      slotFreeAt: (now) => this.#state.slots.lapsesAt(key.id, now),
      ...(key.shared && { runningOf: (user: string) => runningOf(this.#state, key.id, user) }),
    }
  }

  #makeLane({ model, defaultModel, row }: Pick<Need, 'model' | 'defaultModel' | 'row'>, now: number): Lane {
    const lane: Lane = {
      needModel: model,
      defaultModel,
      entries: new Map(),
      ready: [],
      asleep: [],
      rankedAt: now,
    }
    for (const key of this.#configuration.keys) {
      if (!goesWith(key, row)) continue
      const entry = this.#makeEntry(key, lane, now)
      lane.entries.set(key.id, entry)
      if (entry.wakeAt === 0) lane.ready.push(entry)
      else lane.asleep.push(entry)
    }
    lane.ready.sort(byRank)
    lane.asleep.sort(byWaking)
    return lane
  }

  #makeEntry(key: PoolKey, { needModel, defaultModel }: Lane, now: number): Entry {
    const model = modelFor(key, { ...(needModel !== undefined && { model: needModel }), defaultModel })
    const offer = this.offer({ key, model })
    const block = longest(standingBlocks(offer, now))
    const position = this.#positions.get(key.id) ?? 0
    return {
      key,
      model,
      position,
      rank: this.#strategy.rank(standingOf(offer, position), now),
      wakeAt: block ? (block.retryAt ?? Infinity) : 0,
      ...(block && { block }),
    }
  }

  #move(lane: Lane, entry: Entry, now: number): void {
    const [from, order] = entry.wakeAt === 0 ? [lane.ready, byRank] : [lane.asleep, byWaking]
    from.splice(indexIn(from, entry, order), 1)
    const moved = this.#makeEntry(entry.key, lane, now)
    lane.entries.set(entry.key.id, moved)
    const [to, newOrder] = moved.wakeAt === 0 ? [lane.ready, byRank] : [lane.asleep, byWaking]
    to.splice(indexIn(to, moved, newOrder), 0, moved)
  }
}

/** The model that a key would be asked for; empty where it has none, and the need names none. */
export function modelFor(
  key: PoolKey,
  { model, defaultModel }: Pick<Need, 'model' | 'defaultModel'>,
): string {
  return model ?? ownModelOf(key, defaultModel) ?? ''
}

/** Whether a key goes with the row that will be called: it is sent nowhere else. */
export function goesWith(key: Pick<PoolKey, 'row'>, row: string | undefined): boolean {
  return row === undefined || key.row === row
}

/**
 * Until when a key is known to be too small for a need; 0 where nothing is known. Room only grows
 * with time unless the account changes, and then there is a new entry. So keys that are almost used
 * up are passed over without looking at their windows.
 */
export function shortUntil(entry: Entry, need: Need): number {
  const { short } = entry
  if (!short || isPersonal(entry, need)) return 0
  return sizeOf(need.estimate, short) >= short.amount ? short.until : 0
}

/** Whether the size that is too much for a key depends on who asks. */
function isPersonal({ key }: Entry, { maxShare }: Need): boolean {
  return key.shared !== undefined && (maxShare !== undefined || key.shared.reserve !== undefined)
}

function rememberSize(entry: Entry, { estimate }: Need, blocks: readonly Block[]): void {
  const block = longest(blocks.filter(({ unit }) => unit !== undefined && unit !== 'requests'))
  if (!block?.unit || block.reason === 'reserved') return
  const of = { unit: block.unit, isCertain: block.reason === 'larger-than-window' }
  entry.short = { ...of, amount: sizeOf(estimate, of), until: block.retryAt ?? Infinity }
}

function sizeOf(estimate: Need['estimate'], { unit, isCertain }: Pick<Short, 'unit' | 'isCertain'>): number {
  return isCertain ? certainAmount(unit, estimate) : estimatedAmount(unit, estimate)
}

function standingOf({ key, account, model }: Offer, position: number): Standing {
  const { turn = 0, pass = 0, latency } = account.keys[key.id] ?? {}
  return {
    position,
    lastTurn: turn,
    pass,
    ...(latency && { latency }),
    windows: account.windows.filter((window) => counts(window, model, key.id)),
  }
}

type Order = (a: Entry, b: Entry) => number

// Positions differ, so that no two entries are equal and each is found again where it was put.
const byRank: Order = (a, b) => a.key.priority - b.key.priority || a.rank - b.rank || a.position - b.position
const byWaking: Order = (a, b) => compare(a.wakeAt, b.wakeAt) || a.position - b.position

/** Infinity minus Infinity is no number. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1
}

/** Where an entry is, or belongs. */
function indexIn(entries: readonly Entry[], entry: Entry, order: Order): number {
  let low = 0
  let high = entries.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const other = entries[middle]
    if (other && order(other, entry) < 0) low = middle + 1
    else high = middle
  }
  return low
}
