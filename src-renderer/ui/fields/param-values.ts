import { type AssetValue, isAbsent, isAsset, type Json, type Param } from '../../../src-shared/contract/index.ts'

/**
 * What stands in the fields, by name: text as it was typed (also of numbers and JSON, so that nothing jumps while
 * somebody types), or a value. A name that is missing was not touched: its default holds.
 */
export type FieldValues = Readonly<Record<string, Json>>

export type Params = Readonly<Record<string, Param>>

/** Whether a value must be given; the engine's rule. */
export const isRequired = (param: Param): boolean => param.required ?? param.default === undefined

/** The value that stands in the field before anybody typed; undefined where there is none, or only the code knows it. */
export const defaultOf = ({ default: value }: Param): Json | undefined => (isAbsent(value) ? undefined : value)

/** From this length on a text gets several lines. */
const LONG_TEXT = 80

export const isLongText = (param: Param): boolean =>
  (param.maxLength ?? 0) > LONG_TEXT * 2 ||
  (typeof param.default === 'string' && (param.default.includes('\n') || param.default.length > LONG_TEXT))

/** A value as the text of a field. */
export function textOf(value: Json | undefined): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2)
}

/** A value in one line, for captions. */
export function shortText(value: Json): string {
  const LONGEST = 60
  const text = isAsset(value) ? assetText(value) : typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
}

export const assetText = ({ files }: AssetValue): string =>
  files.length === 1 ? (files[0]?.path ?? '') : `${files.length.toLocaleString()} files`

/** What stands in the field: what was given, else the default. Files and secrets are never filled in. */
export function shownValue(param: Param, given: Json | undefined): Json | undefined {
  if (given !== undefined) return given
  if (param.type === 'file' || param.type === 'directory' || param.type === 'secret') return undefined
  return defaultOf(param)
}

/** The values without secrets: those are typed anew, and kept nowhere. */
export function withoutSecrets(params: Params, values: FieldValues): FieldValues {
  return Object.fromEntries(
    Object.entries(values).filter(([name]) => Object.hasOwn(params, name) && params[name]?.type !== 'secret'),
  )
}
