import { type FieldValues, type Params, withoutSecrets } from '../../ui/fields/index.ts'
import { readPersisted, writePersisted } from '../../ui/persisted.ts'

/** What was filled in for a workflow; never its secrets. */
interface Remembered {
  /** Of the last run that was started from here */
  readonly used?: FieldValues
  /** Of a form that was closed before it was sent */
  readonly typed?: FieldValues
}

const keyOf = (workflow: string): string => `start-run.${workflow}`
const read = (workflow: string): Remembered => readPersisted<Remembered>(keyOf(workflow), {})

export interface Beginning {
  readonly values: FieldValues
  readonly source: 'given' | 'typed' | 'used' | 'defaults'
}

/** What the form begins with: what the caller hands in, else what was typed and not sent, else what was used last. */
export function beginWith(workflow: string, params: Params, given: FieldValues | undefined): Beginning {
  if (given !== undefined) return { values: withoutSecrets(params, given), source: 'given' }
  const { used, typed } = read(workflow)
  for (const [source, kept] of [['typed', typed] as const, ['used', used] as const]) {
    const values = withoutSecrets(params, kept ?? {})
    if (Object.keys(values).length > 0) return { values, source }
  }
  return { values: {}, source: 'defaults' }
}

export function rememberTyped(workflow: string, params: Params, typed: FieldValues): void {
  writePersisted(keyOf(workflow), { ...read(workflow), typed: withoutSecrets(params, typed) })
}

export function rememberUsed(workflow: string, params: Params, used: FieldValues): void {
  writePersisted(keyOf(workflow), { used: withoutSecrets(params, used) })
}
