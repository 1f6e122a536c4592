/**
 * Four kinds of test, in one queue: `*.test.ts` in Node for pure code, `*.workerd.test.ts` inside
 * workerd with real D1 and Durable Objects, `end-to-end/` over real sockets against the built
 * Worker, and `browser/` in a real browser. `README.md` says how they share what is slow to start.
 */
import { availableParallelism } from 'node:os'
import path from 'node:path'
import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'
import { bundledHub } from './bundled-hub.ts'
import { keepStateInMemory } from './state-folder.ts'

const root = path.join(import.meta.dirname, '..')
keepStateInMemory()

/** Catches a test that hangs. It measures nothing: on a busy machine a second takes several. */
const hangsAfterMs = 120_000

/** Dependencies of the hub and of its tests inside workerd. */
const bundled = [
  '@hono/zod-validator',
  'drizzle-orm',
  'drizzle-orm/d1',
  'drizzle-orm/sqlite-core',
  'fast-check',
  'hono',
  'hono/body-limit',
  'hono/cookie',
  'hono/http-exception',
  'jose',
  'zod',
]

export default defineConfig({
  root,
  test: {
    reporters: [
      'default',
      path.join(import.meta.dirname, 'slowest-files.ts'),
      path.join(import.meta.dirname, 'closing-line.ts'),
    ],
    // Files own their state, so every core takes one. Vitest itself would leave a core idle.
    maxWorkers: availableParallelism(),
    testTimeout: hangsAfterMs,
    hookTimeout: hangsAfterMs,
    // What is polled ends as soon as it is true; one second is too short on a busy machine.
    expect: { poll: { timeout: 15_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'pure',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.workerd.test.ts', 'test/end-to-end/**', 'test/browser/**'],
          // A thread starts in a fraction of the time that a process takes.
          pool: 'threads',
        },
      },
      {
        extends: true,
        plugins: [
          bundledHub(path.join(root, 'src')),
          cloudflareTest(async () => ({
            wrangler: { configPath: path.join(root, 'wrangler.toml') },
            miniflare: {
              bindings: {
                MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
                JWT_SECRET: 'a-secret-for-tests-that-is-long-enough',
                ALLOW_PRIVATE_UPSTREAMS: 'true',
                SANDBOX: 'true',
                HUB_LOCAL: '1',
                MODELS_URL: 'none',
                TEST_MIGRATIONS: await readD1Migrations(path.join(root, 'migrations')),
              },
            },
          })),
        ],
        test: {
          name: 'workerd',
          include: ['test/**/*.workerd.test.ts'],
          setupFiles: [path.join(import.meta.dirname, 'setup.workerd.ts')],
          // Every file loads the hub into a runtime of its own, one request per module. Bundled
          // dependencies are a few modules instead of several hundred.
          deps: { optimizer: { ssr: { enabled: true, include: bundled } } },
        },
      },
      {
        extends: true,
        test: {
          name: 'end-to-end',
          include: ['test/end-to-end/**/*.test.ts'],
          globalSetup: [path.join(import.meta.dirname, 'end-to-end/setup.ts')],
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          globalSetup: [path.join(import.meta.dirname, 'browser/setup.ts')],
          testTimeout: 2 * hangsAfterMs,
        },
      },
    ],
  },
})
