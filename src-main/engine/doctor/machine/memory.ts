import { readFileSync } from 'node:fs'
import { freemem, totalmem } from 'node:os'

/** Memory in bytes: all of it, and what programs can still have. */
export interface Memory {
  readonly total: number
  readonly available: number
}

/** Memory of the machine, or of the container or control group that the engine runs in when that is less. */
export function memoryNow(): Memory {
  const machine = { total: totalmem(), available: Math.min(availableOnMachine(), totalmem()) }
  const limit = process.constrainedMemory()
  if (limit <= 0 || limit >= machine.total) return machine
  const left = Math.max(0, limit - (usedByGroup() ?? limit - process.availableMemory()))
  return { total: limit, available: Math.min(left, machine.available) }
}

/** On Linux more than what is unused, because caches are given up. */
function availableOnMachine(): number {
  if (process.platform !== 'linux') return freemem()
  const match = /^MemAvailable:\s+(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8'))
  return match === null ? freemem() : Number(match[1]) * 1024
}

/** What a control group (version 2) uses, without the cache of files that it would give up; null where it does not say. */
function usedByGroup(): number | null {
  try {
    const path = /^0::(\/.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1]
    if (path === undefined) return null
    const folder = `/sys/fs/cgroup${path}`
    const current = Number(readFileSync(`${folder}/memory.current`, 'utf8'))
    const cache = /^inactive_file (\d+)$/m.exec(readFileSync(`${folder}/memory.stat`, 'utf8'))?.[1]
    return Number.isFinite(current) ? current - Number(cache ?? 0) : null
  } catch {
    return null // version 1, or not Linux: the runtime's own figure has to do
  }
}
