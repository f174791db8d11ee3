import { z } from 'zod'
import { EngineUnreachable } from '../../../src-shared/client/index.ts'
import { problemOf } from '../../../src-shared/client/problem.ts'
import { urlOf } from '../../../src-shared/client/url.ts'
import { type AssetFile, assetRoutes } from '../../../src-shared/contract/index.ts'
import { checkSoon, PROJECT, sessionToken } from '../../api/index.ts'
import type { PickedFile } from './picked-files.ts'

export interface Progress {
  readonly sent: number
  readonly total: number
}

/** Files that travel at once: enough to hide the engine's fsync, few enough to keep memory flat. */
const PARALLEL = 4

/**
 * Stores files as blobs. Rejects when one is refused or when `signal` is aborted; what arrived until then is kept by the
 * engine for a while and not sent twice.
 */
export async function uploadFiles(
  files: readonly PickedFile[],
  signal: AbortSignal,
  onProgress: (progress: Progress) => void = () => undefined,
): Promise<AssetFile[]> {
  const total = files.reduce((sum, { file }) => sum + file.size, 0)
  const sent = files.map(() => 0)
  const report = (index: number, bytes: number): void => {
    sent[index] = bytes
    onProgress({ sent: sent.reduce((sum, one) => sum + one, 0), total })
  }
  const uploaded: AssetFile[] = []
  const stop = new AbortController()
  const both = AbortSignal.any([signal, stop.signal])
  const queue = files.entries()
  const worker = async (): Promise<void> => {
    for (const [index, { path, file, isExecutable }] of queue) {
      const blob = await putBlob(file, both, (bytes) => report(index, bytes))
      report(index, file.size)
      uploaded[index] = { path, ...blob, ...(isExecutable === true ? { executable: true } : {}) }
    }
  }
  try {
    await Promise.all(Array.from({ length: Math.min(PARALLEL, files.length) }, worker))
  } catch (error) {
    stop.abort()
    throw error
  }
  return uploaded
}

const Stored = z.object({ digest: z.string(), size: z.number() })

/** By XMLHttpRequest, because `fetch` tells nothing about what was sent so far. */
function putBlob(
  file: Blob,
  signal: AbortSignal,
  onSent: (bytes: number) => void,
): Promise<{ digest: string; size: number }> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const request = new XMLHttpRequest()
    const token = sessionToken()
    request.open('POST', location.origin + urlOf(assetRoutes.putBlob, { project: PROJECT }))
    request.setRequestHeader('content-type', 'application/octet-stream')
    request.setRequestHeader('accept', 'application/json')
    if (token !== null) request.setRequestHeader('authorization', `Bearer ${token}`)
    request.upload.onprogress = ({ loaded }) => onSent(Math.min(loaded, file.size))
    request.onload = () => {
      if (request.status >= 400) reject(problemOf(request.status, request.responseText, location.origin))
      else resolve(Stored.parse(JSON.parse(request.responseText)))
    }
    request.onerror = () => {
      checkSoon()
      const detail = 'The engine did not take the file: the connection was cut, or the file cannot be read any more.'
      reject(new EngineUnreachable('ECONNRESET', detail))
    }
    request.onabort = () => reject(signal.reason)
    signal.addEventListener('abort', () => request.abort(), { once: true })
    request.send(file)
  })
}
