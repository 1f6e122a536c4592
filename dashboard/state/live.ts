/**
 * The single event stream, which keeps the data of the page current. It is closed while the window
 * is hidden. If it ends, the browser reopens it.
 */
import { useEffect } from 'preact/hooks'
import type { LiveEvents } from '../../src/api/live.ts'
import { api, ask, type NamedLog, sessionEnded } from '../api.ts'
import { whenIdle } from './idle.ts'
import { change, refresh, renew } from './resource.ts'
import { keysSource, poolsSource } from './sources.ts'

const heard = new EventTarget()

type Whose = 'mine' | 'everyone'

/** How many pages show everyone's requests: while one does, the stream tells of those. */
let everyoneShown = 0

/** Keeps the stream open while the caller is mounted and the window is visible. */
export function useLive(): void {
  useEffect(() => {
    let stream: EventSource | undefined
    let hadBegun = false
    let catchingUp: ReturnType<typeof setTimeout> | undefined
    let retry: ReturnType<typeof setTimeout> | undefined
    const open = (): void => {
      if (document.visibilityState !== 'visible' || stream) return
      const whose: Whose = everyoneShown > 0 ? 'everyone' : 'mine'
      stream = new EventSource(whose === 'everyone' ? '/api/live?owner=all' : '/api/live')
      listen(stream, 'begun', () => {
        // What was just read for the first sight is read again when the page has come to rest.
        catchingUp = setTimeout(catchUp, hadBegun ? 0 : comesToRestMs)
        hadBegun = true
      })
      listen(stream, 'keys', hearKeys)
      listen(stream, 'pools', hearPools)
      listen(stream, 'log', (rows) => hearLog(rows, whose))
      listen(stream, 'ended', again)
      stream.addEventListener('error', () => {
        // Where it only broke, the browser opens it again; where it was refused, it does not.
        if (stream?.readyState === EventSource.CLOSED) again()
      })
    }
    const close = (): void => {
      clearTimeout(catchingUp)
      clearTimeout(retry)
      stream?.close()
      stream = undefined
    }
    /** Reopens the stream, unless the session is over. */
    const again = (): void => {
      close()
      retry = setTimeout(open, refusedAgainMs)
      void findEnd()
    }
    const look = (): void => (document.visibilityState === 'visible' ? open() : close())
    const reopen = (): void => {
      close()
      open()
    }
    // What is shown first is read first.
    const forget = whenIdle(open)
    heard.addEventListener('whose', reopen)
    document.addEventListener('visibilitychange', look)
    // A page that the browser keeps for "back" must not hold a connection.
    window.addEventListener('pagehide', close)
    return () => {
      forget()
      close()
      heard.removeEventListener('whose', reopen)
      document.removeEventListener('visibilitychange', look)
      window.removeEventListener('pagehide', close)
    }
  }, [])
}

const refusedAgainMs = 5_000
const comesToRestMs = 4_000

async function findEnd(): Promise<void> {
  const answer = await ask(api.api.auth.session.$get()).catch(() => undefined)
  if (answer && !answer.user) window.dispatchEvent(new Event(sessionEnded))
}

/**
 * Hears of requests as they come into the log, newest first.
 * @param onRows must stay the same function.
 * @param whose everyone's only administrators may hear of.
 * @param onBegun must stay the same function, too; is called when what came in before has been
 *   missed.
 */
export function useLiveLog(
  onRows: (rows: NamedLog[]) => void,
  whose: Whose = 'mine',
  onBegun?: () => void,
): void {
  useEffect(() => {
    if (whose === 'mine') return
    showEveryone(1)
    return () => showEveryone(-1)
  }, [whose])
  useEffect(() => {
    const hear = (event: Event): void => {
      if (event instanceof CustomEvent) onRows(event.detail as NamedLog[])
    }
    heard.addEventListener(`log of ${whose}`, hear)
    return () => heard.removeEventListener(`log of ${whose}`, hear)
  }, [whose, onRows])
  useEffect(() => {
    if (!onBegun) return
    heard.addEventListener('begun', onBegun)
    return () => heard.removeEventListener('begun', onBegun)
  }, [onBegun])
}

/** Reopens the stream if it has to send other users' requests than before. */
function showEveryone(more: 1 | -1): void {
  const before = everyoneShown
  everyoneShown += more
  if (before === 0 || everyoneShown === 0) heard.dispatchEvent(new Event('whose'))
}

function listen<Name extends keyof LiveEvents>(
  stream: EventSource,
  name: Name,
  hear: (data: LiveEvents[Name]) => void,
): void {
  stream.addEventListener(name, (event: MessageEvent<string>) => {
    // The Worker's own contract, of the build that this page came with.
    hear(JSON.parse(event.data) as LiveEvents[Name])
  })
}

/** What was read before the stream began may have changed until then. */
function catchUp(): void {
  void renew(keysSource)
  void renew(poolsSource)
  heard.dispatchEvent(new Event('begun'))
}

function hearKeys({ changed, gone }: LiveEvents['keys']): void {
  change(keysSource, (keys) => keys.map((key) => ({ ...key, state: changed[key.id] ?? key.state })))
  // Switched off, removed or moved: the stream does not say which.
  if (gone.length > 0) void refresh(keysSource)
}

function hearPools({ changed, gone }: LiveEvents['pools']): void {
  const nameOf = ({ scope, provider }: { scope: string; provider: string }): string => `${scope}/${provider}`
  change(poolsSource, (pools) => {
    const kept = pools.filter((pool) => !gone.includes(nameOf(pool)))
    const known = new Set(kept.map(nameOf))
    const added = Object.entries(changed).flatMap(([name, pool]) => (known.has(name) ? [] : [pool]))
    return [...kept.map((pool) => changed[nameOf(pool)] ?? pool), ...added]
  })
}

function hearLog(rows: LiveEvents['log'], whose: Whose): void {
  heard.dispatchEvent(new CustomEvent(`log of ${whose}`, { detail: rows }))
}
