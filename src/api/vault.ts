/** The rotation of the master key, as an administrator drives it. */
import { Hono } from 'hono'
import { z } from 'zod'
import { requireKeyRing } from '../vault/vault.ts'
import { countOlderHeaders } from '../db/sealed-headers.ts'
import { countOlder } from '../db/ciphertexts.ts'
import { type Batch, type Position, resealBatch } from '../vault/rotate.ts'
import { parseJson } from '../http/body.ts'
import { validationError } from '../http/validation.ts'
import { poolStub } from '../quota/stub.ts'
import type { Env } from '../env.ts'
import type { HubContext } from './context.ts'
import { endpoint } from './endpoint.ts'

const RotationInput = z.strictObject({
  /**
   * Where the last answer said that the next call begins; absent to begin anew, which skips what is
   * done.
   */
  cursor: z.string().max(1_000).optional(),
  /** How many keys one call seals anew. */
  limit: z.int().min(1).max(100).default(100),
})

const Cursor = z.strictObject({
  table: z.enum(['keys', 'providers', 'responses']),
  after: z.strictObject({ owner: z.string(), id: z.string() }).optional(),
})

const Counts = z.object({ done: z.number(), left: z.number() })
const Rotation = z.object({
  /** The name of the master key that everything is sealed with. */
  current: z.string(),
  /** Done by this call, and still sealed with an older key. */
  keys: Counts,
  /** Providers with header values. */
  providers: Counts,
  responses: Counts,
  /** What does not open: those who entered these keys enter them again, or remove them. */
  stuck: z.array(
    z.object({
      what: z.enum(['key', 'headers', 'response']),
      owner: z.string(),
      id: z.string(),
      problem: z.enum(['no-master-key', 'altered']),
    }),
  ),
  /** Nothing is sealed with an older key. */
  complete: z.boolean(),
  /**
   * Once complete: the older keys, which nothing needs any more, and the variables that hold them.
   */
  retired: z.array(z.object({ key: z.string(), variable: z.string() })),
  nextCursor: z.string().nullable(),
})

export const vaultRoutes = new Hono<HubContext>().post(
  '/rotate',
  endpoint({
    guard: 'admin',
    audit: 'vault.rotated',
    summary: 'Re-encrypts a batch of stored keys with the newest master key. Call it until it is complete.',
    body: RotationInput,
    status: 201,
    answer: Rotation,
  }),
  async (c) => {
    const { cursor, limit } = c.req.valid('json')
    const [current, ...older] = requireKeyRing(c.env)
    const batch = await resealBatch(c.env, readCursor(cursor), limit, {
      actor: c.var.caller.configuration.user.id,
      action: 'vault.rotated',
      subject: current.id,
    })
    await tellPools(c.env, batch.pools)
    const left = {
      ...(await countOlder(c.env.DB, current.id)),
      providers: await countOlderHeaders(c.env.DB, current.id),
    }
    const complete = left.keys + left.providers + left.responses === 0
    return c.json(
      {
        current: current.id,
        keys: { done: batch.keys, left: left.keys },
        providers: { done: batch.providers, left: left.providers },
        responses: { done: batch.responses, left: left.responses },
        stuck: batch.stuck,
        complete,
        retired: complete ? older.map(({ id, variable }) => ({ key: id, variable })) : [],
        nextCursor: batch.next && !complete ? JSON.stringify(batch.next) : null,
      },
      201,
    )
  },
)

function readCursor(cursor: string | undefined): Position {
  if (cursor === undefined) return { table: 'keys' }
  const position = Cursor.safeParse(parseJson(cursor))
  if (!position.success) throw validationError(position.error, 'cursor')
  return position.data
}

/**
 * Tells pools that their copies are old. One that does not hear goes on with a ciphertext that is
 * gone: whoever is given it asks the database, as `gateway/credential.ts` does, so a rotation need
 * not fail for it.
 */
async function tellPools(env: Env, pools: Batch['pools']): Promise<void> {
  const told = await Promise.allSettled(
    pools.map(({ owner, provider }) => poolStub(env, owner, provider).refresh()),
  )
  for (const result of told) {
    if (result.status === 'rejected')
      console.warn('A key pool could not be told of a rotation.', result.reason)
  }
}
