import type { Json } from '../../src-shared/contract/index.ts'

/** Longest value that is shown in one line of a table. */
const MAX_VALUE_LENGTH = 60

/** Whether a value is a collection of files, as far as showing it needs to know. */
export const isAssetJson = (value: Json): value is { files: Json[] } =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  value['kind'] === 'asset' &&
  Array.isArray(value['files'])

/** A value in a few words: assets by their files, long ones cut. */
export function shortValue(value: Json): string {
  if (isAssetJson(value)) return `${value.files.length} file${value.files.length === 1 ? '' : 's'}`
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > MAX_VALUE_LENGTH ? `${text.slice(0, MAX_VALUE_LENGTH - 1)}…` : text
}
