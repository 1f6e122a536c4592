/**
 * The service that starts hubs for test files: `POST /` starts one, `DELETE /<number>` stops it,
 * and `GET /shared` has the address of the one hub that files share. It runs in the main process,
 * so that no test file loads wrangler and Miniflare itself, which takes seconds. Each hub starts
 * from a copy of a database that was migrated once.
 */
import { randomBytes } from 'node:crypto'
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { serve } from '../../.scripts/local.mjs'
import { password } from './hub.ts'

/** What a test file asks for. */
export interface Wanted {
  /** Variables over those of a local run. */
  variables: Record<string, string>
  /** A folder with the state of an earlier hub, which outlives this one. */
  kept?: string | undefined
}

/** A hub that runs. */
export interface Started {
  number: number
  origin: string
}

/** The hub that files share, with the session of its administrator. */
export interface Shared extends Started {
  session: string
}

interface Running {
  stop(): Promise<void>
}

/**
 * @param folders `built` is a copy of the build, `migrated` a state folder with all migrations.
 * @returns the address of the service, and `close`, which also stops all hubs still running.
 */
export async function openHubs(folders: {
  built: string
  migrated: string
}): Promise<{ url: string; close(): Promise<void> }> {
  const running = new Map<number, Running>()
  let count = 0

  async function start({ variables, kept }: Wanted): Promise<Started> {
    const state = kept ?? mkdtempSync(path.join(tmpdir(), 'hub-test-'))
    if (readdirSync(state).length === 0) cpSync(folders.migrated, state, { recursive: true })
    const hub = await serve({
      port: 0,
      state,
      variables: {
        MASTER_KEY: randomBytes(32).toString('base64'),
        JWT_SECRET: randomBytes(32).toString('base64'),
        HUB_LOCAL: '1',
        ALLOW_PRIVATE_UPSTREAMS: 'true',
        MODELS_URL: 'none',
        ...variables,
      },
      dist: folders.built,
    })
    const number = ++count
    running.set(number, {
      async stop() {
        await hub.stop()
        if (kept === undefined) rmSync(state, { recursive: true, force: true })
      },
    })
    return { number, origin: hub.url.origin }
  }

  async function stop(number: number): Promise<object> {
    const hub = running.get(number)
    running.delete(number)
    await hub?.stop()
    return {}
  }

  async function startShared(): Promise<Shared> {
    const started = await start({ variables: {} })
    const response = await fetch(`${started.origin}/api/auth/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'admin', password }),
    })
    const { token } = await response.json<{ token: string }>()
    return { ...started, session: token }
  }
  // Starts with the first file that asks for it, and is stopped with the rest.
  let shared: Promise<Shared> | undefined

  const server = createServer((request, response) => {
    const answer = async (): Promise<object> => {
      if (request.method === 'GET') return (shared ??= startShared())
      if (request.method === 'DELETE') return stop(Number(request.url?.slice(1)))
      const parts: Buffer[] = []
      for await (const part of request) parts.push(part)
      // Only `hub.ts` calls, with what `Wanted` says.
      return start(JSON.parse(Buffer.concat(parts).toString()) as Wanted)
    }
    answer().then(
      (body) => response.end(JSON.stringify(body)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections()
      server.close()
      await Promise.all([...running.keys()].map(stop))
    },
  }
}
