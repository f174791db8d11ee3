import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** Names one process of one machine for ever: process ids are used again, start times of a boot are not. */
export interface ProcessIdentity {
  readonly pid: number
  /** Clock ticks since boot on Linux, the date of `ps` elsewhere */
  readonly start: string
  readonly boot: string
}

export interface ProcessStat {
  readonly state: string
  readonly group: number
  readonly session: number
  readonly start: string
}

let boot: string | null = null

/** Differs after every start of the machine. */
export function bootId(): string {
  boot ??=
    process.platform === 'linux'
      ? readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
      : execFileSync('sysctl', ['-n', 'kern.boottime'], { encoding: 'utf8' }).replaceAll(/\D+/g, '_')
  return boot
}

/** What Linux tells about a process, or null when there is none. Read at once, in about 15 µs. */
export function readStat(pid: number): ProcessStat | null {
  let text: string
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1')
  } catch {
    // ENOENT or ESRCH: it is gone.
    return null
  }
  // The program's name, in parentheses, may hold anything, so the fields are counted behind the last one.
  const fields = text.slice(text.lastIndexOf(') ') + 2).split(' ')
  const [state, , group, session] = fields
  const start = fields[19]
  if (state === undefined || group === undefined || session === undefined || start === undefined) return null
  return { state, group: Number(group), session: Number(session), start }
}

/** Who a process is now; null when there is none. */
export function identify(pid: number): ProcessIdentity | null {
  if (process.platform === 'linux') {
    const stat = readStat(pid)
    return stat === null ? null : { pid, start: stat.start, boot: bootId() }
  }
  try {
    const started = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' })
    return { pid, start: started.trim().replaceAll(/\s+/g, '_'), boot: bootId() }
  } catch {
    // ps ends with 1 when there is no such process.
    return null
  }
}

/** True while the process itself lives: not when it ended and waits to be reaped, not when another has its number. */
export function isAlive({ pid, start, boot: ofBoot }: ProcessIdentity): boolean {
  if (ofBoot !== bootId()) return false
  if (process.platform === 'linux') {
    const stat = readStat(pid)
    return stat !== null && stat.start === start && stat.state !== 'Z' && stat.state !== 'X'
  }
  try {
    const now = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' })
    return now.trim().replaceAll(/\s+/g, '_') === start.replace(/^_|_$/g, '')
  } catch {
    // ps ends with 1 when there is no such process.
    return false
  }
}
