/**
 * The Worker's bindings and the variables of one request, as types. What each setting means stands
 * in the README.
 */
import type { Announcer } from './announce/announcer.ts'
import type { Throttle } from './auth/throttle.ts'
import type { AuditSealer } from './db/audit-sealer.ts'
import type { KeyPool } from './quota/key-pool.ts'
import type { TeamObject } from './team/team-object.ts'
import type { UserObject } from './user/user-object.ts'

export interface Env {
  DB: D1Database
  KEY_POOL: DurableObjectNamespace<KeyPool>
  ANNOUNCER: DurableObjectNamespace<Announcer>
  AUDIT_SEALER: DurableObjectNamespace<AuditSealer>
  THROTTLE: DurableObjectNamespace<Throttle>
  TEAM_OBJECT: DurableObjectNamespace<TeamObject>
  USER_OBJECT: DurableObjectNamespace<UserObject>
  ASSETS: Fetcher

  /** Secrets. In production the hub refuses to serve without them: `auth/secrets.ts`. */
  MASTER_KEY?: string
  JWT_SECRET?: string
  SETUP_TOKEN?: string

  /** `1` in local runs; honoured only for requests that arrive on a loopback address. */
  HUB_LOCAL?: string
  /**
   * The port of a local run, by which it knows calls to itself. `npm start` and `npm run dev` set
   * it.
   */
  HUB_PORT?: string
  /**
   * `1` where no Cloudflare is in front to state client addresses: `npm start` and `npm run dev`
   * set it.
   */
  HUB_DIRECT?: string
  /**
   * When a local run began, in milliseconds since the epoch: every Worker from before is dead.
   * Absent where a deployment may start objects anew while Workers live on.
   */
  HUB_STARTED_AT?: string
  KEY_SELECTION_STRATEGY?: string
  CORS_ORIGINS?: string
  ALLOW_PRIVATE_UPSTREAMS?: string
  SANDBOX?: string
  /**
   * Where the facts about models are read from once a day; models.dev's by default. `none` reads
   * nothing.
   */
  MODELS_URL?: string

  /** `{PROVIDER}_API_KEY` and whatever else a deployment sets. */
  [name: string]: unknown
}
