/** A chart of figures over time, and the same figures as a table for screen readers. */
import { useState } from 'preact/hooks'
import { beginning, number } from '../format.ts'
import { stepOf } from '../state/plot.ts'
import { text } from '../text.ts'
import { Plot } from './plot.tsx'

export interface Series {
  label: string
  /** A token of `styles/tokens.css`, as in `--wire`. */
  colour: `--${string}`
  /** One for each time. */
  values: readonly number[]
}

export interface TimeSeriesProps {
  title: string
  /** Milliseconds since the epoch, in even steps. */
  times: readonly number[]
  /** Drawn one on top of the other, the last at the foot. */
  series: readonly Series[]
  /** How a figure is written. */
  write?: (value: number) => string
}

export function TimeSeries({ title, times, series, write = number }: TimeSeriesProps) {
  const [asTable, setAsTable] = useState(false)
  return (
    <figure class="chart">
      <figcaption>
        {title}
        <span class="chart-legend">
          {series.map(({ label, colour }) => (
            <span key={label} style={{ '--series': `var(${colour})` }}>
              {label}
            </span>
          ))}
        </span>
      </figcaption>
      <Plot times={times} series={series} write={write} />
      <details onToggle={({ currentTarget }) => setAsTable(currentTarget.open)}>
        <summary>{text.chart.asTable}</summary>
        {asTable && <FiguresTable title={title} times={times} series={series} write={write} />}
      </details>
    </figure>
  )
}

function FiguresTable({ title, times, series, write }: Required<TimeSeriesProps>) {
  const stepMs = stepOf(times)
  return (
    <div class="chart-table" tabIndex={0} role="region" aria-label={text.table.scroll(title)}>
      <table>
        <thead>
          <tr>
            <th scope="col">{text.chart.time}</th>
            {series.map(({ label }) => (
              <th key={label} scope="col">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {times.map((at, index) => (
            <tr key={at}>
              <th scope="row">{beginning(at, stepMs)}</th>
              {series.map(({ label, values }) => (
                <td key={label}>{write(values[index] ?? 0)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
