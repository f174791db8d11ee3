import { readFileSync } from 'node:fs'

/** How often Linux has ended a process for want of memory; null where that cannot be told. */
function oomKills(): number | null {
  try {
    const found = /^oom_kill (\d+)$/m.exec(readFileSync('/proc/vmstat', 'utf8'))
    return found === null ? null : Number(found[1])
  } catch {
    return null // not Linux
  }
}

let before = oomKills()

/** Whether the system has ended a process for want of memory since this was asked last. */
export function killedForMemory(): boolean {
  const now = oomKills()
  const has = now !== null && before !== null && now > before
  before = now
  return has
}
