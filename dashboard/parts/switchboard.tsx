/**
 * A drawing of the hub: a wire for each key, all leading to one address. Decoration with the true
 * states, which the text beside it repeats.
 */
import type { Standing } from '../state/key-status.ts'

interface SwitchboardProps {
  wires: readonly Standing['type'][]
  /** Whether a request is on its way. */
  flowing?: boolean
}

const width = 320
const height = 120
/** More wires than this are not drawn. */
export const mostWires = 13
const hubX = 208

export function Switchboard({ wires, flowing = false }: SwitchboardProps) {
  const shown = wires.slice(0, mostWires)
  const middle = height / 2
  const spread = Math.min(height - 16, Math.max(0, shown.length - 1) * 22)
  return (
    <svg
      class={flowing ? 'switchboard flowing' : 'switchboard'}
      viewBox={`0 0 ${width} ${height}`}
      aria-hidden="true"
    >
      {shown.map((type, index) => {
        const y = middle - spread / 2 + (shown.length > 1 ? (index * spread) / (shown.length - 1) : 0)
        return (
          <g class={`wire wire-${type === 'half-open' ? 'cooling' : type}`}>
            <path d={`M10 ${y}H48C${hubX - 80} ${y} ${hubX - 72} ${middle} ${hubX} ${middle}`} />
            <circle cx="10" cy={y} r="4" />
          </g>
        )
      })}
      <g class="trunk">
        <path d={`M${hubX} ${middle}H${width - 12}`} />
        <path d={`M${width - 20} ${middle - 6}L${width - 12} ${middle}L${width - 20} ${middle + 6}`} />
        <circle cx={hubX} cy={middle} r="13" />
      </g>
    </svg>
  )
}

/** What is drawn where no keys are known yet. */
export const sampleWires: readonly Standing['type'][] = [
  'ready',
  'ready',
  'cooling',
  'ready',
  'disabled',
  'ready',
]
