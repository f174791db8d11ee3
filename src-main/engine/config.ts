import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { EngineSettings, ProblemError } from '../../src-shared/contract/index.ts'

/** Ended runs that are kept when nothing else is said: results are dear, so that they leave late. */
const KEEP_RUNS = 10_000
const KEEP_DAYS = 365

const { logLevel, retention } = EngineSettings.shape

/** `<data>/config.json`. All may be absent, and so may the file; `--listen` goes before `listen`. */
const ConfigFile = z.strictObject({
  listen: z.string().optional(),
  logLevel: logLevel.default('info'),
  retention: z
    .strictObject({
      keepRuns: retention.shape.keepRuns.default(KEEP_RUNS),
      keepDays: retention.shape.keepDays.default(KEEP_DAYS),
    })
    .default({ keepRuns: KEEP_RUNS, keepDays: KEEP_DAYS }),
})

/** The settings of a data folder, with every default filled in. */
export function readConfig(data: string): EngineSettings {
  const path = pathOf(data)
  try {
    const { listen, ...others } = ConfigFile.parse(JSON.parse(textOf(path)))
    return { listen: listen === undefined || listen === '' ? null : listen, ...others }
  } catch (error) {
    if (error instanceof ProblemError) throw error
    throw unusable(path, error instanceof z.ZodError ? z.prettifyError(error) : String(error))
  }
}

/** Writes the settings: readers and a power cut find the old file or the new one, never half of it. */
export function writeConfig(data: string, settings: EngineSettings): void {
  const { listen, ...others } = settings
  const text = `${JSON.stringify(listen === null ? others : { listen, ...others }, null, 2)}\n`
  const path = pathOf(data)
  const draft = `${path}.new`
  const file = openSync(draft, 'w', 0o600)
  try {
    writeSync(file, text)
    fsyncSync(file)
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  } finally {
    closeSync(file)
  }
  renameSync(draft, path)
  syncFolder(data)
}

/** Only then the new name outlives a power cut; Windows knows no such call. */
function syncFolder(path: string): void {
  if (process.platform === 'win32') return
  const folder = openSync(path, 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}

const pathOf = (data: string): string => join(data, 'config.json')

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '{}'
    throw unusable(path, error instanceof Error ? error.message : String(error))
  }
}

const unusable = (path: string, reason: string): ProblemError =>
  new ProblemError('bad_request', `The settings in ${path} cannot be used: ${reason}`, {
    field: 'config.json',
    fix: 'Mend the file, or delete it to use the defaults.',
  })
