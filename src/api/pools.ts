/**
 * What is left: every pool that a person's requests draw on, in sums. The state of one's own keys
 * is with the keys.
 */
import { scopes } from '../domain/scopes.ts'
import { periods, units } from '../domain/limits.ts'
import { Hono } from 'hono'
import { z } from 'zod'
import type { ConfiguredUser } from '../db/configuration.ts'
import type { Directory } from '../gateway/provider-directory.ts'
import type { KeyState, PoolReport, WindowState } from '../quota/rpc.ts'
import { poolName, poolStub } from '../quota/stub.ts'
import type { HubContext } from './context.ts'
import { directoryOf } from './provider-directory.ts'
import { endpoint } from './endpoint.ts'
import { PersonUse } from './schemas/key.ts'
import { listOf, Time, toTime, toTimeOrNull } from './schemas/common.ts'

const Sum = z.object({
  unit: z.enum(units),
  per: z.enum(periods),
  used: z.number(),
  reserved: z.number(),
  /** Of all accounts that have one; null where none has. */
  limit: z.number().nullable(),
  /** What can still be used of that; null where no account has a limit. */
  left: z.number().nullable(),
  /** How many accounts have no limit of this kind: what is left is more by an unknown amount. */
  unlimitedAccounts: z.number(),
  /** When the first of the accounts gets some of it back. */
  resetsAt: Time.nullable(),
  /** The amount that the owners of the accounts keep for themselves. */
  reserve: z.number(),
  /** The part of each person in shared accounts: everyone's for an administrator, else your own. */
  byPerson: z.array(PersonUse),
})

export const Pool = z.object({
  provider: z.string(),
  /** Your own accounts, or those that an admin shares with everyone. */
  scope: z.enum(scopes),
  strategy: z.string(),
  /** Nobody entered a key: it is the sandbox, or the deployment's own key that serves. */
  implied: z.boolean(),
  keys: z.object({
    active: z.number(),
    cooling: z.number(),
    quarantined: z.number(),
    disabled: z.number(),
  }),
  /** Models that rest for every key of the pool, as after failures of the provider. */
  restingModels: z.array(z.object({ model: z.string(), until: Time, verdict: z.string() })),
  windows: z.array(Sum),
  /** When the first resting account may serve again; null where one may now, or none ever. */
  nextFreeAt: Time.nullable(),
  /** When all of it has run dry at the present pace; null where that is not to be foreseen. */
  dryAt: Time.nullable(),
  /** Requests that wait for a slot. */
  waiting: z.number(),
  /**
   * Accounts of yours that look as if they were one at the provider: they run out at the same
   * times.
   */
  suggestions: z.array(z.object({ accounts: z.array(z.string()), times: z.number(), lastAt: Time })),
  /**
   * Requests that are in no log, because the database refused their records; absent where there are
   * none.
   */
  recordsSetAside: z.number().optional(),
})

export const poolRoutes = new Hono<HubContext>().get(
  '/',
  endpoint({
    guard: 'user',
    summary: 'The quota left in every pool that you can use.',
    answer: listOf(Pool),
  }),
  async (c) => {
    const { user } = c.var.caller.configuration
    const data = await Promise.all(
      poolsInReach(directoryOf(c)).map(async ({ poolOwner, provider }) =>
        showPool(poolOwner, provider, await poolStub(c.env, poolOwner, provider).report(), user),
      ),
    )
    return c.json({ data, nextCursor: null })
  },
)

/** Where a pool is. */
export interface PoolAddress {
  /** A user's id or `hub`. */
  poolOwner: string
  provider: string
}

/** The pools that requests draw on, each once. */
export function poolsInReach({ reach }: Directory): PoolAddress[] {
  return distinctPools(reach.map(({ poolOwner, provider }) => ({ poolOwner, provider })))
}

/** Each of these pools once. */
export function distinctPools(pools: PoolAddress[]): PoolAddress[] {
  return [...new Map(pools.map((pool) => [poolName(pool.poolOwner, pool.provider), pool])).values()]
}

/** @param viewer sees their own part of shared accounts; an administrator sees everyone's. */
export function showPool(
  poolOwner: string,
  provider: string,
  report: PoolReport,
  viewer: Pick<ConfiguredUser, 'id' | 'role'>,
): z.infer<typeof Pool> {
  const { keys, dryAt, waiting, strategy } = report
  const count = (status: KeyState['status']): number => keys.filter((key) => key.status === status).length
  const active = count('active')
  const cooling = keys.flatMap(({ coolingUntil }) => coolingUntil ?? [])
  const scope = poolOwner === 'hub' ? 'hub' : 'user'
  return {
    provider,
    scope,
    strategy,
    // Accounts that somebody entered are named by their owners.
    implied: keys.every(({ account }) => !account.includes('/')),
    keys: {
      active,
      cooling: count('cooling'),
      quarantined: count('quarantined'),
      disabled: count('disabled'),
    },
    restingModels: restingEverywhere(keys),
    windows: sumWindows(keys, viewer.role === 'admin' ? undefined : viewer.id),
    nextFreeAt: active === 0 && cooling.length > 0 ? toTime(Math.min(...cooling)) : null,
    dryAt: toTimeOrNull(dryAt),
    waiting,
    ...(report.recordsSetAside !== undefined && { recordsSetAside: report.recordsSetAside }),
    // Who shares which account with whom is no business of those who merely draw on them.
    suggestions:
      scope === 'hub'
        ? []
        : report.suggestions.map(({ accounts, times, lastAt }) => ({
            accounts: accounts.map((name) => name.slice(name.indexOf('/') + 1)),
            times,
            lastAt: toTime(lastAt),
          })),
  }
}

/** The models that rest for all keys that could serve, each until the first of them may. */
function restingEverywhere(keys: KeyState[]): z.infer<typeof Pool>['restingModels'] {
  const serving = keys.filter(({ status }) => status === 'active' || status === 'cooling')
  const rests = serving.flatMap(({ restingModels }) => restingModels)
  return [...Map.groupBy(rests, ({ model }) => model)].flatMap(([model, group]) => {
    const [first] = group
    if (!first || group.length < serving.length) return []
    const until = Math.min(...group.map((rest) => rest.until))
    return [{ model, until: toTime(until), verdict: first.verdict }]
  })
}

/** The windows of whole accounts, summed up; those of one model or key are left to the keys. */
function sumWindows(keys: KeyState[], onlyUser: string | undefined): z.infer<typeof Sum>[] {
  // Of an account, a key that serves speaks before one that does not.
  const serving = keys
    .filter(({ status }) => status !== 'disabled')
    .toSorted((a, b) => Number(b.status === 'quarantined') - Number(a.status === 'quarantined'))
  const accounts = new Map(serving.map((key) => [key.account, key]))
  const windows = [...accounts.values()].flatMap((key) =>
    key.windows.filter(({ scope, model }) => scope === 'account' && model === undefined),
  )
  return [...Map.groupBy(windows, ({ unit, per }) => `${unit}/${per}`).values()].flatMap((group) => {
    const [first] = group
    return first ? [sumOf(first, group, accounts.size, onlyUser)] : []
  })
}

function sumOf(
  { unit, per }: WindowState,
  group: WindowState[],
  accounts: number,
  onlyUser: string | undefined,
): z.infer<typeof Sum> {
  const add = (read: (window: WindowState) => number): number =>
    group.reduce((sum, window) => sum + read(window), 0)
  const limited = group.filter(({ limit }) => limit !== undefined)
  const resets = group.flatMap(({ resetsAt }) => resetsAt ?? [])
  return {
    unit,
    per,
    used: add(({ used }) => used),
    reserved: add(({ reserved }) => reserved),
    limit: limited.length > 0 ? add(({ limit = 0 }) => limit) : null,
    left: limited.length > 0 ? add(({ left = 0 }) => left) : null,
    unlimitedAccounts: accounts - limited.length,
    resetsAt: resets.length > 0 ? toTime(Math.min(...resets)) : null,
    reserve: add(({ reserve = 0 }) => reserve),
    byPerson: sumPeople(group).filter(({ user }) => onlyUser === undefined || user === onlyUser),
  }
}

/** The parts of each person in several windows, the largest first. */
function sumPeople(group: WindowState[]): z.infer<typeof PersonUse>[] {
  const uses = Map.groupBy(
    group.flatMap(({ byPerson = [] }) => byPerson),
    ({ user }) => user,
  )
  return [...uses]
    .map(([user, parts]) => ({
      user,
      used: parts.reduce((sum, { used }) => sum + used, 0),
      reserved: parts.reduce((sum, { reserved }) => sum + reserved, 0),
    }))
    .toSorted((a, b) => b.used + b.reserved - a.used - a.reserved)
}
