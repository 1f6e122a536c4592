/** A reporter that names the ten files that took longest, with their set-up and imports. */
import path from 'node:path'
import type { Reporter, TestModule } from 'vitest/node'

const shown = 10

export default class SlowestFiles implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const slowest = modules
      .map((module) => ({ module, ms: durationOf(module) }))
      .toSorted((a, b) => b.ms - a.ms)
      .slice(0, shown)
    const lines = slowest.map(({ module, ms }) => {
      const file = path.relative(module.project.config.root, module.moduleId)
      return `${(ms / 1000).toFixed(1).padStart(7)} s  ${file}`
    })
    // The default reporter prints its summary in the same turn; the list comes after it.
    process.on('exit', () => console.log(['The slowest files:', ...lines, ''].join('\n')))
  }
}

/** Milliseconds from loading a file to the end of its last hook. */
function durationOf(module: TestModule): number {
  const { environmentSetupDuration, prepareDuration, collectDuration, setupDuration, duration } =
    module.diagnostic()
  return environmentSetupDuration + prepareDuration + collectDuration + setupDuration + duration
}
