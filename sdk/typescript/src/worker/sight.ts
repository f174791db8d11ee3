import { readFileSync, readlinkSync } from 'node:fs'

/** Which process this is, for an engine that sees the same processes; null where the system does not tell. */
export function ownProcess(): { space: string; start: string } | null {
  if (process.platform !== 'linux') return null
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    const stat = readFileSync('/proc/self/stat', 'latin1')
    // The program's name, in parentheses, may hold anything, so the fields are counted behind the last one.
    const start = stat.slice(stat.lastIndexOf(') ') + 2).split(' ')[START_FIELD]
    return start === undefined ? null : { space: `${boot} ${readlinkSync('/proc/self/ns/pid')}`, start }
  } catch {
    return null // no /proc here
  }
}

/** Behind the name of the program */
const START_FIELD = 19
