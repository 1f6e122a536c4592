/** What the bench tries with each agent: every vendor alone, and troubles on the way. */
import type { BenchPerson } from './hub.ts'
import type { Trouble, VendorCall } from './outside.ts'
import { nameOf, type Vendor, vendors } from './vendors.ts'

export interface Scenario {
  /** The column of the table. */
  name: string
  kind: 'model' | 'failover' | 'trouble'
  /** How many keys a person has at each vendor. */
  keys: number
  /** Makes what is asked for. @returns the name of the model or route. */
  prepare(person: BenchPerson): Promise<string>
  /** Makes the troubles of one run. */
  trouble?(): (call: VendorCall) => Trouble
  /** Says what is wrong with the vendors that were called; undefined where nothing is. */
  verify?(calls: readonly VendorCall[]): string | undefined
}

const wait = 1_500

/** Each vendor's model by its own name. */
const models = vendors.map((vendor): Scenario => ({
  name: nameOf(vendor),
  kind: 'model',
  keys: 1,
  prepare: async (person) => person.nameOf(vendor),
}))

/** One vendor for each dialect. */
const ofDialects = ['openai', 'anthropic', 'gemini', 'mistral', 'cohere', 'deepseek'].map(find)

/** From each dialect to the next, and back. */
const failovers = ofDialects.map((first, index): Scenario => {
  const second = ofDialects[(index + 1) % ofDialects.length] ?? first
  return {
    name: `${first.id} → ${second.id} → ${first.id}`,
    kind: 'failover',
    keys: 1,
    async prepare(person) {
      await person.addRoute('bench', [first, second])
      return 'bench'
    },
    trouble: () => {
      let failed = false
      return ({ vendor, round }) => {
        if (vendor.id === second.id) return { type: 'slow', ms: wait }
        if (round !== 2 || failed) return undefined
        failed = true
        return { type: 'rate-limited', retryAfter: '1' }
      }
    },
    verify(calls) {
      const asked = calls.filter(({ round }) => round !== undefined).map(({ vendor }) => vendor.id)
      const turns = asked.filter((id, at) => id !== asked[at - 1])
      // Where the first sees no pictures, the second is asked again for the one of the task.
      const wanted = [first.id, second.id, first.id].join()
      return turns.slice(0, 3).join() === wanted ? undefined : `the task went to ${turns.join(', ')}`
    },
  }
})

const claude = find('anthropic')
const troubles: readonly Scenario[] = [
  {
    name: 'all keys cool down',
    kind: 'trouble',
    keys: 2,
    prepare: async (person) => person.nameOf(claude),
    trouble: () => {
      const failed = new Set<string>()
      return ({ key, round }) => {
        if (round !== 1 || failed.has(key)) return undefined
        failed.add(key)
        return { type: 'rate-limited', retryAfter: '3' }
      }
    },
  },
  broken('a stream breaks before content', false),
  broken('a stream breaks after content', true),
]

function broken(name: string, afterContent: boolean): Scenario {
  return {
    name,
    kind: 'trouble',
    keys: 2,
    prepare: async (person) => person.nameOf(claude),
    trouble: () => {
      let failed = false
      return ({ round }) => {
        if (round !== 2 || failed) return undefined
        failed = true
        return { type: 'cut', how: 'hang-up', afterContent }
      }
    },
  }
}

function find(id: string): Vendor {
  const vendor = vendors.find((one) => one.id === id)
  if (!vendor) throw new Error(`There is no vendor ${id}.`)
  return vendor
}

export const scenarios: readonly Scenario[] = [...models, ...failovers, ...troubles]
