/**
 * What was said in a request: for the person who asked, where they want it kept, and for nobody
 * else.
 */
import { Hono } from 'hono'
import { z } from 'zod'
import { spokenInAnswer, spokenInRequest } from '../transcripts/readable.ts'
import { findTranscript, type KeptTranscript } from '../transcripts/transcript.ts'
import { timeOfId } from '../ids.ts'
import { transcriptMs } from '../user/transcripts.ts'
import type { HubContext } from './context.ts'
import { endpoint } from './endpoint.ts'
import { findFreshLog } from './fresh-log.ts'
import { notInLog } from './logs.ts'
import { ById, Time, toTime } from './schemas/common.ts'

const Side = z.object({
  /** The body as it came, or its beginning. */
  text: z.string(),
  /** How many characters of it are not kept. */
  leftOut: z.number(),
  /** What is said in it, in order; null where the hub cannot tell: see `text`. */
  spoken: z
    .array(
      z.object({
        role: z.enum(['system', 'user', 'assistant', 'tool']),
        type: z.enum(['text', 'reasoning', 'refusal', 'tool-call', 'tool-result', 'file']),
        text: z.string(),
        /** Of a call the tool, of its result the call, of a file its kind. */
        name: z.string().nullable(),
      }),
    )
    .nullable(),
})

const Transcript = z.object({
  /** Null where nothing is kept of this request. */
  transcript: z.object({ dialect: z.string(), request: Side, answer: Side, keptUntil: Time }).nullable(),
})

export const transcriptRoutes = new Hono<HubContext>().get(
  '/:id/transcript',
  endpoint({
    guard: 'user',
    summary: 'The messages of one of your requests, if you store them (PATCH /api/auth/me).',
    params: ById,
    answer: Transcript,
  }),
  async (c) => {
    const { id } = c.req.valid('param')
    const owner = c.var.caller.configuration.user.id
    const kept = await findTranscript(c.env, owner, id)
    if (kept) return c.json({ transcript: show(id, kept) })
    if (!(await findFreshLog(c, { owner }, id))) throw notInLog()
    return c.json({ transcript: null })
  },
)

function show(id: string, { dialect, request, answer }: KeptTranscript) {
  return {
    dialect,
    request: { ...request, spoken: spokenInRequest(dialect, request.text) ?? null },
    answer: { ...answer, spoken: spokenInAnswer(dialect, answer.text) ?? null },
    keptUntil: toTime(timeOfId(id) + transcriptMs),
  }
}
