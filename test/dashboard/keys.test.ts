/**
 * What the page of keys decides: what a form asks the hub to change, and how many keys are listed.
 */
import { describe, expect, it } from 'vitest'
import type { Account, Key } from '../../dashboard/api.ts'
import { readKeyChange } from '../../dashboard/state/key-form.ts'
import { findKeys, firstKeys, groupKeys } from '../../dashboard/state/key-groups.ts'
import { limitEntriesOf } from '../../dashboard/state/limit-form.ts'

const key: Key = {
  id: 'key_1',
  provider: 'groq',
  account: 'key_1',
  name: 'work',
  note: null,
  masked: 'gsk_****1234',
  priority: 1,
  weight: 1,
  enabled: true,
  shared: false,
  reserve: null,
  free: false,
  allowedModels: ['llama*'],
  defaultModel: null,
  limits: [{ unit: 'requests', per: 'day', limit: 50, resets: 'pacific' }],
  maxConcurrent: 4,
  createdAt: '2026-11-26T08:00:00.000Z',
  updatedAt: '2026-11-26T08:00:00.000Z',
  state: {
    status: 'active',
    coolingUntil: null,
    reason: null,
    halfOpen: false,
    restingModels: [],
    windows: [],
    running: 0,
    latencyMs: null,
    lastUsedAt: null,
  },
}

/**
 * The form as it opens, with some of its fields entered anew; null stands for a box that is not
 * ticked.
 */
function formOf(entered: Record<string, string | null> = {}): FormData {
  const form = new FormData()
  const fields = {
    name: 'work',
    note: '',
    priority: '1',
    weight: '1',
    maxConcurrent: '4',
    defaultModel: '',
    allowedModels: 'llama*',
    account: 'key_1',
    apiKey: '',
    enabled: 'on',
    ...entered,
  }
  for (const [name, value] of Object.entries(fields)) if (value !== null) form.set(name, value)
  return form
}
const asItIs = { limits: limitEntriesOf(key.limits), mayShare: true }

describe('the form of a key', () => {
  it('asks for nothing where nothing was changed', () => {
    expect(readKeyChange(key, formOf(), asItIs)).toEqual({})
    // A limit that says what holds anyway is the same limit.
    const limits = [
      { ...key.limits?.[0], unit: 'requests', per: 'day', limit: 50, scope: 'account' },
    ] as const
    expect(readKeyChange({ ...key, limits: [...limits] }, formOf(), asItIs)).toEqual({})
  })

  it('asks for what was changed and nothing else', () => {
    const form = formOf({
      note: ' for nights ',
      priority: '3',
      allowedModels: 'llama*, gpt-*\n\n',
      enabled: null,
      free: 'on',
    })
    expect(readKeyChange(key, form, asItIs)).toEqual({
      note: 'for nights',
      priority: 3,
      allowedModels: ['llama*', 'gpt-*'],
      enabled: false,
      free: true,
    })
  })

  it('takes away what was emptied', () => {
    const form = formOf({ name: ' ', maxConcurrent: '', allowedModels: '', account: '' })
    expect(readKeyChange(key, form, { limits: [], mayShare: true })).toEqual({
      name: null,
      maxConcurrent: null,
      allowedModels: null,
      account: null,
      limits: null,
    })
  })

  it('keeps a number that has to be, where its field was emptied', () => {
    expect(readKeyChange(key, formOf({ priority: '', weight: '' }), asItIs)).toEqual({})
  })

  it('sends a new secret, and never an empty one', () => {
    expect(readKeyChange(key, formOf({ apiKey: ' gsk_new ' }), asItIs)).toEqual({ apiKey: 'gsk_new' })
    expect(readKeyChange(key, formOf({ apiKey: '  ' }), asItIs)).toEqual({})
  })

  it('keeps a part of a shared account, or nothing of it', () => {
    expect(readKeyChange(key, formOf({ reserve: ' 20 % ' }), asItIs)).toEqual({ reserve: '20%' })
    expect(readKeyChange(key, formOf({ reserve: '30' }), asItIs)).toEqual({ reserve: 30 })
    const keeping = { ...key, reserve: '20%' }
    expect(readKeyChange(keeping, formOf({ reserve: '20%' }), asItIs)).toEqual({})
    expect(readKeyChange(keeping, formOf({ reserve: '' }), asItIs)).toEqual({ reserve: null })
    expect(readKeyChange(keeping, formOf(), { ...asItIs, mayShare: false })).toEqual({})
  })

  it('shares or keeps only where there is a box for that', () => {
    expect(readKeyChange(key, formOf({ shared: 'on' }), asItIs)).toEqual({ shared: true })
    const shared = { ...key, shared: true }
    expect(readKeyChange(shared, formOf(), { ...asItIs, mayShare: false })).toEqual({})
    expect(readKeyChange(shared, formOf(), asItIs)).toEqual({ shared: false })
  })
})

describe('the list of keys', () => {
  const account: Account = {
    id: 'acc_1',
    provider: 'groq',
    name: 'ada@example.com',
    shared: false,
    reserve: null,
    keys: [],
    createdAt: '2026-11-26T08:00:00.000Z',
  }
  const one = { ...key, id: 'key_1', account: 'key_1', masked: 'gsk_****0001' }
  const two = { ...key, id: 'key_2', account: 'acc_1', masked: 'gsk_****0002' }
  const three = { ...key, id: 'key_3', account: 'acc_1', masked: 'gsk_****0003', name: 'nights' }

  it('has the keys of an account together under its name, and the others after them', () => {
    expect(groupKeys([one, two, three], [account])).toEqual([
      { account, keys: [two, three] },
      { keys: [one] },
    ])
    expect(groupKeys([], [account])).toEqual([])
  })

  it('shows no more than were asked for, and no account of which none is shown', () => {
    const groups = groupKeys([one, two, three], [account])
    expect(firstKeys(groups, 1)).toEqual([{ account, keys: [two] }])
    expect(firstKeys(groups, 2)).toEqual([{ account, keys: [two, three] }])
    expect(firstKeys(groups, 9)).toEqual(groups)
    expect(firstKeys(groups, 0)).toEqual([])
  })

  it('finds keys by every word of what is seen of them, however it is written', () => {
    const nameOf = (id: string): string => ({ groq: 'Groq Cloud' })[id] ?? id
    const found = (typed: string) => findKeys([one, two, three], typed, nameOf).map(({ id }) => id)
    expect(found('')).toEqual(['key_1', 'key_2', 'key_3'])
    expect(found(' CLOUD  night ')).toEqual(['key_3'])
    expect(found('0002')).toEqual(['key_2'])
    expect(found('night 0002')).toEqual([])
    expect(found('active')).toHaveLength(3)
    expect(found('ready')).toHaveLength(3)
    const resting = { ...one, shared: true, state: { ...one.state, status: 'cooling' as const } }
    for (const chip of ['cooling down', 'cooldown', 'shared with the team']) {
      expect(findKeys([resting, two], chip, nameOf), chip).toEqual([resting])
    }
  })
})
