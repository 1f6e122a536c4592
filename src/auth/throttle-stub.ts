/**
 * The way to the objects that count. Their names say what is counted: `login-from/<address>`,
 * `open/<address>`.
 */
import type { Env } from '../env.ts'
import type { Throttle } from './throttle.ts'

export function throttleStub(env: Env, name: string): DurableObjectStub<Throttle> {
  return env.THROTTLE.getByName(name)
}
