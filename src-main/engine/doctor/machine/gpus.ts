import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import type { Machine } from '../../../../src-shared/contract/index.ts'

export type Gpu = Machine['gpus'][number]

/** How old an answer may be before the driver's program is asked again. */
const ASK_EVERY_MS = 5_000
/** A driver in trouble may not answer at all. */
const ANSWER_TIMEOUT_MS = 4_000
const FIELDS = 'name,utilization.gpu,memory.total,memory.used'
const MIB = 1024 ** 2

export interface GpuMeterParts {
  /** The driver's program; null when there is none */
  readonly find: () => string | null
  readonly ask: (program: string) => Promise<string>
  readonly now: () => number
}

/**
 * What the last answer of the driver said; none at first. Each question starts a new one when the last is old, and never
 * waits for it: the driver's program takes a second on some machines.
 */
export function createGpuMeter(parts: GpuMeterParts = REAL): () => readonly Gpu[] {
  let program: string | null | undefined
  let gpus: readonly Gpu[] = []
  let askedAt = Number.NEGATIVE_INFINITY
  let isAsking = false
  return () => {
    if (program === undefined) program = parts.find()
    if (program !== null && !isAsking && parts.now() - askedAt >= ASK_EVERY_MS) {
      isAsking = true
      askedAt = parts.now()
      void parts
        .ask(program)
        .then(parseGpus, () => []) // a driver that fails has no GPUs to offer
        .then((found) => {
          gpus = found
          isAsking = false
        })
    }
    return gpus
  }
}

/** Lines such as `NVIDIA A100, 37, 81920, 1024`: percent, then MiB; `[N/A]` where a card does not tell. */
export function parseGpus(text: string): Gpu[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [name = '', percent, total, used] = line.split(',').map((field) => field.trim())
      const [size, taken] = [numberOf(total), numberOf(used)]
      return {
        name,
        percent: numberOf(percent),
        memory: size === null || taken === null ? null : { total: size * MIB, used: taken * MIB },
      }
    })
}

const numberOf = (text: string | undefined): number | null =>
  text !== undefined && /^\d+(\.\d+)?$/.test(text) ? Number(text) : null

const REAL: GpuMeterParts = {
  find() {
    const name = process.platform === 'win32' ? 'nvidia-smi.exe' : 'nvidia-smi'
    const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
    return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null
  },
  async ask(program) {
    const args = [`--query-gpu=${FIELDS}`, '--format=csv,noheader,nounits']
    const { stdout } = await promisify(execFile)(program, args, { timeout: ANSWER_TIMEOUT_MS, windowsHide: true })
    return stdout
  },
  now: () => performance.now(),
}
