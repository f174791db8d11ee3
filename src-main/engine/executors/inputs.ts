import { posix } from 'node:path'
import { AssetFile, type AssetValue, isAsset, type Json } from '../../../src-shared/contract/index.ts'
import { INPUTS_FOLDER } from './folder.ts'

/** One file body that goes into the working folder; `to` is relative to it. */
export interface InputFile {
  readonly to: string
  readonly file: AssetFile
}

export interface PlacedInputs {
  /** Folders that must exist even when no file goes into them */
  readonly folders: readonly string[]
  readonly files: readonly InputFile[]
  /** The inputs with every asset replaced by its path relative to the working folder */
  readonly values: Readonly<Record<string, Json>>
}

/** Keys of objects become folder names only when every platform takes them as such. */
const SAFE_KEY = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,100}$/

/**
 * Where each file of the inputs goes and what stands for it: an asset with one file is the path of that file, with
 * several (or none) the path of the folder; a list of assets is a list of such paths, with the index as folder. One
 * file of an asset (`steps.split.outputs.parts.files[0]`, or the item of a fan-out over them) is its path.
 */
export function placeInputs(inputs: Readonly<Record<string, Json>>): PlacedInputs {
  const folders: string[] = []
  const files: InputFile[] = []
  const place = (value: Json, folder: string): Json => {
    if (value === null || typeof value !== 'object') return value
    if (Array.isArray(value)) return value.map((item, i) => place(item, posix.join(folder, String(i))))
    if (isAsset(value)) return placeAsset(value, folder)
    const file = loneFile(value)
    if (file !== null) return placeAsset({ kind: 'asset', name: '', files: [file] }, folder)
    return Object.fromEntries(
      Object.entries(value).map(([key, item], i) => [
        key,
        place(item, posix.join(folder, SAFE_KEY.test(key) ? key : `_${i}`)),
      ]),
    )
  }
  const placeAsset = (asset: AssetValue, folder: string): string => {
    folders.push(folder)
    for (const file of asset.files) files.push({ to: posix.join(folder, file.path), file })
    const [first, second] = asset.files
    return first !== undefined && second === undefined ? posix.join(folder, first.path) : folder
  }
  const values = Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [name, place(value, posix.join(INPUTS_FOLDER, name))]),
  )
  return { folders, files, values }
}

const LoneFile = AssetFile.strict()

/** A value that is exactly one file of an asset: digest, path and size, nothing else. */
function loneFile(value: { [key: string]: Json }): AssetFile | null {
  if (typeof value.digest !== 'string' || typeof value.path !== 'string') return null
  const parsed = LoneFile.safeParse(value)
  return parsed.success ? parsed.data : null
}

/** The same values with every path made absolute below `workRoot`, as expressions in a command read them. */
export function withWorkRoot(inputs: Readonly<Record<string, Json>>, workRoot: string): Record<string, Json> {
  const join = (value: Json, original: Json): Json => {
    if (isPath(value, original)) return posix.join(workRoot, value)
    if (Array.isArray(value) && Array.isArray(original)) return value.map((item, i) => join(item, original[i] ?? null))
    if (isRecord(value) && isRecord(original)) {
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, join(item, original[key] ?? null)]))
    }
    return value
  }
  const { values } = placeInputs(inputs)
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, join(value, inputs[name] ?? null)]))
}

/** True for a text that stands where an asset was. */
const isPath = (value: Json, original: Json): value is string =>
  typeof value === 'string' && typeof original === 'object'

const isRecord = (value: Json): value is { [key: string]: Json } =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
