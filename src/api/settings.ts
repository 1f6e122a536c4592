/**
 * The settings of the whole hub. They are of effect at once where they decide who may come in, and
 * within half a minute elsewhere.
 */
import { strategyNames } from '../domain/strategies.ts'
import { Hono } from 'hono'
import { z } from 'zod'
import { lookAgain } from '../auth/open-access.ts'
import type { Env } from '../env.ts'
import { changeSettings, type HubSettings, readSettings } from '../db/settings.ts'
import { readOrigin } from '../http/web-origin.ts'
import { announceChange } from '../announce/announce.ts'
import { CapsInput, CapsState, CapsView, showCaps, showState, withCaps } from './schemas/caps.ts'
import { useOfOpenAccess } from './cap-usage.ts'
import type { HubContext } from './context.ts'
import { endpoint } from './endpoint.ts'
import { MaxShare } from './schemas/user.ts'
import { withoutUndefined } from './schemas/common.ts'

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
  personDefaults: z.object({ ...CapsView, maxShare: z.number().nullable() }),
  tokenDefaults: z.object({ ...CapsView, expiresInDays: z.number().nullable() }),
  openAccessCaps: z.object(CapsView),
  /** The use of these caps. */
  openAccessState: CapsState,
})

const SettingsChange = z.strictObject({
  registration: z.enum(['open', 'closed']).optional(),
  openAccess: z.boolean().optional(),
  openAccessPerMinute: z.int().min(1).max(1_000).optional(),
  logRetentionDays: z.int().min(1).max(3_650).optional(),
  exposeServedBy: z.boolean().optional(),
  corsOrigins: z.array(WebOrigin).max(50).optional(),
  defaultStrategy: z.enum(strategyNames).nullish(),
  /** Caps that a new person gets. Those who are here already keep theirs. */
  personDefaults: z.strictObject({ ...CapsInput, maxShare: MaxShare.nullish() }).optional(),
  /** Caps and lifetime that a new token gets where its creator leaves them out. */
  tokenDefaults: z
    .strictObject({ ...CapsInput, expiresInDays: z.int().min(1).max(3_650).nullish() })
    .optional(),
  /** Caps over all requests without a credential together. */
  openAccessCaps: z.strictObject(CapsInput).optional(),
})

export const settingsRoutes = new Hono<HubContext>()
  .get('/', endpoint({ guard: 'admin', summary: 'The settings of this hub.', answer: Settings }), async (c) =>
    c.json(await showSettings(c.env, await readSettings(c.env.DB))),
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
      const change = toChange(c.req.valid('json'), await readSettings(c.env.DB))
      const actor = c.var.caller.configuration.user.id
      await announceChange(c.env, actor, await changeSettings(c.env.DB, change, actor))
      lookAgain()
      return c.json(await showSettings(c.env, await readSettings(c.env.DB)))
    },
  )

function isOrigin(text: string): boolean {
  return readOrigin(text) === text
}

/** The settings to store. Of defaults and caps, a field that was not sent keeps its value. */
function toChange(
  { personDefaults, tokenDefaults, openAccessCaps, ...sent }: z.output<typeof SettingsChange>,
  before: HubSettings,
): Partial<HubSettings> {
  return {
    ...withoutUndefined(sent),
    ...(personDefaults && {
      personDefaults: {
        ...withCaps(before.personDefaults, personDefaults),
        maxShare:
          personDefaults.maxShare === undefined ? before.personDefaults.maxShare : personDefaults.maxShare,
      },
    }),
    ...(tokenDefaults && {
      tokenDefaults: {
        ...withCaps(before.tokenDefaults, tokenDefaults),
        expiresInDays:
          tokenDefaults.expiresInDays === undefined
            ? before.tokenDefaults.expiresInDays
            : tokenDefaults.expiresInDays,
      },
    }),
    ...(openAccessCaps && { openAccessCaps: withCaps(before.openAccessCaps, openAccessCaps) }),
  }
}

/** The settings that are known: the table may hold what another version of the hub wrote. */
async function showSettings(env: Env, settings: HubSettings): Promise<z.infer<typeof Settings>> {
  const { registration, openAccess, openAccessPerMinute, logRetentionDays } = settings
  const { exposeServedBy, corsOrigins, defaultStrategy } = settings
  const { personDefaults, tokenDefaults, openAccessCaps } = settings
  return {
    registration,
    openAccess,
    openAccessPerMinute,
    logRetentionDays,
    exposeServedBy,
    corsOrigins,
    defaultStrategy,
    personDefaults: { ...showCaps(personDefaults), maxShare: personDefaults.maxShare },
    tokenDefaults: { ...showCaps(tokenDefaults), expiresInDays: tokenDefaults.expiresInDays },
    openAccessCaps: showCaps(openAccessCaps),
    openAccessState: showState(await useOfOpenAccess(env, openAccessCaps)),
  }
}
