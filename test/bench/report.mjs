/** From rounds to numbers, and from numbers to the tables. */
import { isPaced } from './scenarios.mjs'
import { digits, median, table, times } from './tables.mjs'

/** @typedef {'proxy' | 'hub'} Subject */

/**
 * The medians of one scenario, each with the least and the most of its rounds.
 * @typedef {{ scenario: import('./scenarios.mjs').Scenario, proxy: Figures, hub: Figures, ratios:
 *   number[] }} Measured
 * @typedef {{ cpuMs: number[], latencyMs: number[], perSecond: number[], firstByteMs: number[],
 *   delayMs: number[], gapMs: number[] }} Figures
 */

/** Runs a scenario, both in turn, round by round. @returns {Promise<Measured>} */
export async function measure(scenario, rounds, divisor, drive) {
  const count = Math.max(scenario.connections, Math.ceil(scenario.count / divisor))
  const warmUp = isPaced(scenario) ? 1 : Math.min(200, count)
  const lengths = []
  for (const subject of ['proxy', 'hub']) {
    const { answers } = await drive(
      subject,
      { ...scenario, connections: Math.min(warmUp, scenario.connections) },
      warmUp,
    )
    lengths.push(answers[0].bytes)
  }
  // What is translated has another length; what is not must arrive whole.
  if (lengths[0] !== lengths[1] && !scenario.name.startsWith('translated')) {
    throw new Error(`The proxy's answers have ${lengths[0]} bytes, the hub's ${lengths[1]}.`)
  }
  const measured = { scenario, proxy: newFigures(), hub: newFigures(), ratios: [] }
  for (let round = 0; round < rounds; round++) {
    for (const subject of ['proxy', 'hub']) {
      const { answers, seconds, cpuMs } = await drive(subject, scenario, count)
      const figures = measured[subject]
      figures.cpuMs.push(cpuMs)
      figures.perSecond.push(count / seconds)
      figures.latencyMs.push(median(answers.map(({ sentAt, endedAt }) => endedAt - sentAt)))
      figures.firstByteMs.push(median(answers.map(({ sentAt, firstByteAt }) => firstByteAt - sentAt)))
      if (!isPaced(scenario)) continue
      const rhythms = answers.map(rhythmOf)
      figures.delayMs.push(median(rhythms.map(({ delayMs }) => delayMs)))
      figures.gapMs.push(median(rhythms.map(({ gapMs }) => gapMs)))
    }
    measured.ratios.push(measured.hub.cpuMs.at(-1) / measured.proxy.cpuMs.at(-1))
  }
  return measured
}

/** @returns {Figures} */
function newFigures() {
  return { cpuMs: [], latencyMs: [], perSecond: [], firstByteMs: [], delayMs: [], gapMs: [] }
}

/**
 * How much of the provider's rhythm the client felt: the median time that an event was on its way,
 * and the most by which the pause before an event was longer at the client than at the provider.
 */
function rhythmOf({ pieces }) {
  const delays = []
  let text = ''
  for (const piece of pieces) {
    text += piece.text
    const events = text.split('\n\n')
    text = events.pop() ?? ''
    for (const event of events) {
      const sentAt = /"sent_at":"([\d.]+)"/.exec(event)?.[1]
      if (sentAt !== undefined) delays.push(piece.at - Number(sentAt))
    }
  }
  // A pause grows by as much as the delay does from one event to the next.
  const growth = delays.slice(1).map((delay, n) => delay - delays[n])
  return { delayMs: median(delays), gapMs: Math.max(...growth) }
}

/** @param {Measured[]} measured @param {number} rounds */
export function renderTables(measured, rounds) {
  const rows = measured.map(({ scenario, proxy, hub, ratios }) => [
    scenario.name,
    digits(median(proxy.cpuMs)),
    digits(median(hub.cpuMs)),
    `${times(median(ratios))} (${digits(Math.min(...ratios))} to ${digits(Math.max(...ratios))})`,
    scenario.budget === undefined ? '' : times(scenario.budget),
    digits(median(proxy.latencyMs)),
    digits(median(hub.latencyMs)),
    times(median(hub.latencyMs) / median(proxy.latencyMs)),
    Math.round(median(proxy.perSecond)),
    Math.round(median(hub.perSecond)),
  ])
  const headings = [
    '',
    'CPU ms, proxy',
    'CPU ms, hub',
    'CPU ratio',
    'budget',
    'p50 ms, proxy',
    'p50 ms, hub',
    'p50 ratio',
    'req/s, proxy',
    'req/s, hub',
  ]
  const paced = measured
    .filter(({ scenario }) => isPaced(scenario))
    .map(({ scenario, proxy, hub }) => [
      scenario.name,
      ...[proxy.firstByteMs, hub.firstByteMs, proxy.delayMs, hub.delayMs, proxy.gapMs, hub.gapMs].map((all) =>
        digits(median(all)),
      ),
    ])
  const pacedHeadings = [
    '',
    'first byte ms, proxy',
    'first byte ms, hub',
    'delay ms, proxy',
    'delay ms, hub',
    'longest extra gap ms, proxy',
    'longest extra gap ms, hub',
  ]
  const note = `Medians of ${rounds} rounds; in brackets the least and the most of the ratio. The fallback's first provider answers 418, which rests nobody.`
  return [table(headings, rows), paced.length > 0 ? table(pacedHeadings, paced) : '', `${note}\n`]
    .filter((part) => part !== '')
    .join('\n')
}
