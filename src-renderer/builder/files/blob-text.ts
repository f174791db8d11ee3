import type { Download } from '../../../src-shared/client/index.ts'
import { type AssetFile, assetRoutes } from '../../../src-shared/contract/index.ts'
import { client, PROJECT } from '../../api/index.ts'

/** Files that are opened as text; larger ones are saved instead. */
export const MAX_TEXT_BYTES = 1_048_576

/** The whole body of a download. */
export async function bodyOf(download: Download): Promise<ArrayBuffer> {
  const parts: Uint8Array<ArrayBuffer>[] = []
  for await (const part of download.body) parts.push(new Uint8Array(part))
  return new Blob(parts).arrayBuffer()
}

/**
 * A file of the workflow as text.
 * @throws RangeError when it is no text
 */
export async function textOfFile(file: AssetFile, signal: AbortSignal): Promise<string> {
  const input = { params: { project: PROJECT, digest: file.digest } }
  const body = await bodyOf(await client().bytes(assetRoutes.getBlob, input, { signal }))
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body)
    if (!text.includes('\0')) return text
  } catch (error) {
    throw new RangeError(`${file.path} is no UTF-8 text, so it cannot be edited here.`, { cause: error })
  }
  throw new RangeError(`${file.path} holds bytes that are no text, so it cannot be edited here.`)
}
