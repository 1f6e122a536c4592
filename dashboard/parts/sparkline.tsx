/** A line the size of a word: how something went, without axes. The figures beside it say what it means. */
interface SparklineProps {
  /** Evenly spaced, oldest first. */
  values: readonly number[]
  label: string
}

const width = 96
const height = 24

export function Sparkline({ values, label }: SparklineProps) {
  if (values.length < 2) return null
  const top = Math.max(...values) || 1
  const points = values.map((value, index) => {
    const x = (index * (width - 2)) / (values.length - 1) + 1
    return `${x.toFixed(1)},${(height - 2 - (value / top) * (height - 4)).toFixed(1)}`
  })
  return (
    <svg class="sparkline" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      <polyline points={points.join(' ')} />
    </svg>
  )
}
