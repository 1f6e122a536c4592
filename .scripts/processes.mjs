/**
 * Other processes of this machine: whether one still runs, which ones another has started, and how
 * to end it.
 */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/**
 * A process that a number alone does not name, because numbers are used again.
 * @typedef {{ pid: number, startedAt: string | undefined }} ProcessName `startedAt` in the words of
 * the platform; undefined where it does not say.
 */

/** @returns {ProcessName} */
export function nameProcess(pid) {
  return { pid, startedAt: startOf(pid) }
}

/** Whether a process still runs. @param {ProcessName} name */
export function isRunning({ pid, startedAt }) {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (error.code === 'ESRCH') return false
  }
  // A process that has ended, and that its parent has not looked at yet.
  if (readStat(pid)?.isDead) return false
  const now = startOf(pid)
  return startedAt === undefined || now === undefined || now === startedAt
}

/** The processes that a process has started and that run. @returns {ProcessName[]} */
export function childrenOf(pid) {
  return listProcesses()
    .filter(({ parent }) => parent === pid)
    .map((child) => nameProcess(child.pid))
}

/**
 * Ends a process that runs: it is asked to, and killed a second later.
 * @param {ProcessName} name
 */
export function endProcess(name) {
  for (const signal of ['SIGTERM', 'SIGKILL']) {
    if (!isRunning(name)) return
    try {
      process.kill(name.pid, signal)
    } catch {
      return
    }
    for (let waited = 0; waited < 1_000 && isRunning(name); waited += 50) sleep(50)
  }
}

function startOf(pid) {
  // Field 22: proc(5). The name of the program stands in brackets and may hold anything.
  const stat = readStat(pid)
  if (stat !== undefined) return `boot+${stat.startedAt}`
  if (process.platform === 'linux' || process.platform === 'win32') return undefined
  const { stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' })
  return stdout?.trim() || undefined
}

function readStat(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const [state, parent, ...fields] = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return { isDead: state === 'Z', parent: Number(parent), startedAt: fields[17] }
  } catch {
    return undefined
  }
}

function listProcesses() {
  if (process.platform === 'win32') return []
  if (process.platform === 'linux') {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((name) => ({ pid: Number(name), parent: readStat(name)?.parent }))
  }
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
  return (stdout ?? '').split('\n').map((line) => {
    const [pid, parent] = line.trim().split(/\s+/).map(Number)
    return { pid, parent }
  })
}

function sleep(ms) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}
