import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { errnoOf } from '../failure.ts'
import { bootId, isAlive, type ProcessIdentity, readStat } from './identity.ts'

/** All live processes of a session, the leader too: also those that made a process group of their own. */
export function sessionMembers(session: number): number[] {
  if (process.platform !== 'linux') return groupMembers(session)
  return allPids().filter((pid) => {
    const stat = readStat(pid)
    return stat !== null && stat.session === session && stat.state !== 'Z' && stat.state !== 'X'
  })
}

export const allPids = (): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)

/** Where there is no /proc: the process group alone. */
function groupMembers(group: number): number[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,pgid=,stat='], { encoding: 'utf8' }).split('\n')
  return lines
    .map((line) => line.trim().split(/\s+/))
    .filter(([, pgid, state]) => Number(pgid) === group && !(state?.startsWith('Z') ?? true))
    .map(([pid]) => Number(pid))
}

/** Sends a signal; false when there is nobody (any more) to get it. A negative pid is a process group. */
export function sendSignal(pid: number, signal: 'SIGTERM' | 'SIGKILL' | 0): boolean {
  try {
    process.kill(pid, signal)
    return true
  } catch (error) {
    // EPERM: it has taken another user's rights (sudo) and is not ours to end.
    if (errnoOf(error) === 'ESRCH' || errnoOf(error) === 'EPERM') return false
    throw error
  }
}

/**
 * What is left of a session whose leader ended, when an engine that did not see it end asks: only processes of which
 * it is certain that they belong to this execution, because the number of the session may be in use again. Each must
 * be of this boot, younger than the leader, and carry the run in the environment with which it was started.
 */
export function orphansOf(leader: ProcessIdentity, run: string): number[] {
  if (process.platform !== 'linux' || leader.boot !== bootId() || isAlive(leader)) return []
  const byNumber = readStat(leader.pid)
  if (byNumber !== null && byNumber.start !== leader.start) return []
  return sessionMembers(leader.pid).filter((pid) => {
    const stat = readStat(pid)
    return stat !== null && Number(stat.start) >= Number(leader.start) && startedWith(pid, `WEIR_RUN_ID=${run}`)
  })
}

function startedWith(pid: number, variable: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(variable)
  } catch {
    // Gone meanwhile, or of another user: then it is not ours to touch.
    return false
  }
}
