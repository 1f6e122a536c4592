/**
 * Bars over time, standing on one another, for the eye alone: `time-series.tsx` says the same as a
 * table.
 */
import { useMemo, useState } from 'preact/hooks'
import { beginning, tick } from '../format.ts'
import { highestOf, outlinesOf, scaleOf, stepOf, writtenTimes } from '../state/plot.ts'
import type { TimeSeriesProps } from './time-series.tsx'

type PlotProps = Required<Omit<TimeSeriesProps, 'title'>>

export function Plot({ times, series, write }: PlotProps) {
  const { scale, outlines } = useMemo(() => drawingOf(series.map(({ values }) => values)), [series])
  const [read, setRead] = useState<number>()
  const point = ({ clientX, currentTarget }: PointerEvent & { currentTarget: HTMLElement }): void => {
    const { left, width } = currentTarget.getBoundingClientRect()
    const place = Math.floor(((clientX - left) / width) * times.length)
    setRead(Math.min(times.length - 1, Math.max(0, place)))
  }
  const spanMs = (times.at(-1) ?? 0) - (times[0] ?? 0)
  return (
    <div class="plot" aria-hidden="true">
      <ol class="plot-marks">
        {scale.marks.map((mark) => (
          <li key={mark} style={{ '--at': mark / scale.top }}>
            {write(mark)}
          </li>
        ))}
      </ol>
      <div
        class="plot-drawing"
        onPointerDown={point}
        onPointerMove={point}
        onPointerLeave={() => setRead(undefined)}
      >
        <svg viewBox={`0 0 ${times.length} ${scale.top}`} preserveAspectRatio="none">
          <path
            class="plot-lines"
            d={scale.marks.map((mark) => `M0 ${scale.top - mark}h${times.length}`).join('')}
          />
          {outlines.map((outline, index) => (
            <path key={series[index]?.label} d={outline} style={{ fill: `var(${series[index]?.colour})` }} />
          ))}
        </svg>
        {read !== undefined && <Reading times={times} series={series} write={write} index={read} />}
      </div>
      <ol class="plot-times">
        {writtenTimes(times).map((index) => (
          <li key={index} style={{ '--at': (index + 0.5) / times.length }}>
            {tick(times[index] ?? 0, spanMs, stepOf(times))}
          </li>
        ))}
      </ol>
    </div>
  )
}

function drawingOf(stacks: readonly (readonly number[])[]) {
  const scale = scaleOf(highestOf(stacks), stacks.flat().every(Number.isInteger))
  return { scale, outlines: outlinesOf(stacks, scale.top) }
}

interface ReadingProps extends PlotProps {
  index: number
}

/** What stands where the pointer is. */
function Reading({ times, series, write, index }: ReadingProps) {
  return (
    <div class="plot-reading" style={{ '--at': (index + 0.5) / times.length }}>
      <p>
        {beginning(times[index] ?? 0, stepOf(times))}
        {series.map(({ label, values }) => (
          <span key={label}>
            {label} <strong class="figures">{write(values[index] ?? 0)}</strong>
          </span>
        ))}
      </p>
    </div>
  )
}
