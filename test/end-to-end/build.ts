/** Builds the Worker and the dashboard once before the end-to-end tests. */
import { build } from '../../.scripts/local.mjs'

export default function setup(): void {
  build()
}
