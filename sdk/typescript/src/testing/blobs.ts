import { createHash, randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { BlobStore, StreamBody } from '../values/blob-store.ts'

const PREFIX = 'weir-sdk-test-'

/**
 * A folder that is removed when the process ends, or, where a test runner kills its processes, by the next one that
 * makes such a folder.
 */
function newFolder(): string {
  for (const name of readdirSync(tmpdir())) {
    const owner = name.startsWith(PREFIX) ? Number(name.slice(PREFIX.length).split('-')[0]) : 0
    if (owner > 0 && !isAlive(owner)) rmSync(join(tmpdir(), name), { recursive: true, force: true })
  }
  const folder = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' // of another user
  }
}

/** One for all tests of a process; made when a test stores something. */
let shared: string | null = null

/** Bodies in a temporary folder, which is removed when the process ends. */
export class FolderBlobs implements BlobStore {
  private get folder(): string {
    shared ??= newFolder()
    return shared
  }

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
