/** Builds the Worker and the dashboard once before the tests of the build, whichever of their projects comes first. */
import { build } from '../../.scripts/local.mjs'

const built = 'HUB_TESTS_BUILT'

export default function buildOnce(): void {
  if (process.env[built]) return
  build()
  process.env[built] = '1'
}
