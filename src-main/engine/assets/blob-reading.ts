import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'

/** Bytes that are in memory at once for each body that is read. */
const CHUNK_BYTES = 256 * 1024

/** A file's chunks, each in memory of its own. Closes nothing. */
export async function* chunksOf(handle: FileHandle): AsyncGenerator<Buffer, void> {
  const { size } = await handle.stat()
  const chunkBytes = Math.max(1, Math.min(CHUNK_BYTES, size))
  for (;;) {
    const buffer = Buffer.allocUnsafe(chunkBytes)
    const { bytesRead } = await handle.read(buffer, 0, chunkBytes, null)
    if (bytesRead === 0) return
    yield buffer.subarray(0, bytesRead)
  }
}

/** SHA-256 and size of a file from its current position on, through one buffer. */
export async function digestOfHandle(handle: FileHandle): Promise<{ digest: string; size: number }> {
  const hash = createHash('sha256')
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES)
  let size = 0
  for (;;) {
    const { bytesRead } = await handle.read(buffer, 0, CHUNK_BYTES, null)
    if (bytesRead === 0) return { digest: hash.digest('hex'), size }
    hash.update(buffer.subarray(0, bytesRead))
    size += bytesRead
  }
}

export async function digestOfFile(path: string): Promise<{ digest: string; size: number }> {
  const handle = await open(path, 'r')
  try {
    return await digestOfHandle(handle)
  } finally {
    await handle.close()
  }
}

/**
 * A file's chunks, of which the last one is handed out only when the whole has the digest that was asked for.
 * @param damaged makes the error for a file of another digest
 */
export async function* verifiedChunks(
  handle: FileHandle,
  digest: string,
  damaged: (found: string) => Error,
): AsyncGenerator<Buffer, void> {
  const hash = createHash('sha256')
  let held: Buffer | null = null
  for await (const chunk of chunksOf(handle)) {
    hash.update(chunk)
    if (held !== null) yield held
    held = chunk
  }
  const found = hash.digest('hex')
  if (found !== digest) throw damaged(found)
  if (held !== null) yield held
}
