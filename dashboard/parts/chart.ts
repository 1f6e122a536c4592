/** Draws figures over time with uPlot, in the colours of the page's sheet. Only `time-series.tsx` loads this. */
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { tick } from '../format.ts'
import type { Series } from './time-series.tsx'

interface Drawing {
  times: readonly number[]
  series: readonly Series[]
  write: (value: number) => string
  draw: 'bars' | 'lines'
}

/** Low on a phone: what follows the drawing should still be seen. */
function sizeOf(place: HTMLElement): { width: number; height: number } {
  return { width: Math.max(200, place.clientWidth), height: place.clientWidth < 480 ? 140 : 180 }
}

/** Between two places on the axis of time, in seconds: never parts of one. */
const stepsOfTime = [
  1, 5, 10, 30, 60, 300, 600, 1800, 3600, 10_800, 21_600, 43_200, 86_400, 604_800, 2_592_000,
]

/** Between two figures on the other axis, where what is drawn is counted: there is no half of a request. */
const stepsOfCounts = Array.from({ length: 12 }, (_, power) =>
  [1, 2, 5].map((step) => step * 10 ** power),
).flat()

/** @returns a function that takes it away again. */
export function drawChart(place: HTMLElement, { times, series, write, draw }: Drawing): () => void {
  const spanMs = (times.at(-1) ?? 0) - (times[0] ?? 0)
  // In seconds: the first and the last bar are as broad as the others.
  const margin = draw === 'bars' ? ((times[1] ?? 0) - (times[0] ?? 0)) / 2000 : 0
  const counts = series.every(({ values }) =>
    values.every((value) => value === null || Number.isInteger(value)),
  )
  const make = (): uPlot => {
    const style = getComputedStyle(place)
    // A canvas knows no `light-dark()`: each colour is asked for as the page shows it now.
    const colourOf = (token: string): string => resolveColour(place, token)
    const axis = {
      stroke: colourOf('--ink-soft'),
      grid: { stroke: colourOf('--line'), width: 1 },
      ticks: { show: false },
      font: `12px ${style.fontFamily}`,
    }
    const bars = uPlot.paths.bars?.({ size: [0.7, 40] })
    return new uPlot(
      {
        ...sizeOf(place),
        legend: { show: false },
        cursor: { y: false, points: { show: draw === 'lines' } },
        padding: [8, 28, 0, 0],
        scales: {
          x: { time: true, range: (_plot, low, high) => [low - margin, high + margin] },
          y: { range: (_plot, _low, high) => [0, high > 0 ? high * 1.1 : 1] },
        },
        axes: [
          {
            ...axis,
            size: 28,
            incrs: stepsOfTime,
            space: 72,
            values: (_plot, seconds) => seconds.map((at) => tick(at * 1000, spanMs)),
          },
          {
            ...axis,
            size: 56,
            ...(counts && { incrs: stepsOfCounts }),
            values: (_plot, values) => values.map(write),
          },
        ],
        series: [
          {},
          ...series.map(({ label, colour }): uPlot.Series => ({
            label,
            stroke: colourOf(colour),
            width: draw === 'bars' ? 0 : 2,
            points: { show: false },
            ...(draw === 'bars' && { fill: colourOf(colour), ...(bars && { paths: bars }) }),
          })),
        ],
      },
      [
        times.map((at) => at / 1000),
        ...(draw === 'bars' ? stack(series) : series.map(({ values }) => [...values])),
      ],
      place,
    )
  }

  let plot = make()
  const redraw = (): void => {
    plot.destroy()
    plot = make()
  }
  const resized = new ResizeObserver(() => plot.setSize(sizeOf(place)))
  resized.observe(place)
  const scheme = matchMedia('(prefers-color-scheme: dark)')
  scheme.addEventListener('change', redraw)
  const themed = new MutationObserver(redraw)
  themed.observe(document.documentElement, { attributeFilter: ['data-theme'] })
  return () => {
    resized.disconnect()
    themed.disconnect()
    scheme.removeEventListener('change', redraw)
    plot.destroy()
  }
}

/** Bars stand on one another: each series is drawn with those after it, which are then drawn over its lower part. */
function stack(series: readonly Series[]): number[][] {
  return series.map(({ values }, first) =>
    values.map((_, index) =>
      series.slice(first).reduce((sum, { values: others }) => sum + (others[index] ?? 0), 0),
    ),
  )
}

function resolveColour(place: HTMLElement, token: string): string {
  const probe = document.createElement('span')
  probe.style.color = `var(${token})`
  place.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}
