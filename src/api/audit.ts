/** The audit log as an administrator reads it, and the proof that it is whole. */
import { Hono } from 'hono'
import { z } from 'zod'
import { findAuditEntry, listAudit, readChain } from '../db/audit.ts'
import { sealAudit } from '../db/audit-sealer.ts'
import { type AuditRow, checkEntries, emptyChain } from '../db/audit-chain.ts'
import { HubError } from '../errors.ts'
import type { HubContext } from './context.ts'
import { endpoint } from './endpoint.ts'
import { listOf, Time, TimeInput, toTime } from './schemas/common.ts'

const Place = z.coerce.number().int().min(1)

const AuditQuery = z.strictObject({
  actor: z.string().optional(),
  action: z.string().optional(),
  subject: z.string().optional(),
  from: TimeInput.optional(),
  to: TimeInput.optional(),
  cursor: Place.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})

const Entry = z.object({
  /** The entry's place in the chain, from 1 and without gaps. */
  sequence: z.number(),
  at: Time,
  /** The id of the user who acted, or `nobody`. */
  actor: z.string(),
  address: z.string().nullable(),
  action: z.string(),
  subject: z.string(),
  detail: z.record(z.string(), z.unknown()),
  previous: z.string(),
  hash: z.string(),
})

const VerifyQuery = z
  .strictObject({
    cursor: Place.optional(),
    /** An end of the chain that was noted earlier, as `end` says it: it must still be there. */
    sequence: Place.optional(),
    hash: z
      .string()
      .regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits')
      .optional(),
  })
  .refine(({ sequence, hash }) => (sequence === undefined) === (hash === undefined), {
    path: ['hash'],
    message: 'and `sequence` must be sent together',
  })

const Verdict = z.object({
  valid: z.boolean(),
  /** The first entry that does not hold. */
  broken: z
    .object({ sequence: z.number(), problem: z.enum(['missing', 'altered', 'not-linked']) })
    .nullable(),
  /** How many entries this call looked at. */
  checked: z.number(),
  /**
   * How many of them are from before the chain and have no hash; they stand at its beginning only.
   */
  unchained: z.number(),
  /**
   * Where the chain ends as far as it was checked. Note it elsewhere: it proves later that nothing
   * was cut off or written anew.
   */
  end: z.object({ sequence: z.number(), hash: z.string() }),
  /** Present where the chain is longer than one call checks: call again with it. */
  nextCursor: z.string().nullable(),
})

/** How many entries one call checks. */
const checkedEntries = 5_000

export const auditRoutes = new Hono<HubContext>()
  .get(
    '/',
    endpoint({
      guard: 'admin',
      summary: 'Administrative changes and refusals, newest first.',
      query: AuditQuery,
      answer: listOf(Entry),
    }),
    async (c) => {
      await sealAudit(c.env, (work) => c.executionCtx.waitUntil(work))
      const { entries, nextCursor } = await listAudit(c.env.DB, c.req.valid('query'))
      return c.json({
        data: entries.map(showEntry),
        nextCursor: nextCursor === null ? null : String(nextCursor),
      })
    },
  )
  .get(
    '/verify',
    endpoint({
      guard: 'admin',
      summary: 'Verifies that no entry of the audit log is missing or altered.',
      query: VerifyQuery,
      answer: Verdict,
    }),
    async (c) => {
      await sealAudit(c.env, (work) => c.executionCtx.waitUntil(work))
      return c.json(await verify(c.env.DB, c.req.valid('query')))
    },
  )

async function verify(
  d1: D1Database,
  { cursor, sequence, hash }: z.infer<typeof VerifyQuery>,
): Promise<z.infer<typeof Verdict>> {
  const before = cursor === undefined ? emptyChain : await findAuditEntry(d1, cursor)
  if (!before) throw new HubError('VALIDATION_ERROR', 'Invalid cursor.', { param: 'cursor' })
  const noted = sequence === undefined ? undefined : { sequence, hash }
  const entries = await readChain(d1, before.sequence, checkedEntries)
  const { broken, end } = await checkEntries(entries, { sequence: before.sequence, hash: before.hash })
  const problem = broken ?? (noted && (await problemWith(d1, noted)))
  return {
    valid: problem === undefined,
    broken: problem ?? null,
    checked: entries.length,
    unchained: entries.filter((entry) => entry.hash === '').length,
    end,
    nextCursor: entries.length === checkedEntries && !problem ? String(end.sequence) : null,
  }
}

/** What became of an entry that was noted earlier. */
async function problemWith(
  d1: D1Database,
  noted: { sequence: number; hash: string | undefined },
): Promise<z.infer<typeof Verdict>['broken'] | undefined> {
  const { sequence } = noted
  const entry = await findAuditEntry(d1, sequence)
  if (!entry) return { sequence, problem: 'missing' }
  return entry.hash === noted.hash ? undefined : { sequence, problem: 'altered' }
}

function showEntry({ at, ...entry }: AuditRow): z.infer<typeof Entry> {
  return { ...entry, at: toTime(at) }
}
