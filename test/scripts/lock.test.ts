/** One hub at a time on a state folder, and no runtime that outlives its hub. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { lockState, StateInUse } from '../../.scripts/lock.mjs'
import { isRunning, nameProcess } from '../../.scripts/processes.mjs'

const scripts = path.join(import.meta.dirname, '../../.scripts')
let state: string
let children: ChildProcess[] = []

beforeEach(() => {
  state = mkdtempSync(path.join(tmpdir(), 'hub-lock-'))
})
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL')
  children = []
  rmSync(state, { recursive: true })
})

/** Runs a module in a process of its own, until it has written its first line. */
async function run(code: string): Promise<{ child: ChildProcess; pid: number; said: string }> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  const [chunk] = (await once(child.stdout ?? child, 'data')) as [Buffer]
  if (child.pid === undefined) throw new Error('The process did not start.')
  return { child, pid: child.pid, said: chunk.toString().trim() }
}

/** A process that holds the lock, and has named the workers given. */
function hold(workers: unknown[] = []): ReturnType<typeof run> {
  return run(`
    import { lockState } from ${JSON.stringify(path.join(scripts, 'lock.mjs'))}
    const lock = lockState(${JSON.stringify(state)}, { port: 8787, command: 'npm start' })
    lock.noteWorkers(${JSON.stringify(workers)})
    setInterval(() => {}, 1000)
    console.log('held')
  `)
}

function sleeper(): ReturnType<typeof run> {
  return run(`setInterval(() => {}, 1000); console.log('awake')`)
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

const lockFile = (): string => path.join(state, 'hub.lock')

describe('the lock of a state folder', () => {
  it('refuses a second hub, and names the first one and its port', async () => {
    const { pid } = await hold()
    expect(() => lockState(state)).toThrow(StateInUse)
    expect(() => lockState(state)).toThrow(
      `npm start (process ${pid}) is using ${state} at http://localhost:8787`,
    )
    expect(() => lockState(state)).not.toThrow('\n')
  })

  it('refuses a second hub in the same process', () => {
    const lock = lockState(state)
    expect(() => lockState(state)).toThrow(StateInUse)
    lock.release()
    lockState(state).release()
    expect(existsSync(lockFile())).toBe(false)
  })

  it('is taken over from a holder that was killed, whose runtime is ended', async () => {
    const worker = await sleeper()
    const { child } = await hold([nameProcess(worker.pid)])
    const ended = once(worker.child, 'exit')
    await kill(child)
    lockState(state).release()
    await ended
  })

  it('ends no process that only has the number of an old runtime', async () => {
    const stranger = await sleeper()
    const { child } = await hold([{ pid: stranger.pid, startedAt: 'boot+1' }])
    await kill(child)
    lockState(state).release()
    expect(isRunning(nameProcess(stranger.pid))).toBe(true)
  })

  it('is taken over where another process has the number of its holder, and where it is no lock', () => {
    const reused = { pid: process.ppid, startedAt: 'boot+1', host: hostname(), workers: [] }
    for (const text of [JSON.stringify(reused), '', '{"pid":', 'null']) {
      writeFileSync(lockFile(), text)
      const lock = lockState(state)
      expect(JSON.parse(readFileSync(lockFile(), 'utf8'))).toMatchObject({ pid: process.pid })
      lock.release()
    }
  })

  it('is believed of another machine for as long as it is touched', () => {
    writeFileSync(lockFile(), JSON.stringify({ pid: 1, host: 'elsewhere', since: 'now' }))
    expect(() => lockState(state)).toThrow('on elsewhere')
  })

  it('goes to one of many that find it left behind', async () => {
    const { child } = await hold()
    await kill(child)
    const tries = await Promise.all(
      Array.from({ length: 5 }, () =>
        run(`
          import { lockState } from ${JSON.stringify(path.join(scripts, 'lock.mjs'))}
          let said = 'held'
          try { lockState(${JSON.stringify(state)}) } catch { said = 'refused' }
          setInterval(() => {}, 1000)
          console.log(said)
        `),
      ),
    )
    expect(tries.map(({ said }) => said).toSorted()).toEqual(['held', ...Array(4).fill('refused')])
  })
})

describe('the guard', () => {
  it('ends what it guards when its parent is killed', async () => {
    const worker = await sleeper()
    const guarded = JSON.stringify(JSON.stringify([nameProcess(worker.pid)]))
    const parent = await run(`
      import { spawn } from 'node:child_process'
      const args = [${JSON.stringify(path.join(scripts, 'guard.mjs'))}, ${guarded}]
      spawn(process.execPath, args, { detached: true, stdio: ['pipe', 'ignore', 'ignore'] }).unref()
      setInterval(() => {}, 1000)
      console.log('guarded')
    `)
    const ended = once(worker.child, 'exit')
    await kill(parent.child)
    await ended
  })
})
