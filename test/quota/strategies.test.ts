import { describe, expect, it } from 'vitest'
import type { PoolKey } from '../../src/quota/pool-state.ts'
import { type Contender, strategyNamed } from '../../src/quota/strategies.ts'

function contender(id: string, lastTurn: number): Contender {
  const key: PoolKey = {
    id,
    account: id,
    secret: { type: 'none' },
    mark: '',
    enabled: true,
    priority: 1,
    weight: 1,
    allowedModels: null,
    defaultModel: null,
    maxConcurrent: null,
  }
  return { key, lastTurn }
}

const contenders = [contender('first', 9), contender('second', 4), contender('third', 4)] as const

describe('a strategy', () => {
  it('drains the key that was entered first', () => {
    expect(strategyNamed('exhaust-first')(contenders).key.id).toBe('first')
  })

  it('takes turns, and among equals in the order of entry', () => {
    expect(strategyNamed('round-robin')(contenders).key.id).toBe('second')
  })

  it.each(['', 'unheard-of', 'constructor', 'toString'])('is the default where its name is "%s"', (name) => {
    expect(strategyNamed(name)).toBe(strategyNamed('exhaust-first'))
  })
})
