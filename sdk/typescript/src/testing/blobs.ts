import { createHash, randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { BlobStore, StreamBody } from '../values/blob-store.ts'

const folders: string[] = []

function newFolder(): string {
  if (folders.length === 0) {
    process.once('exit', () => {
      for (const folder of folders) rmSync(folder, { recursive: true, force: true })
    })
  }
  const folder = mkdtempSync(join(tmpdir(), 'weir-sdk-test-'))
  folders.push(folder)
  return folder
}

/** Bodies in a temporary folder, which is removed when the process ends. */
export class FolderBlobs implements BlobStore {
  private readonly folder = newFolder()

  async put(digest: string, body: Uint8Array): Promise<void> {
    await writeFile(join(this.folder, digest), body)
  }

  async putStream(body: StreamBody): Promise<{ digest: string; size: number }> {
    const hash = createHash('sha256')
    let size = 0
    const count = new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        hash.update(chunk)
        size += chunk.length
        done(null, chunk)
      },
    })
    const path = join(this.folder, randomUUID())
    await pipeline(
      Readable.from(typeof body === 'function' ? body() : body, { objectMode: false }),
      count,
      createWriteStream(path),
    )
    const digest = hash.digest('hex')
    await rename(path, join(this.folder, digest))
    return { digest, size }
  }

  async *read(digest: string): AsyncGenerator<Uint8Array> {
    const path = join(this.folder, digest)
    if (!existsSync(path)) throw new Error(`The blob ${digest} was not stored in this test.`)
    yield* createReadStream(path) as AsyncIterable<Buffer>
  }
}
