import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { PoolSpec } from '../../../src-shared/contract/index.ts'

/**
 * Pools are of this machine: folders, programs, processes. So they are kept in a file of the project, and not in its database,
 * which goes along when a project is exported.
 */
const FILE = 'pools.json'

const Identity = z.object({ pid: z.int(), start: z.string(), boot: z.string() })

const PoolRow = PoolSpec.extend({
  enabled: z.boolean(),
  /** Modules that its workers were seen to host */
  hosts: z.array(z.string()),
  /** Processes that were started and not seen to end: an engine after this one looks for them */
  members: z.array(Identity.extend({ startedAt: z.number() })),
})
export type PoolRow = z.infer<typeof PoolRow>

/** The pools of a project, from its folder. @throws when the file was damaged by hand */
export function readPools(folder: string): PoolRow[] {
  const path = join(folder, FILE)
  if (!existsSync(path)) return []
  try {
    return z.object({ pools: z.array(PoolRow) }).parse(JSON.parse(readFileSync(path, 'utf8'))).pools
  } catch (error) {
    throw new Error(`${path} cannot be read: mend it or move it away`, { cause: error })
  }
}

/** Written whole or not at all, and on disk when this returns. */
export function writePools(folder: string, pools: readonly PoolRow[]): void {
  const path = join(folder, FILE)
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const file = openSync(`${path}.new`, 'w', 0o600)
  try {
    writeSync(file, `${JSON.stringify({ pools }, null, 2)}\n`)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(`${path}.new`, path)
}
