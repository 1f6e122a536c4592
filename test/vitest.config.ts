/**
 * Four kinds of test: `*.test.ts` in Node for what is pure, `*.workerd.test.ts` inside workerd with real D1 and Durable
 * Objects, `end-to-end/` over real sockets against the built Worker, and `browser/` in a real browser that it serves.
 */
import path from 'node:path'
import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'

const root = path.join(import.meta.dirname, '..')

export default defineConfig({
  root,
  test: {
    reporters: ['default', path.join(import.meta.dirname, 'closing-line.ts')],
    projects: [
      {
        extends: true,
        test: {
          name: 'pure',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.workerd.test.ts', 'test/end-to-end/**', 'test/browser/**'],
        },
      },
      {
        extends: true,
        plugins: [
          cloudflareTest(async () => ({
            wrangler: { configPath: path.join(root, 'wrangler.toml') },
            miniflare: {
              bindings: {
                MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
                JWT_SECRET: 'a-secret-for-tests-that-is-long-enough',
                ALLOW_PRIVATE_UPSTREAMS: 'true',
                SANDBOX: 'true',
                HUB_LOCAL: '1',
                TEST_MIGRATIONS: await readD1Migrations(path.join(root, 'migrations')),
              },
            },
          })),
        ],
        test: {
          name: 'workerd',
          include: ['test/**/*.workerd.test.ts'],
          setupFiles: [path.join(import.meta.dirname, 'setup.workerd.ts')],
        },
      },
      {
        extends: true,
        test: {
          name: 'end-to-end',
          include: ['test/end-to-end/**/*.test.ts'],
          globalSetup: [path.join(import.meta.dirname, 'end-to-end/build.ts')],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          globalSetup: [path.join(import.meta.dirname, 'browser/setup.ts')],
          testTimeout: 180_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
