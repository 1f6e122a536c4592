/**
 * Chooses the folder that holds the state of all tests: databases, objects, browser profiles. Each
 * commit of SQLite waits for the disk, so tests take twice as long there as in memory.
 */
import { accessSync, constants, statfsSync } from 'node:fs'

/** Where Linux keeps files in memory. */
const memoryFolder = '/dev/shm'

/** A whole run uses about a tenth of it. Containers often have 64 MB, which is too little. */
const neededBytes = 2 ** 30

/** Points `TMPDIR` at memory where there is enough; elsewhere, or where it is set, it stays. */
export function keepStateInMemory(): void {
  if (process.env.TMPDIR === undefined && hasRoom(memoryFolder)) process.env.TMPDIR = memoryFolder
}

function hasRoom(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK)
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize >= neededBytes
  } catch {
    return false
  }
}
