import { type AssetFile, ProblemError } from '../../../src-shared/contract/index.ts'
import type { Blobs } from '../assets/blobs.ts'

/**
 * Refuses files whose bodies are not in the project's blobs. Asking for a body renews its age, so that retention leaves
 * it alone until the definition that refers to it is saved.
 * @param what what the files belong to, e.g. `workflow`
 */
export async function refuseMissingBodies(
  files: readonly AssetFile[],
  blobs: Pick<Blobs, 'stat'>,
  what: string,
): Promise<void> {
  for (const [i, file] of files.entries()) {
    const size = await blobs.stat(file.digest)
    if (size === file.size) continue
    const why = size === null ? 'its body was not uploaded' : `its body has ${size} bytes, not ${file.size}`
    throw new ProblemError('blob_not_found', `The file "${file.path}" cannot be saved with the ${what}: ${why}.`, {
      field: `body.files[${i}]`,
      fix: 'Upload the file to the blobs of the project first.',
    })
  }
}
