/** Figures over time, drawn, and the same figures as a table for those who do not see the drawing. What draws is loaded when it is first seen. */
import type { RefObject } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { clock, day, number } from '../format.ts'
import { text } from '../text.ts'

export interface Series {
  label: string
  /** A token of `styles/tokens.css`, as in `--wire`. */
  colour: `--${string}`
  /** One for each time; null where nothing is known. */
  values: readonly (number | null)[]
}

interface TimeSeriesProps {
  title: string
  /** Milliseconds since the epoch, ascending. */
  times: readonly number[]
  series: readonly Series[]
  /** How a figure is written. */
  write?: (value: number) => string
  draw?: 'bars' | 'lines'
}

export function TimeSeries({ title, times, series, write = number, draw = 'bars' }: TimeSeriesProps) {
  const place = useRef<HTMLDivElement>(null)
  const isNear = useIsNear(place)
  const [drawn, setDrawn] = useState(false)

  useEffect(() => {
    const element = place.current
    if (!element || !isNear) return
    let remove: (() => void) | undefined
    let gone = false
    const show = async (): Promise<void> => {
      // Where it cannot be loaded, the table says the same.
      const chart = await import('./chart.ts').catch(() => undefined)
      if (gone) return
      remove = chart?.drawChart(element, { times, series, write, draw })
      setDrawn(true)
    }
    void show()
    return () => {
      gone = true
      remove?.()
    }
  }, [isNear, times, series, write, draw])

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
      <div ref={place} class="chart-place" aria-hidden="true">
        {isNear && !drawn && <p class="quiet">{text.chart.loading}</p>}
      </div>
      <details>
        <summary>{text.chart.asTable}</summary>
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
                  <th scope="row">
                    {day(at)} {clock(at)}
                  </th>
                  {series.map(({ label, values }) => {
                    const value = values[index]
                    return <td key={label}>{typeof value === 'number' ? write(value) : '–'}</td>
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  )
}

/** Whether something is on the screen or a little below it, or once was: what is further down need not be drawn yet. */
function useIsNear(place: RefObject<HTMLElement>): boolean {
  const [isNear, setIsNear] = useState(false)
  useEffect(() => {
    const element = place.current
    if (!element) return
    const observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return
        setIsNear(true)
        observer.disconnect()
      },
      { rootMargin: '0px 0px 200px' },
    )
    observer.observe(element)
    return () => observer.disconnect()
  }, [place])
  return isNear
}
