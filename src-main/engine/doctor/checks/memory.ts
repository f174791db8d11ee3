import { readFileSync } from 'node:fs'
import { freemem, totalmem } from 'node:os'
import type { Check } from '../check.ts'
import { readableBytes } from '../units.ts'

/** With less, the system is about to end processes to save itself. */
const LOW_BYTES = 500 * 1024 ** 2

export const memory: Check = {
  id: 'memory',
  title: 'Memory',
  check() {
    const total = Math.min(totalmem(), limitOfGroup())
    const free = Math.min(available(), total)
    const detail = `${readableBytes(free)} of ${readableBytes(total)} are available.`
    if (free >= LOW_BYTES) return { status: 'ok', detail }
    return {
      status: 'warning',
      detail,
      fix: 'End programs that are not needed, or limit what runs at once with "resources".',
    }
  },
}

/** Memory that programs can have; on Linux more than what is unused, because caches are given up. */
function available(): number {
  if (process.platform !== 'linux') return freemem()
  const match = /^MemAvailable:\s+(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8'))
  return match === null ? freemem() : Number(match[1]) * 1024
}

/** Limit of the container or control group that the engine runs in. */
function limitOfGroup(): number {
  const limit = process.constrainedMemory()
  return limit > 0 ? limit : Number.POSITIVE_INFINITY
}
