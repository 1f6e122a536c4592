import { describe, expect, it } from 'vitest'
import { questionBefore } from '../../dashboard/state/user-change.ts'

describe('questionBefore', () => {
  it('asks before anyone is made an administrator, and before a person takes rights from themselves', () => {
    expect(questionBefore({ role: 'admin' }, false)).toBe('promote')
    expect(questionBefore({ role: 'user' }, true)).toBe('demote')
    expect(questionBefore({ enabled: false }, true)).toBe('disable')
  })

  it('asks nothing where another administrator can undo the change at once', () => {
    expect(questionBefore({ role: 'user' }, false)).toBeUndefined()
    expect(questionBefore({ enabled: false }, false)).toBeUndefined()
    expect(questionBefore({ enabled: true }, true)).toBeUndefined()
  })
})
