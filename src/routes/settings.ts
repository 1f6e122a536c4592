/** The settings of the whole hub. They are of effect at once where they decide who may come in, and within half a minute elsewhere. */
import { Hono } from 'hono'
import { z } from 'zod'
import { lookAgain } from '../auth/open-access.ts'
import { changeSettings, type HubSettings, readSettings } from '../db/settings.ts'
import { strategyNames } from '../quota/strategies.ts'
import { announceChange } from './announce.ts'
import type { HubContext } from './context.ts'
import { endpoint } from './endpoint.ts'
import { withoutUndefined } from './shapes.ts'

const WebOrigin = z
  .string()
  .trim()
  .refine(isOrigin, 'must be an origin such as https://app.example.com, without a path')

const Settings = z.object({
  registration: z.enum(['open', 'closed']),
  openAccess: z.boolean(),
  openAccessPerMinute: z.number(),
  logRetentionDays: z.number(),
  exposeServedBy: z.boolean(),
  corsOrigins: z.array(z.string()),
  defaultStrategy: z.string().nullable(),
})

const SettingsChange = z.strictObject({
  registration: z.enum(['open', 'closed']).optional(),
  openAccess: z.boolean().optional(),
  openAccessPerMinute: z.int().min(1).max(1_000).optional(),
  logRetentionDays: z.int().min(1).max(3_650).optional(),
  exposeServedBy: z.boolean().optional(),
  corsOrigins: z.array(WebOrigin).max(50).optional(),
  defaultStrategy: z.enum(strategyNames).nullish(),
})

export const settingsRoutes = new Hono<HubContext>()
  .get('/', endpoint({ guard: 'admin', summary: 'The settings of this hub.', answer: Settings }), async (c) =>
    c.json(showSettings(await readSettings(c.env.DB))),
  )
  .patch(
    '/',
    endpoint({
      guard: 'admin',
      audit: 'settings.changed',
      summary: 'Changes settings of this hub.',
      body: SettingsChange,
      answer: Settings,
    }),
    async (c) => {
      const change = withoutUndefined(c.req.valid('json'))
      const actor = c.var.caller.configuration.user.id
      await announceChange(c.env, actor, await changeSettings(c.env.DB, change, actor))
      lookAgain()
      return c.json(showSettings(await readSettings(c.env.DB)))
    },
  )

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text
}

/** The settings that are known: the table may hold what another version of the hub wrote. */
function showSettings(settings: HubSettings): z.infer<typeof Settings> {
  const { registration, openAccess, openAccessPerMinute, logRetentionDays } = settings
  const { exposeServedBy, corsOrigins, defaultStrategy } = settings
  return {
    registration,
    openAccess,
    openAccessPerMinute,
    logRetentionDays,
    exposeServedBy,
    corsOrigins,
    defaultStrategy,
  }
}
