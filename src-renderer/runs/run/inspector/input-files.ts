import { type Asset, isAsset, type Json } from '../../../../src-shared/contract/index.ts'
import type { NamedFile } from '../../../assets/FileLines.tsx'

/** Files among the inputs of a step, with the assets of the run that they came from: those can be shown. */
export function inputFiles(inputs: Record<string, Json>, assets: readonly Asset[]): NamedFile[] {
  return Object.entries(inputs).flatMap(([name, value]) => {
    if (!isAsset(value)) return []
    return value.files.map((file) => ({
      name,
      file,
      asset: assets.findLast((asset) =>
        asset.files.some(({ digest, path }) => digest === file.digest && path === file.path),
      ),
    }))
  })
}
