/** The state of a key, an account or a pool, told by words, by colour and by shape. */
import type { Standing } from '../state/key-status.ts'
import { text } from '../text.ts'
import { Countdown } from './countdown.tsx'

export function StateChip({ standing }: { standing: Standing }) {
  const { type } = standing
  return (
    <span class={`chip chip-${type}`} title={text.stateHints[type]}>
      {text.states[type]}
      {type === 'cooling' && standing.until < Infinity && (
        <>
          {' '}
          <Countdown at={standing.until} />
        </>
      )}
    </span>
  )
}
