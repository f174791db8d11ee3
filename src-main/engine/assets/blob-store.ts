import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { chmod, copyFile, type FileHandle, link, mkdir, open, opendir, rename, stat, utimes } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ProblemError } from '../../../src-shared/contract/index.ts'
import { blobCorrupt, blobNotFound, fileErrorCode, readProblem, writeProblem } from './blob-problems.ts'
import { digestOfFile, digestOfHandle, verifiedChunks } from './blob-reading.ts'
import { discard, FOLDER_MODE, prepareTemporaryFolder, removalPath, syncFolder, temporaryPath } from './blob-temp.ts'
import type { Blobs } from './blobs.ts'

/** Bodies never change. */
const BODY_MODE = 0o444
const COPY_MODE = 0o644
const EXECUTABLE_MODE = 0o755
/** While a copy is checked, before it has its final mode. */
const PRIVATE_MODE = 0o600
/** What `read` puts into memory at most when the caller names no limit. */
const READ_LIMIT_BYTES = 64 * 1024 * 1024
/** Whoever asks for a body renews its age, but not more often than this: a write of metadata for every look is waste. */
const RENEW_MS = 60_000
const DIGEST = /^[0-9a-f]{64}$/
/** Digits of the digest that name the folder: 256 folders keep each one small enough for any file system. */
const PREFIX_LENGTH = 2

interface Stored {
  readonly digest: string
  readonly size: number
}

/**
 * File bodies in `<folder>/ab/<digest>`.
 *
 *   write to tmp/x.part, hashing ─▶ fsync ─▶ rename to ab/<digest> ─▶ fsync of ab/
 *
 * A name exists only when its body is complete and on disk. A body that is there already is checked and its age
 * renewed; a damaged one is replaced, so that storing the same content mends it. Several threads and processes may use
 * one folder.
 * @throws Error when the folder cannot be made
 */
export function openBlobStore(folder: string): Blobs {
  return new BlobStore(folder)
}

class BlobStore implements Blobs {
  readonly #folder: string
  readonly #temporary: string

  constructor(folder: string) {
    this.#folder = folder
    this.#temporary = join(folder, 'tmp')
    try {
      prepareTemporaryFolder(this.#temporary, (digest) => this.#pathOf(digest), Date.now())
    } catch (error) {
      throw writeProblem(error, this.#temporary)
    }
  }

  async put(body: AsyncIterable<Uint8Array> | Uint8Array, expected?: string): Promise<Stored> {
    if (body instanceof Uint8Array) {
      const stored = { digest: createHash('sha256').update(body).digest('hex'), size: body.length }
      refuseOther(stored.digest, expected)
      if (await this.#renewed(stored)) return stored
    }
    return this.#store(async (path) => {
      const handle = await open(path, 'wx', BODY_MODE)
      return { handle, stored: await written(handle, body) }
    }, expected)
  }

  async putFile(path: string): Promise<Stored> {
    if (!(await stat(path)).isFile()) {
      throw new ProblemError('bad_request', `${path} is no regular file, so it cannot be stored.`, {
        fix: 'Leave folders, pipes and devices out of the files that are stored.',
      })
    }
    return this.#store(async (temporary) => {
      await copyFile(path, temporary, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL)
      await chmod(temporary, PRIVATE_MODE) // a copy has the mode of its source, which may forbid us to go on
      const handle = await open(temporary, 'r+')
      // The copy is hashed, not the source: that one may be changing.
      return { handle, stored: await closedOnFailure(handle, () => digestOfHandle(handle)) }
    })
  }

  async stat(digest: string): Promise<number | null> {
    if (!DIGEST.test(digest)) return null
    try {
      const { size, mtimeMs } = await stat(this.#pathOf(digest))
      if (Date.now() - mtimeMs > RENEW_MS) await this.#renew(digest)
      return size
    } catch (error) {
      if (fileErrorCode(error) === 'ENOENT') return null
      throw readProblem(error, digest, this.#pathOf(digest))
    }
  }

  async *open(digest: string): AsyncGenerator<Uint8Array, void> {
    const handle = await this.#openBody(digest)
    try {
      yield* verifiedChunks(handle, digest, (found) => this.#damaged(digest, found))
    } catch (error) {
      throw readProblem(error, digest, this.#pathOf(digest))
    } finally {
      await handle.close()
    }
  }

  async read(digest: string, limit = READ_LIMIT_BYTES): Promise<Uint8Array> {
    const handle = await this.#openBody(digest)
    try {
      const { size } = await handle.stat()
      if (size > limit) {
        throw new ProblemError(
          'payload_too_large',
          `The stored file ${digest} has ${size} bytes, and ${limit} are read at once.`,
          {
            fix: 'Read it as a stream, or hand it on as a file.',
          },
        )
      }
      const parts: Uint8Array[] = []
      for await (const part of verifiedChunks(handle, digest, (found) => this.#damaged(digest, found))) parts.push(part)
      return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts)
    } catch (error) {
      throw readProblem(error, digest, this.#pathOf(digest))
    } finally {
      await handle.close()
    }
  }

  async copyTo(digest: string, path: string, executable = false): Promise<void> {
    const body = this.#checkedPath(digest)
    await stat(body).catch((error: unknown) => {
      throw readProblem(error, digest, body)
    })
    try {
      await copyFile(body, path, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL)
    } catch (error) {
      if (fileErrorCode(error) !== 'EEXIST') await discard(path)
      throw fileErrorCode(error) === 'EIO' ? readProblem(error, digest, body) : writeProblem(error, path)
    }
    const copy = await digestOfFile(path)
    if (copy.digest !== digest) {
      await discard(path)
      throw this.#damaged(digest, copy.digest)
    }
    await chmod(path, executable ? EXECUTABLE_MODE : COPY_MODE)
  }

  async remove(digest: string, unlessUsedAfter?: number): Promise<number | null> {
    const [body, removed] = [this.#checkedPath(digest), removalPath(this.#temporary, digest)]
    try {
      await rename(body, removed)
    } catch (error) {
      if (fileErrorCode(error) === 'ENOENT') return null
      throw writeProblem(error, body)
    }
    try {
      // Looked at only after it is out of reach: nobody can renew its age between the look and the deletion.
      const { size, mtimeMs } = await stat(removed)
      const used = unlessUsedAfter !== undefined && mtimeMs > unlessUsedAfter
      if (used) await link(removed, body)
      await discard(removed)
      return used ? null : size
    } catch (error) {
      // Stored anew meanwhile, or put back by an engine that was just started: not removed in either case.
      if (fileErrorCode(error) !== 'EEXIST' && fileErrorCode(error) !== 'ENOENT') throw writeProblem(error, body)
      await discard(removed)
      return null
    }
  }

  async *list(): AsyncGenerator<Stored & { modifiedAt: number }, void> {
    for (const prefix of await namesIn(this.#folder)) {
      if (prefix.length !== PREFIX_LENGTH) continue
      for (const digest of await namesIn(join(this.#folder, prefix))) {
        if (!DIGEST.test(digest)) continue
        try {
          const { size, mtimeMs } = await stat(this.#pathOf(digest))
          yield { digest, size, modifiedAt: mtimeMs }
        } catch (error) {
          if (fileErrorCode(error) !== 'ENOENT') throw error // removed since the folder was read
        }
      }
    }
  }

  /** Fills a temporary file and gives it its name; leaves nothing behind when that fails. */
  async #store(
    fill: (path: string) => Promise<{ handle: FileHandle; stored: Stored }>,
    expected?: string,
  ): Promise<Stored> {
    const temporary = temporaryPath(this.#temporary)
    try {
      const { handle, stored } = await fill(temporary)
      try {
        refuseOther(stored.digest, expected)
        if (await this.#renewed(stored)) return stored
        await handle.chmod(BODY_MODE)
        await handle.sync()
      } finally {
        await handle.close()
      }
      await this.#name(temporary, stored.digest)
      return stored
    } catch (error) {
      throw writeProblem(error, this.#folder)
    } finally {
      await discard(temporary) // its name is gone already when all went well
    }
  }

  async #name(temporary: string, digest: string): Promise<void> {
    const path = this.#pathOf(digest)
    try {
      await rename(temporary, path)
    } catch (error) {
      if (fileErrorCode(error) !== 'ENOENT') throw error
      await mkdir(dirname(path), { recursive: true, mode: FOLDER_MODE })
      await syncFolder(this.#folder)
      await rename(temporary, path)
    }
    await syncFolder(dirname(path))
  }

  /** Whether the body is there and sound; then it counts as new, so that retention leaves it to whoever stores it now. */
  async #renewed({ digest, size }: Stored): Promise<boolean> {
    const path = this.#pathOf(digest)
    try {
      if ((await stat(path)).size !== size || (await digestOfFile(path)).digest !== digest) return false
      if (!(await this.#renew(digest))) return false
      await syncFolder(dirname(path)) // another thread may have named it this moment
      return true
    } catch {
      return false // absent or unreadable: it is written anew, and that says what is wrong with the disk
    }
  }

  async #renew(digest: string): Promise<boolean> {
    const now = new Date()
    try {
      await utimes(this.#pathOf(digest), now, now)
      return true
    } catch {
      return false // e.g. a read-only disk, on which retention removes nothing either
    }
  }

  async #openBody(digest: string): Promise<FileHandle> {
    const path = this.#checkedPath(digest)
    try {
      return await open(path, 'r')
    } catch (error) {
      throw readProblem(error, digest, path)
    }
  }

  #damaged(digest: string, found: string): ProblemError {
    return blobCorrupt(this.#pathOf(digest), `its content has the SHA-256 ${found}`)
  }

  /** Digests come from outside: none may lead to another folder. */
  #checkedPath(digest: string): string {
    if (!DIGEST.test(digest)) throw blobNotFound(digest)
    return this.#pathOf(digest)
  }

  #pathOf(digest: string): string {
    return join(this.#folder, digest.slice(0, PREFIX_LENGTH), digest)
  }
}

function refuseOther(digest: string, expected: string | undefined): void {
  if (expected === undefined || expected === digest) return
  throw new ProblemError('blob_digest_mismatch', `The body has the SHA-256 ${digest}, and ${expected} was announced.`, {
    field: 'query.digest',
    fix: 'Send the file again: it changed while it was read, or was damaged on its way.',
  })
}

/** Writes a body, hashing what is written. Closes the file only when that fails. */
async function written(handle: FileHandle, body: AsyncIterable<Uint8Array> | Uint8Array): Promise<Stored> {
  return closedOnFailure(handle, async () => {
    const hash = createHash('sha256')
    let size = 0
    for await (const chunk of body instanceof Uint8Array ? [body] : body) {
      hash.update(chunk)
      size += chunk.length
      await handle.writeFile(chunk) // at the current position, and all of it
    }
    return { digest: hash.digest('hex'), size }
  })
}

async function closedOnFailure<T>(handle: FileHandle, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    await handle.close()
    throw error
  }
}

async function namesIn(folder: string): Promise<string[]> {
  const names: string[] = []
  for await (const entry of await opendir(folder)) names.push(entry.name)
  return names
}
