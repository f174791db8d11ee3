import { assetsWithin } from '../../../../src-shared/assets/index.ts'
import { type Asset, type AssetFile, isAsset, type Json } from '../../../../src-shared/contract/index.ts'
import { kindOf } from '../../../assets/kinds.ts'

export interface Shown {
  readonly asset: Asset
  readonly file: AssetFile
}

/** Files that the outputs of a run name, with the assets that they are in: those can be shown. */
export function namedFiles(outputs: Record<string, Json>, assets: readonly Asset[]): Shown[] {
  const named = new Set<string>()
  for (const value of assetsWithin(outputs)) {
    for (const { path, digest } of value.files) named.add(`${path} ${digest}`)
  }
  const found = new Map<string, Shown>()
  for (const asset of assets) {
    for (const file of asset.files) {
      const key = `${file.path} ${file.digest}`
      // A later attempt made the same file again: that is the one of the result.
      if (named.has(key)) found.set(key, { asset, file })
    }
  }
  return [...found.values()]
}

/** The file that says most about a run: its first page, else its first picture. */
export function reportOf(files: readonly Shown[]): Shown | undefined {
  return (
    files.find(({ file }) => kindOf(file.path) === 'html') ?? files.find(({ file }) => kindOf(file.path) === 'image')
  )
}

/** Outputs that are no files. */
export const valuesOf = (outputs: Record<string, Json>): Record<string, Json> =>
  Object.fromEntries(Object.entries(outputs).filter(([, value]) => !isAsset(value)))
