/**
 * Bars over time, standing on one another: where they are, how high they go, and what the axes say.
 * Pure; times are milliseconds since the epoch.
 */
import { minuteMs } from '../../src/domain/time.ts'

/** As many marks on the axis of figures, above its zero. */
const mostMarks = 4
/** As many times on the other: more would not stand side by side. */
const mostTimes = 7
/**
 * How much of its step a bar fills; where there are few, no bar is broader than this part of the
 * whole.
 */
const fill = 0.7
const broadest = 1 / 24

export interface Scale {
  /** What the height of the drawing stands for. */
  top: number
  /** The figures that are marked, rising from zero. */
  marks: number[]
}

/**
 * The axis of figures: marks at round figures, and a little room above the highest.
 * @param whole there is no half of what is drawn, as of a request.
 */
export function scaleOf(highest: number, whole: boolean): Scale {
  const top = highest > 0 ? highest * 1.1 : 1
  const rough = top / mostMarks
  const power = 10 ** Math.floor(Math.log10(rough))
  const round = [1, 2, 5, 10].map((step) => step * power).find((step) => step >= rough) ?? rough
  const step = whole ? Math.max(1, round) : round
  return { top, marks: Array.from({ length: Math.floor(top / step) + 1 }, (_, mark) => mark * step) }
}

/** How long each of even steps is, in milliseconds; zero where there is only one. */
export function stepOf([first = 0, second = first]: readonly number[]): number {
  return second - first
}

/** Every how many steps a time is written. */
const strides = [1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 24, 30, 48, 60, 90, 120, 168]

/**
 * Which times are written, by their places: evenly, and at round ones where steps are hours or
 * minutes of the reader's clock.
 */
export function writtenTimes(times: readonly number[]): number[] {
  const rough = times.length / mostTimes
  const stride = strides.find((steps) => steps >= rough) ?? Math.ceil(rough)
  const stepMs = stepOf(times) || 1
  return [...times.keys()].filter((index) => {
    const at = times[index] ?? 0
    const onTheirClock = at - new Date(at).getTimezoneOffset() * minuteMs
    return Math.floor(onTheirClock / stepMs) % stride === 0
  })
}

/** The most that stands at one time. */
export function highestOf(stacks: readonly (readonly number[])[]): number {
  const [first = []] = stacks
  return first.reduce((most, _, index) => Math.max(most, sumAt(stacks, index)), 0)
}

/**
 * The outline of each series' bars, as the path of a drawing that is as many wide as there are
 * times and `top` high. The first is above the others.
 */
export function outlinesOf(stacks: readonly (readonly number[])[], top: number): string[] {
  return stacks.map((values, series) => {
    const breadth = Math.min(fill, values.length * broadest)
    const below = stacks.slice(series + 1)
    return values
      .map((value, index) => {
        if (value <= 0) return ''
        const foot = top - sumAt(below, index)
        return `M${index + (1 - breadth) / 2} ${foot}h${breadth}v${-value}h${-breadth}z`
      })
      .join('')
  })
}

function sumAt(stacks: readonly (readonly number[])[], index: number): number {
  return stacks.reduce((sum, values) => sum + (values[index] ?? 0), 0)
}
