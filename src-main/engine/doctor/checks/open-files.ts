import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import type { Check } from '../check.ts'

/** A few hundred steps at once, with three files each, and as many connections. */
const ENOUGH = 4096

export const openFiles: Check = {
  id: 'open-files',
  title: 'Open file limit',
  async check() {
    const limit = await limitOfProcess()
    if (limit === null) return { status: 'ok', detail: 'This system sets no limit for a process.' }
    if (limit >= ENOUGH) return { status: 'ok', detail: `A process may have ${limit} files open.` }
    return {
      status: 'warning',
      detail: `A process may have ${limit} files open only; many steps at once need more.`,
      fix: `Start the engine after "ulimit -n ${ENOUGH}", or raise LimitNOFILE of its service.`,
    }
  },
}

async function limitOfProcess(): Promise<number | null> {
  if (process.platform === 'win32') return null
  if (process.platform === 'linux') {
    const match = /^Max open files\s+(\S+)/m.exec(await readFile('/proc/self/limits', 'utf8'))
    return numberOf(match?.[1])
  }
  const { stdout } = await promisify(execFile)('/bin/sh', ['-c', 'ulimit -n'])
  return numberOf(stdout.trim())
}

const numberOf = (text: string | undefined): number | null =>
  text !== undefined && /^\d+$/.test(text) ? Number(text) : null
