import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'

/** Time that all processors spent together since the machine started, in any unit. */
export interface CpuTimes {
  readonly idle: number
  readonly total: number
}

/** Callers that ask more often are told the figure of before: so little time has passed that it would be noise. */
export const SHORTEST_MS = 500
/** A figure over a longer time would not be about now. */
export const LONGEST_MS = 60_000

/**
 * Tells how busy the processors were since the question before, 0 to 100; null at first, and after a long time without
 * a question. There is one for all who ask, so that two windows see the same.
 */
export function createCpuMeter(read: () => CpuTimes = readCpuTimes, now: () => number = () => performance.now()) {
  let last: (CpuTimes & { readonly at: number }) | null = null
  let percent: number | null = null
  return (): number | null => {
    const age = last === null ? Number.POSITIVE_INFINITY : now() - last.at
    if (age < SHORTEST_MS) return percent
    const times = read()
    percent = last === null || age > LONGEST_MS ? null : percentOf(last, times)
    last = { ...times, at: now() }
    return percent
  }
}

function percentOf(before: CpuTimes, after: CpuTimes): number | null {
  const total = after.total - before.total
  if (total <= 0) return null
  const busy = 1 - (after.idle - before.idle) / total
  return Math.round(Math.min(1, Math.max(0, busy)) * 1000) / 10
}

function readCpuTimes(): CpuTimes {
  return process.platform === 'linux' ? fromStat(readFileSync('/proc/stat', 'utf8')) : fromSystem()
}

/**
 * The first line of /proc/stat: one small read, where `os.cpus()` opens a file for each processor.
 * Fields: user nice system idle iowait irq softirq steal guest guest_nice; the last two are part of the first two.
 */
export function fromStat(text: string): CpuTimes {
  const fields = text.slice(0, text.indexOf('\n')).trim().split(/\s+/).slice(1, 9).map(Number)
  const [, , , idle = 0, iowait = 0] = fields
  return { idle: idle + iowait, total: fields.reduce((sum, field) => sum + field, 0) }
}

function fromSystem(): CpuTimes {
  let idle = 0
  let total = 0
  for (const { times } of cpus()) {
    idle += times.idle
    total += times.user + times.nice + times.sys + times.idle + times.irq
  }
  return { idle, total }
}
