import { statfs } from 'node:fs/promises'
import { hostname } from 'node:os'
import type { Machine } from '../../../../src-shared/contract/index.ts'
import { createCpuMeter } from './cpu.ts'
import { createGpuMeter } from './gpus.ts'
import { memoryNow } from './memory.ts'

export interface MachineParts {
  /** The data folder */
  readonly data: string
  /** What steps may use in all */
  readonly cpus: number
  /** What the steps that run now have set aside */
  readonly reserved: () => Promise<Machine['reserved']>
}

/** Answers what the machine has and how much of it is in use; takes about a millisecond. */
export function createMachine(parts: MachineParts): () => Promise<Machine> {
  const cpuPercent = createCpuMeter()
  const gpus = createGpuMeter()
  return async () => {
    const [disk, reserved] = await Promise.all([diskOf(parts.data), parts.reserved()])
    const memory = memoryNow()
    return {
      hostname: hostname(),
      platform: `${process.platform} ${process.arch}`,
      at: new Date().toISOString(),
      cpus: parts.cpus,
      cpuPercent: cpuPercent(),
      memory: { total: memory.total, used: memory.total - memory.available },
      disk,
      gpus: [...gpus()],
      reserved,
    }
  }
}

/** What this user cannot have any more counts as used, also what the file system keeps for the superuser. */
async function diskOf(path: string): Promise<Machine['disk']> {
  const { bavail, blocks, bsize } = await statfs(path)
  return { total: blocks * bsize, used: (blocks - bavail) * bsize }
}
