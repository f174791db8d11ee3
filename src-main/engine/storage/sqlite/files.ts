import { z } from 'zod'
import { AssetFile } from '../../../../src-shared/contract/index.ts'

/** Digests of the bodies that a list of files (JSON text) refers to, each once. */
export const digestsIn = (files: string): ReadonlySet<string> =>
  new Set(
    z
      .array(AssetFile)
      .parse(JSON.parse(files))
      .map((file) => file.digest),
  )
