/** LLM Hub on one page: what is mounted where, what stands before it, and how errors leave. */
import { Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { sealAudit } from './db/audit-sealer.ts'
import { sealPending } from './db/audit-sealing.ts'
import { readSettings } from './db/settings.ts'
import { foldUsage } from './db/usage-rollup.ts'
import { removeOutdated } from './db/retention.ts'
import { refuseForgery } from './auth/csrf.ts'
import { findMisconfigurations, isLocal } from './auth/secrets.ts'
import type { Env } from './env.ts'
import { HubError, toHubError } from './errors.ts'
import { rememberRequest } from './http/current-request.ts'
import { drain } from './http/body.ts'
import { clientAddress } from './http/client-address.ts'
import { cors } from './http/cors.ts'
import { refuseBrokenPaths } from './http/path-encoding.ts'
import { versionedPath } from './http/versioned-path.ts'
import { sealWhatIsOld } from './vault/rotate.ts'
import { secureHeaders } from './http/secure-headers.ts'
import { timeOrderedId } from './ids.ts'
import { refreshModels } from './providers/catalogue-refresh.ts'
import { accountRoutes } from './api/accounts.ts'
import { auditRoutes } from './api/audit.ts'
import { authRoutes } from './api/auth.ts'
import { chatRoutes } from './api/chat.ts'
import type { HubContext } from './api/context.ts'
import { declaredRoutes } from './api/endpoint.ts'
import { requireDatabaseVersion } from './api/database-version.ts'
import { errorResponse } from './api/error-response.ts'
import { noteChat } from './api/chat-failures.ts'
import { healthRoutes } from './api/health.ts'
import { invitationRoutes } from './api/invitations.ts'
import { keyRoutes } from './api/keys.ts'
import { liveRoutes } from './api/live.ts'
import { logRoutes } from './api/logs.ts'
import { modelRoutes } from './api/models.ts'
import { poolRoutes } from './api/pools.ts'
import { providerRoutes } from './api/providers.ts'
import { routeHealthRoutes } from './api/route-health.ts'
import { routingRoutes } from './api/routes.ts'
import { settingsRoutes } from './api/settings.ts'
import { teamRoutes } from './api/teams.ts'
import { tokenRoutes } from './api/tokens.ts'
import { transcriptRoutes } from './api/transcripts.ts'
import { providerHealthRoutes, usageRoutes } from './api/usage.ts'
import { userRoutes } from './api/users.ts'
import { vaultRoutes } from './api/vault.ts'

export { Announcer } from './announce/announcer.ts'
export { Throttle } from './auth/throttle.ts'
export { AuditSealer } from './db/audit-sealer.ts'
export { KeyPool } from './quota/key-pool.ts'
export { TeamObject } from './team/team-object.ts'
export { UserObject } from './user/user-object.ts'

/** What a request did is in the chain before its answer leaves. */
const sealEntries = rememberRequest<HubContext>((c) =>
  sealAudit(c.env, (work) => c.executionCtx.waitUntil(work)),
)

export const app = new Hono<HubContext>({ getPath: versionedPath })
  .use(async (c, next) => {
    const now = Date.now()
    c.set('receivedAt', now)
    c.set('requestId', timeOrderedId('req', now))
    await next()
    await drain(c.req.raw, clientAddress(c.req.raw.headers, c.env))
  })
  .use(secureHeaders)
  .route('/', healthRoutes)
  // Fail closed: without real secrets nothing but the health of the hub is answered.
  .use(async (c, next) => {
    const [missing] = findMisconfigurations(c.env, isLocal(c.env, new URL(c.req.url)))
    if (missing) {
      const { name, problem, remedy } = missing
      throw new HubError('INTERNAL_ERROR', `This hub is not set up: ${name} ${problem}. Run: ${remedy}`)
    }
    await next()
  })
  .use(requireDatabaseVersion)
  .use(refuseBrokenPaths)
  .use(cors(async (d1) => (await readSettings(d1)).corsOrigins))
  .use('/api/*', sealEntries)
  .use('/v1/auth/*', sealEntries)
  .use('/v1/admin/*', sealEntries)
  .use(refuseForgery)
  .use('/v1/*', noteChat)
  .use('/v1beta/*', noteChat)
  .use('/api/chat', noteChat)
  .route('/', chatRoutes)
  .route('/', modelRoutes)
  .route('/api/auth', authRoutes)
  .route('/v1/auth', authRoutes)
  .route('/api/keys', keyRoutes)
  .route('/v1/admin/keys', keyRoutes)
  .route('/api/accounts', accountRoutes)
  .route('/api/tokens', tokenRoutes)
  .route('/api/routes', routingRoutes)
  .route('/api/pools', poolRoutes)
  .route('/api/providers', providerRoutes)
  .route('/api/logs', logRoutes)
  .route('/v1/admin/logs', logRoutes)
  .route('/api/logs', transcriptRoutes)
  .route('/v1/admin/logs', transcriptRoutes)
  .route('/api/usage', usageRoutes)
  .route('/api/health', providerHealthRoutes)
  .route('/api/health', routeHealthRoutes)
  .route('/api/users', userRoutes)
  .route('/api/teams', teamRoutes)
  .route('/api/invitations', invitationRoutes)
  .route('/api/settings', settingsRoutes)
  .route('/api/audit', auditRoutes)
  .route('/api/vault', vaultRoutes)
  .route('/api/live', liveRoutes)
  .notFound((c) => {
    // Codex tries a WebSocket first, and continues over HTTP only after this status.
    const code = c.req.header('upgrade')?.toLowerCase() === 'websocket' ? 'UPGRADE_REQUIRED' : 'NOT_FOUND'
    return errorResponse(c, new HubError(code, `Unknown endpoint ${c.req.method} ${c.req.path}.`))
  })
  .onError((thrown, c) => {
    const error =
      thrown instanceof HTTPException ? new HubError('VALIDATION_ERROR', thrown.message) : toHubError(thrown)
    // What is not an error of ours is a fault of ours: it is logged for the operator, and the
    // client learns nothing of it.
    if (error.code === 'INTERNAL_ERROR' || error.code === 'UNAVAILABLE')
      console.error(`${c.var.requestId} ${c.req.method} ${c.req.path}`, thrown)
    if (error.code === 'UNAVAILABLE') c.set('unavailable', true)
    return errorResponse(c, error)
  })

export type HubApp = typeof app

// A route without a guard would be open to everyone: the Worker does not start with one.
declaredRoutes(app)

export default {
  fetch: app.fetch,
  async scheduled(controller, env) {
    const now = controller.scheduledTime
    await removeOutdated(env.DB, now)
    await foldUsage(env.DB, now)
    await sealPending(env.DB)
    await sealWhatIsOld(env)
    await refreshModels(env, now)
  },
} satisfies ExportedHandler<Env>
