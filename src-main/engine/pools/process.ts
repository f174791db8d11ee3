import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, readSync, renameSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { identify, isAlive, type ProcessIdentity } from '../executors/index.ts'

/** A log is begun anew when it has this many bytes; the one before is kept. */
const LOG_BYTES = 5 * 1024 * 1024
/** What the end of a log is read of. */
const TAIL_BYTES = 1024 * 1024
/** How long a worker may take to end when the engine stops, then, told again, to end at once, in ms. */
const POLITE_MS = 3_000
const FORCE_MS = 1_500
const LOOK_MS = 20

/** A process of a pool: started by this engine, or found again after one before it was killed. */
export interface Member {
  readonly pid: number
  readonly identity: ProcessIdentity
  readonly startedAt: number
  /** The session that it has connected with */
  worker: string | null
  /** Without work since, in ms since 1970 */
  idleSince: number | null
  isStopping: boolean
  /** Whether this engine started it: then it is told how it ends */
  readonly isChild: boolean
}

export interface Command {
  readonly program: string
  readonly args: readonly string[]
  readonly folder: string
  readonly env: Readonly<Record<string, string | undefined>>
}

export interface Started {
  readonly member: Member
  readonly child: ChildProcess
}

/** Starts a process whose output goes to a file. Rejects when it cannot be started. */
export async function startMember(command: Command, log: string): Promise<Started> {
  mkdirSync(dirname(log), { recursive: true, mode: 0o700 })
  if ((statSync(log, { throwIfNoEntry: false })?.size ?? 0) > LOG_BYTES) renameSync(log, `${log}.1`)
  const file = openSync(log, 'a', 0o600)
  try {
    const child = spawn(command.program, [...command.args], {
      cwd: command.folder,
      env: { ...command.env },
      stdio: ['ignore', file, file],
      // A group of its own: it ends with all its children, and a signal to the engine's group does not reach it.
      detached: process.platform !== 'win32',
    })
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve)
      child.once('error', reject)
    })
    const { pid } = child
    const identity = pid === undefined ? null : identify(pid)
    if (pid === undefined || identity === null) throw new Error('it ended at once')
    return {
      child,
      member: { pid, identity, startedAt: Date.now(), worker: null, idleSince: null, isStopping: false, isChild: true },
    }
  } finally {
    closeSync(file)
  }
}

/** To the process and its children. */
export function signalMember({ pid, identity }: Member, signal: NodeJS.Signals): void {
  if (!isAlive(identity)) return
  try {
    process.kill(process.platform === 'win32' || signal === 'SIGTERM' ? pid : -pid, signal)
  } catch {
    // ESRCH: it ended between the look and the signal.
  }
}

/** Ends processes: politely, then at once, then by force. Resolves when none is left. */
export async function endMembers(members: readonly Member[]): Promise<void> {
  const living = (): Member[] => members.filter(({ identity }) => isAlive(identity))
  for (const [signal, patience] of [
    ['SIGTERM', POLITE_MS],
    ['SIGTERM', FORCE_MS],
    ['SIGKILL', FORCE_MS],
  ] as const) {
    for (const member of living()) signalMember(member, signal)
    const deadline = performance.now() + patience
    while (living().length > 0 && performance.now() < deadline) await sleep(LOOK_MS)
  }
}

export const logOf = (folder: string, pool: string): string => join(folder, 'pools', `${pool}.log`)

/** The last lines of a log. */
export function tailOf(log: string, lines: number): string[] {
  if (!existsSync(log)) return []
  const file = openSync(log, 'r')
  try {
    const { size } = statSync(log)
    const bytes = Buffer.alloc(Math.min(size, TAIL_BYTES))
    readSync(file, bytes, 0, bytes.length, size - bytes.length)
    const all = bytes.toString('utf8').replace(/\n$/, '').split('\n')
    return all.slice(-lines).filter((line, index, kept) => line !== '' || index < kept.length - 1)
  } finally {
    closeSync(file)
  }
}
