/**
 * One hub at a time on a state folder: two would each believe that they alone count. The lock is a
 * file that names its holder. One whose holder is dead is taken over, and the runtime that the
 * holder left behind is ended.
 */
import {
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import path from 'node:path'
import { endProcess, isRunning, nameProcess } from './processes.mjs'

/**
 * How often a holder touches its lock, and after how long one of another machine is taken for dead.
 */
const touchMs = 5_000
const silentMs = 30_000

/** A state folder that another process holds. The message says which, in one line. */
export class StateInUse extends Error {}

/**
 * Takes the lock of a state folder, until it is released or this process ends.
 *
 * @param {string} state the folder.
 * @param {{ port?: number, command?: string }} about shown to other processes.
 * @returns {{ noteWorkers: (workers: import('./processes.mjs').ProcessName[]) => void, release: ()
 * => void }} `noteWorkers` names the processes that are to be ended where this one is killed.
 * @throws {StateInUse} where another process holds it.
 */
export function lockState(state, about = {}) {
  mkdirSync(state, { recursive: true })
  const file = path.join(state, 'hub.lock')
  const holder = { ...nameProcess(process.pid), host: hostname(), since: new Date().toISOString(), ...about }
  const write = (target, workers) =>
    writeFileSync(target, `${JSON.stringify({ ...holder, workers })}\n`, { mode: 0o600 })
  const own = `${file}.${process.pid}`
  write(own, [])
  try {
    while (!link(own, file)) takeOver(file, state)
  } finally {
    rmSync(own, { force: true })
  }
  const timer = setInterval(() => touch(file), touchMs).unref()
  const release = () => {
    clearInterval(timer)
    process.off('exit', release)
    rmSync(file, { force: true })
  }
  process.on('exit', release)
  return {
    noteWorkers(workers) {
      write(own, workers)
      renameSync(own, file)
    },
    release,
  }
}

/** @returns whether the lock was free. */
function link(own, file) {
  try {
    linkSync(own, file)
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
}

/** Removes the lock of a holder that is dead. @throws {StateInUse} where it lives. */
function takeOver(file, state) {
  const found = read(file)
  if (found === undefined) return
  const { text, holder } = found
  if (holder && isAlive(holder, file)) throw new StateInUse(describe(holder, state))
  // Of several that find it, one moves it away; what another has put there meanwhile is put back.
  const aside = `${file}.${process.pid}.old`
  try {
    renameSync(file, aside)
  } catch {
    return
  }
  if (readFileSync(aside, 'utf8') !== text) link(aside, file)
  else if (holder?.host === hostname()) for (const worker of holder.workers ?? []) endProcess(worker)
  rmSync(aside, { force: true })
}

function read(file) {
  let text
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
  try {
    return { text, holder: JSON.parse(text) }
  } catch {
    // A lock is written whole or not at all, so this file is not a lock.
    return { text, holder: undefined }
  }
}

function isAlive(holder, file) {
  if (holder.host === hostname()) return isRunning(holder)
  // The processes of another machine, or container, cannot be looked at.
  return Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0) < silentMs
}

function describe({ pid, host, port, since, command = 'A hub' }, state) {
  const where = host === hostname() ? '' : ` on ${host}`
  const address = port ? ` at http://localhost:${port}` : ''
  return `${command} (process ${pid}${where}) is using ${state}${address} since ${since}. Stop it first: kill ${pid}`
}

function touch(file) {
  const now = new Date()
  try {
    utimesSync(file, now, now)
  } catch {
    // It was removed by hand; the next hub will not know of this one.
  }
}
