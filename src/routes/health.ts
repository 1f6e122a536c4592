/** Whether the hub is alive, and whether it is ready to serve. */
import { Hono } from 'hono'
import { z } from 'zod'
import { findMisconfigurations, isLocal } from '../auth/secrets.ts'
import { pendingMigrations } from '../db/migrations.ts'
import { hasUsers } from '../db/users.ts'
import type { HubContext } from './context.ts'
import { endpoint } from './endpoint.ts'

const Live = z.object({ status: z.literal('ok') })
const Ready = z.object({
  status: z.enum(['ready', 'not-ready']),
  /** What is missing, and the command that mends it. */
  problems: z.array(z.object({ name: z.string(), problem: z.string(), remedy: z.string() })),
  /** Whether the first account is still to be made; null for strangers, who are to learn nothing of it. */
  unclaimed: z.boolean().nullable(),
})

const live = endpoint({ guard: 'public', summary: 'The Worker answers.', answer: Live })

export const healthRoutes = new Hono<HubContext>()
  .get('/health', live, (c) => c.json({ status: 'ok' as const }))
  .get('/health/live', live, (c) => c.json({ status: 'ok' as const }))
  .get(
    '/health/ready',
    endpoint({
      guard: 'public',
      summary: 'Secrets are set, the database answers, its migrations are applied.',
      answer: Ready,
    }),
    async (c) => {
      const problems = [...findMisconfigurations(c.env, isLocal(c.env, new URL(c.req.url)))]
      let unclaimed: boolean | null = null
      try {
        const pending = await pendingMigrations(c.env.DB)
        if (pending.length > 0) {
          problems.push({
            name: 'migrations',
            problem: `not applied: ${pending.join(', ')}`,
            remedy: 'npx wrangler d1 migrations apply DB --remote',
          })
        } else if (isLocal(c.env, new URL(c.req.url))) unclaimed = !(await hasUsers(c.env.DB))
      } catch {
        problems.push({
          name: 'DB',
          problem: 'the database does not answer',
          remedy: 'npx wrangler d1 info llm-hub',
        })
      }
      const ready = problems.length === 0
      return c.json(
        { status: ready ? ('ready' as const) : ('not-ready' as const), problems, unclaimed },
        ready ? 200 : 503,
      )
    },
  )
