/** Invitations: a secret that opens registration once, for whoever holds it. */
import { dayMs } from '../domain/time.ts'
import { Hono } from 'hono'
import { base64url } from 'jose'
import { z } from 'zod'
import { hashToken } from '../auth/gateway-tokens.ts'
import { addInvitation, listInvitations, removeInvitation, type StoredInvitation } from '../db/invitations.ts'
import { HubError } from '../errors.ts'
import { randomId } from '../ids.ts'
import type { HubContext } from './context.ts'
import { endpoint } from './endpoint.ts'
import { PersonRole } from './schemas/user.ts'
import { ById, listOf, Time, TimeInput, toTime, toTimeOrNull } from './schemas/common.ts'

/** How long an invitation is good where nothing else is said, and at most. */
const defaultMs = 7 * dayMs
const longestMs = 90 * dayMs

const InvitationInput = z.strictObject({
  role: PersonRole.default('user'),
  /** For whom it is, for the one who looks through the list. */
  note: z.string().trim().max(200).nullish(),
  expiresAt: TimeInput.optional(),
})

const Invitation = z.object({
  id: z.string(),
  role: PersonRole,
  note: z.string().nullable(),
  state: z.enum(['open', 'used', 'expired']),
  invitedBy: z.string(),
  createdAt: Time,
  expiresAt: Time,
  usedAt: Time.nullable(),
  /** The user that it made. */
  usedBy: z.string().nullable(),
})
/** The secret, and the link that holds it, are in this one answer and nowhere else. */
const NewInvitation = Invitation.extend({ invitation: z.string(), link: z.url() })

export const invitationRoutes = new Hono<HubContext>()
  .get(
    '/',
    endpoint({ guard: 'admin', summary: 'All invites, used or not.', answer: listOf(Invitation) }),
    async (c) => {
      const now = Date.now()
      const invitations = await listInvitations(c.env.DB)
      return c.json({ data: invitations.map((stored) => showInvitation(stored, now)), nextCursor: null })
    },
  )
  .post(
    '/',
    endpoint({
      guard: 'admin',
      audit: 'invitation.added',
      summary:
        'Creates an invite: registration with this secret works once, even while registration is closed.',
      body: InvitationInput,
      status: 201,
      answer: NewInvitation,
    }),
    async (c) => {
      const now = Date.now()
      const { role, note = null, expiresAt = now + defaultMs } = c.req.valid('json')
      requireSensible(expiresAt, now)
      const actor = c.var.caller.configuration.user.id
      const secret = `inv_${base64url.encode(crypto.getRandomValues(new Uint8Array(32)))}`
      const stored: StoredInvitation = {
        id: randomId('inv'),
        hash: await hashToken(secret),
        role,
        note,
        invitedBy: actor,
        createdAt: now,
        expiresAt,
        usedAt: null,
        usedBy: null,
      }
      await addInvitation(c.env.DB, stored, {
        actor,
        action: 'invitation.added',
        subject: stored.id,
        detail: { role },
      })
      // What follows the "#" stays in the browser: it is in no request and in no log.
      const link = `${new URL(c.req.url).origin}/#invitation=${secret}`
      return c.json({ ...showInvitation(stored, now), invitation: secret, link }, 201)
    },
  )
  .delete(
    '/:id',
    endpoint({
      guard: 'admin',
      audit: 'invitation.removed',
      summary: 'Revokes an invite.',
      params: ById,
      status: 204,
    }),
    async (c) => {
      const { id } = c.req.valid('param')
      const removed = await removeInvitation(c.env.DB, id, {
        actor: c.var.caller.configuration.user.id,
        action: 'invitation.removed',
        subject: id,
      })
      if (!removed) throw new HubError('NOT_FOUND', 'Invite not found.')
      return c.body(null, 204)
    },
  )

function requireSensible(expiresAt: number, now: number): void {
  if (expiresAt > now && expiresAt <= now + longestMs) return
  throw new HubError('VALIDATION_ERROR', `"expiresAt" must be within the next ${longestMs / dayMs} days.`, {
    param: 'expiresAt',
  })
}

function showInvitation(stored: StoredInvitation, now: number): z.infer<typeof Invitation> {
  const { id, role, note, invitedBy, usedBy, usedAt, expiresAt } = stored
  return {
    id,
    role,
    note,
    state: usedAt !== null ? 'used' : expiresAt > now ? 'open' : 'expired',
    invitedBy,
    createdAt: toTime(stored.createdAt),
    expiresAt: toTime(expiresAt),
    usedAt: toTimeOrNull(usedAt),
    usedBy,
  }
}
