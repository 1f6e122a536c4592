/** A reporter whose last word is how many tests passed and failed, on a line of its own. */
import type { Reporter, TestModule, SerializedError } from 'vitest/node'

export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    let passed = 0
    let failed = errors.length
    for (const module of modules) {
      // A file that could not be loaded has no tests to count, and is a failure all the same.
      if (module.errors().length > 0) failed++
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        if (state === 'passed') passed++
        if (state === 'failed') failed++
      }
    }
    // The default reporter prints its summary in the same turn; this line comes after it.
    process.on('exit', () => console.log(`${passed} passed, ${failed} failed`))
  }
}
