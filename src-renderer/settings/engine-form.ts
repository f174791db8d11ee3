import type { EngineSettings } from '../../src-shared/contract/index.ts'
import { readParams } from '../ui/fields/param-check.ts'
import type { FieldValues, Params } from '../ui/fields/param-values.ts'

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const

/** The engine's settings as fields. */
export const ENGINE_FIELDS: Params = {
  keepRuns: {
    type: 'integer',
    minimum: 0,
    description: 'Ended runs that a project keeps. The oldest go first, with their logs and assets.',
  },
  keepDays: {
    type: 'number',
    minimum: 0,
    description: 'Days that an ended run is kept. A run goes when either number is exceeded.',
  },
  logLevel: {
    type: 'string',
    enum: [...LEVELS],
    description: 'How much the engine writes into its own log. Logs of runs are not touched by it.',
  },
  listen: {
    type: 'string',
    required: false,
    description: 'Address and port of the API on this machine, such as 127.0.0.1:7767. Empty: chosen by the engine.',
  },
}

export const ENGINE_TITLES: Readonly<Record<string, string>> = {
  keepRuns: 'Runs to keep',
  keepDays: 'Days to keep runs',
  logLevel: 'Log of the engine',
  listen: 'Address',
}

export const valuesOf = ({ listen, logLevel, retention }: EngineSettings): FieldValues => ({
  keepRuns: retention.keepRuns,
  keepDays: retention.keepDays,
  logLevel,
  listen: listen ?? '',
})

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
