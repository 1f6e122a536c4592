/** The table at the end of a run, in Markdown. */
import { type Agent, agents } from './agents.ts'
import type { Scenario } from './scenarios.ts'

export interface Result {
  agent: Agent
  scenario: Scenario
  faults: readonly string[]
}

/** A row for each scenario, a column for each agent. */
export function renderTable(results: readonly Result[]): string {
  const columns = agents.filter((agent) => results.some((result) => result.agent === agent))
  const rows = [...new Set(results.map(({ scenario }) => scenario))].map((scenario) => [
    scenario.name,
    ...columns.map((agent) => {
      const result = results.find((one) => one.agent === agent && one.scenario === scenario)
      return result ? (result.faults.length === 0 ? '✓' : '✗') : ''
    }),
  ])
  const passed = results.filter(({ faults }) => faults.length === 0).length
  const head = ['', ...columns.map(({ name, version }) => `${name} ${version}`)]
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`)
  const day = new Date().toISOString().slice(0, 10)
  return `\n${lines.join('\n')}\n\n${passed} of ${results.length} pass (${day}).`
}
