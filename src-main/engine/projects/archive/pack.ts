import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { constants, createGzip } from 'node:zlib'
import { type Pack, pack } from 'tar-stream'
import { blackened } from './blacken.ts'
import type { DigestList } from './digests.ts'
import { DIGESTS, MANIFEST, type Manifest } from './format.ts'
import { changedMeanwhile, type Member, type MemberSource, membersOf } from './members.ts'

/** Twice as fast as the default, for some percent more bytes: who waits for an export waits for this. */
const LEVEL = constants.Z_BEST_SPEED
const FILE_MODE = 0o600
const PROGRAM_MODE = 0o700
const CHUNK_BYTES = 256 * 1024

export interface Progress {
  files: number
  bytes: number
}

export interface PackParts {
  readonly manifest: Manifest
  readonly source: MemberSource
  /** Empty; filled here */
  readonly digests: DigestList
  readonly progress: Progress
  readonly signal: AbortSignal
}

/** What an archive would hold now. */
export async function measure(source: MemberSource): Promise<Progress & { leftOut: number }> {
  const sum = { files: 0, bytes: 0, leftOut: 0 }
  for await (const member of membersOf(source)) {
    if ('leftOut' in member) sum.leftOut += 1
    else {
      sum.files += 1
      sum.bytes += member.size
    }
  }
  return sum
}

/**
 * The archive as it is packed, at the pace of whoever reads it.
 * @throws ProblemError project_in_use when the project is not any more what the manifest says
 */
export async function* packProject(parts: PackParts): AsyncGenerator<Uint8Array> {
  const tar = pack()
  const gzip = createGzip({ level: LEVEL, chunkSize: CHUNK_BYTES })
  const filled = fill(tar, parts).catch((error: unknown) => {
    tar.destroy(error instanceof Error ? error : new Error(String(error)))
    throw error
  })
  const sent = pipeline(Readable.from(tar, { objectMode: false }), gzip, { signal: parts.signal })
  // Both end with the reason for which the reading below ends.
  sent.catch(() => undefined)
  filled.catch(() => undefined)
  try {
    yield* gzip as AsyncIterable<Uint8Array>
    await Promise.all([filled, sent])
  } catch (error) {
    parts.signal.throwIfAborted()
    // What the other end says of a broken stream is only that it is broken.
    await filled
    throw error
  } finally {
    gzip.destroy()
    tar.destroy()
    await parts.digests.close()
  }
}

async function fill(tar: Pack, { manifest, source, digests, progress, signal }: PackParts): Promise<void> {
  const manifestText = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`)
  await pipeline([manifestText], tar.entry({ name: MANIFEST, size: manifestText.length, mode: FILE_MODE }))
  for await (const member of membersOf(source)) {
    signal.throwIfAborted()
    if ('leftOut' in member) continue
    if (progress.files === manifest.files) throw changedMeanwhile(member.path)
    const digest = await addMember(tar, member, progress)
    await digests.add(member.path, member.size, digest)
    progress.files += 1
  }
  if (progress.files !== manifest.files || progress.bytes !== manifest.bytes) throw changedMeanwhile('its size')
  await digests.close()
  const { size } = await stat(digests.path)
  await pipeline(bodyOf(digests.path, size), tar.entry({ name: DIGESTS, size, mode: FILE_MODE }))
  tar.finalize()
}

/** Answers the SHA-256 of what was put into the archive. */
async function addMember(tar: Pack, member: Member, progress: Progress): Promise<string> {
  const { path, size, isProgram, file, secrets } = member
  const hash = createHash('sha256')
  let read = 0
  const counted = async function* (source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const piece of source) {
      hash.update(piece)
      read += piece.length
      progress.bytes += piece.length
      yield piece
    }
    // The tar would only say that a size is wrong.
    if (read !== size) throw changedMeanwhile(path)
  }
  const body = secrets.length === 0 ? bodyOf(file, size) : blackened(bodyOf(file, size), secrets)
  await pipeline(counted(body), tar.entry({ name: path, size, mode: isProgram ? PROGRAM_MODE : FILE_MODE }))
  return hash.digest('hex')
}

/** So many bytes of a file, also when it has grown since. */
const bodyOf = (file: string, size: number): Readable =>
  size === 0 ? Readable.from([]) : createReadStream(file, { end: size - 1, highWaterMark: CHUNK_BYTES })
