import type { EngineSettings } from '../../src-shared/contract/index.ts'
import { readParams } from '../ui/fields/param-check.ts'
import type { FieldValues, Params } from '../ui/fields/param-values.ts'

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const

/** How much is written, for the choice; the API's words are those of the log itself. */
export const LEVEL_WORDS: Readonly<Record<(typeof LEVELS)[number], string>> = {
  trace: 'Every detail',
  debug: 'For finding faults',
  info: 'What happens',
  warn: 'Warnings and errors',
  error: 'Errors only',
  fatal: 'What ends the engine',
}

/** The engine's settings as fields: what may stand in them. */
const ENGINE_FIELDS: Params = {
  keepRuns: { type: 'integer', minimum: 0 },
  keepDays: { type: 'number', minimum: 0 },
  logLevel: { type: 'string', enum: [...LEVELS] },
  listen: { type: 'string', required: false },
}

export type EngineField = 'keepRuns' | 'keepDays' | 'logLevel' | 'listen'

export const isEngineField = (name: string): name is EngineField => Object.hasOwn(ENGINE_FIELDS, name)

export const valuesOf = ({ listen, logLevel, retention }: EngineSettings): FieldValues => ({
  keepRuns: retention.keepRuns,
  keepDays: retention.keepDays,
  logLevel,
  listen: listen ?? '',
})

/** What is wrong in the fields. */
export const problemsIn = (values: FieldValues): Readonly<Record<string, string>> =>
  readParams(ENGINE_FIELDS, values).problems

/** The settings that stand in the fields; null while something is wrong there. */
export function settingsOf(values: FieldValues): EngineSettings | null {
  const { params, problems } = readParams(ENGINE_FIELDS, values)
  const { keepRuns, keepDays, logLevel, listen } = params
  const level = LEVELS.find((one) => one === logLevel)
  if (Object.keys(problems).length > 0 || level === undefined) return null
  if (typeof keepRuns !== 'number' || typeof keepDays !== 'number') return null
  const address = typeof listen === 'string' && listen.trim() !== '' ? listen.trim() : null
  return { listen: address, logLevel: level, retention: { keepRuns, keepDays } }
}

/** Whether saving would change anything. */
export const isChanged = (before: EngineSettings, values: FieldValues): boolean =>
  JSON.stringify(valuesOf(before)) !== JSON.stringify(valuesOf(settingsOf(values) ?? before)) ||
  settingsOf(values) === null
