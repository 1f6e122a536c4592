/** Before the browser tests: the build that they look at, and the browser that looks. */
import buildOnce from '../end-to-end/build.ts'
import { installChromium } from './chromium.ts'

export default function setup(): void {
  buildOnce()
  installChromium()
}
