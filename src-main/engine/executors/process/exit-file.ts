import { readFileSync, statSync } from 'node:fs'
import { constants } from 'node:os'
import { errnoOf } from '../failure.ts'

/** How a command ended, as its launcher wrote it. */
export interface Exit {
  /** As a shell tells it: 128 + number of the signal when one ended the command */
  readonly status: number
  /** User and system time of the command and all children it waited for, in ms; steps of 10 ms on Linux */
  readonly cpuMs: number | null
  /** Whether the outputs were forced to the disk, because no engine was there to store them */
  readonly synced: boolean
  /** ms since 1970 by the machine's clock; null when the launcher could not write the file */
  readonly at: number | null
}

/** `times` of the shell itself, `times` of its children, then the status; bash writes the decimal sign of the locale. */
const EXIT = /^.*\n(\d+)m(\d+[.,]\d+)s (\d+)m(\d+[.,]\d+)s\nexit (\d+) ([01])\n$/

/** Null while the file is not there or not complete. */
export function readExit(path: string): Exit | null {
  try {
    const exit = parseExit(readFileSync(path, 'latin1'))
    return exit === null ? null : { ...exit, at: Math.round(statSync(path).mtimeMs) }
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null
    throw error
  }
}

export function parseExit(text: string): Omit<Exit, 'at'> | null {
  const [, userMinutes, userSeconds, systemMinutes, systemSeconds, status, synced] = EXIT.exec(text) ?? []
  if (status === undefined) return null
  const seconds = (minutes = '0', rest = '0'): number => Number(minutes) * 60 + Number(rest.replace(',', '.'))
  const cpu = seconds(userMinutes, userSeconds) + seconds(systemMinutes, systemSeconds)
  return { status: Number(status), cpuMs: Math.round(cpu * 1000), synced: synced === '1' }
}

/** Highest number of the classic signals; shells tell their end by 128 + number. */
const LAST_SIGNAL = 31

/** Name of the signal that a status stands for, by the convention of shells; null for an ordinary status. */
export function signalOf(status: number): string | null {
  if (status <= 128 || status > 128 + LAST_SIGNAL) return null
  return Object.entries(constants.signals).find(([, number]) => number === status - 128)?.[0] ?? null
}
