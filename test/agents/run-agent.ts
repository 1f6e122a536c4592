/** One run of an agent: its process, the verdict over it, and the calls that vendors got. */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { isUnreadableState } from '../../src/providers/unreadable-state.ts'
import { type Agent, tokenVariable } from './agents.ts'
import type { BenchPerson } from './hub.ts'
import type { Outside, Trouble, VendorCall } from './outside.ts'
import { finalText, findFaults, layOut } from './task.ts'

/** Ends an agent that hangs. Some take half a minute to start on a busy machine. */
const longestMs = 240_000

export interface Run {
  agent: Agent
  /** The address of the hub. */
  origin: string
  person: BenchPerson
  outside: Outside
  model: string
  /** The folder with the programs of the agents. */
  binaries: string
  trouble?: (call: VendorCall) => Trouble
}

export interface Outcome {
  /** What is wrong; empty where all is right. */
  faults: string[]
  /** The folder that the agent worked in, which is gone. */
  folder: string
}

/** Runs the task. */
export async function runAgent(run: Run): Promise<Outcome> {
  const { agent, origin, person, outside, model } = run
  const root = mkdtempSync(path.join(tmpdir(), 'hub-agent-'))
  const [home, work] = [path.join(root, 'home'), path.join(root, 'work')]
  const log = path.join(root, 'archive.log')
  const cleanUp = (): void => rmSync(root, { recursive: true, force: true, maxRetries: 5 })
  process.on('exit', cleanUp)
  try {
    mkdirSync(home)
    layOut(work)
    outside.begin(work, run.trouble)
    const server = path.join(import.meta.dirname, 'archive.mjs')
    const script = agent.prepare({
      home,
      origin,
      token: person.token,
      model,
      archive: [process.execPath, server, log],
    })
    const { code, text } = await shell(script, work, environment(run, home))
    const faults = [
      ...(code === 0 ? [] : [`it ended with ${code}: ${text.slice(-400)}`]),
      ...(text.includes(finalText) ? [] : ['it did not print the final text']),
      ...findFaults(work, log),
      ...outside.calls.flatMap(({ faults: found }) => found),
      ...outside.calls.filter(isFault).map(describeRefusal),
    ]
    return { faults: [...new Set(faults)], folder: work }
  } finally {
    process.off('exit', cleanUp)
    cleanUp()
  }
}

/** State of another account is refused once, and the hub says the same again without it. */
function isFault({ refusal }: VendorCall): boolean {
  return refusal !== undefined && !isUnreadableState(refusal.toFault())
}

function describeRefusal({ vendor, dialect, refusal }: VendorCall): string {
  return `${vendor.id} (${dialect}) refused: ${refusal?.message}`
}

/** Nothing of the environment of the bench but what a program needs. */
function environment({ agent, binaries, person }: Run, home: string): Record<string, string> {
  const nodes = path.dirname(process.execPath)
  return {
    PATH: [binaries, nodes, process.env.PATH ?? ''].join(path.delimiter),
    HOME: home,
    XDG_CONFIG_HOME: path.join(home, '.config'),
    XDG_DATA_HOME: path.join(home, '.local/share'),
    XDG_CACHE_HOME: path.join(home, '.cache'),
    XDG_STATE_HOME: path.join(home, '.local/state'),
    LANG: 'C.UTF-8',
    TERM: 'dumb',
    NO_COLOR: '1',
    [tokenVariable]: person.token,
    ...agent.quiet,
  }
}

/** Runs a script, and ends it with all that it started. */
function shell(
  script: string,
  folder: string,
  variables: Record<string, string>,
): Promise<{ code: number | string; text: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['-c', script], { cwd: folder, env: variables, detached: true })
    let text = ''
    const end = (): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
      } catch {
        // All of the group has ended.
      }
    }
    const timer = setTimeout(end, longestMs)
    // It runs in a group of its own, which no signal to the bench reaches.
    process.prependListener('exit', end)
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (bytes: Buffer) => (text += bytes.toString()))
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      clearTimeout(timer)
      process.off('exit', end)
      end()
      resolve({ code: code ?? signal ?? 'nothing', text })
    })
  })
}
