import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { ProblemError } from '../../src-shared/contract/index.ts'
import { LOG_LEVELS } from './telemetry/index.ts'

/** Ended runs that are kept when nothing else is said: results are dear, so that they leave late. */
const KEEP_RUNS = 10_000
const KEEP_DAYS = 365

/** Settings of an engine, `<data>/config.json`. All may be absent, and so may the file. */
const Config = z.strictObject({
  /** Address of the API; `--listen` goes first */
  listen: z.string().optional(),
  logLevel: z.enum(LOG_LEVELS).default('info'),
  /** Ended runs go when there are more than `keepRuns` of them in a project, or when they are older than `keepDays` */
  retention: z
    .strictObject({ keepRuns: z.int().min(0).default(KEEP_RUNS), keepDays: z.number().min(0).default(KEEP_DAYS) })
    .default({ keepRuns: KEEP_RUNS, keepDays: KEEP_DAYS }),
})
export type Config = z.infer<typeof Config>

export function readConfig(data: string): Config {
  const path = join(data, 'config.json')
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return Config.parse({})
    throw unusable(path, error instanceof Error ? error.message : String(error))
  }
  try {
    return Config.parse(JSON.parse(text))
  } catch (error) {
    throw unusable(path, error instanceof z.ZodError ? z.prettifyError(error) : String(error))
  }
}

const unusable = (path: string, reason: string): ProblemError =>
  new ProblemError('bad_request', `The settings in ${path} cannot be used: ${reason}`, {
    field: 'config.json',
    fix: 'Mend the file, or delete it to use the defaults.',
  })
