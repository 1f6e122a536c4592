/**
 * The bindings inside workerd tests: those of the hub, and the migrations that the set-up applies.
 */
type HubEnv = import('../src/env.ts').Env

declare namespace Cloudflare {
  interface GlobalProps {
    mainModule: typeof import('../src/index.ts')
  }
  interface Env extends HubEnv {
    TEST_MIGRATIONS: import('cloudflare:test').D1Migration[]
  }
}
