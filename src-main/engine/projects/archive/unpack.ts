import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, open, readdir, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { extract, type Header } from 'tar-stream'
import { ProblemError } from '../../../../src-shared/contract/index.ts'
import { checkForeignDatabase } from '../../storage/index.ts'
import { compareDigests, createDigestList, type DigestList } from './digests.ts'
import { DATABASE_MEMBER, DIGESTS, digestInPath, invalidArchive, MANIFEST, type Manifest, pathFault } from './format.ts'
import { readManifest } from './manifest.ts'
import type { Progress } from './pack.ts'

const FOLDER_MODE = 0o700
const FILE_MODE = 0o600
const PROGRAM_MODE = 0o700
/** As the blob store keeps them. */
const BLOB_MODE = 0o444
const OWNER_EXECUTE = 0o100
/** In the folder that is filled, until all was compared. */
const FOUND = '.digests.jsonl'

/**
 * Gzip reaches 1030 : 1, logs and tables some 10 : 1. An archive with more than this is made to fill a disk, or holds files
 * of zeros; small ones do no harm.
 */
export const MAX_RATIO = 200
export const RATIO_FROM_BYTES = 64 * 1024 * 1024

export interface UnpackParts {
  readonly source: AsyncIterable<Uint8Array>
  /** Empty, and nobody else's */
  readonly folder: string
  readonly isTrusted: boolean
  /** Called with the manifest before anything is written; what it throws ends the import. */
  readonly accept: (manifest: Manifest) => Promise<void>
  readonly progress: Progress & { received: number }
  readonly signal: AbortSignal
}

/**
 * Unpacks an archive into a folder and checks all of it. What comes is not trusted: only regular files are made, only at
 * paths that a project has, and no more of them than the manifest says.
 * @throws ProblemError archive_invalid, archive_newer, archive_too_large; the folder is half filled then
 */
export async function unpackProject(parts: UnpackParts): Promise<Manifest> {
  const { source, folder, progress, signal } = parts
  const tar = extract()
  const found = await createDigestList(join(folder, FOUND))
  const counted = async function* (): AsyncGenerator<Uint8Array> {
    for await (const piece of source) {
      progress.received += piece.length
      yield piece
    }
  }
  const [sent, unpacked] = await Promise.allSettled([
    pipeline(Readable.from(counted(), { objectMode: false }), createGunzip(), tar, { signal }),
    readMembers(tar, parts, found).catch((error: unknown) => {
      tar.destroy(error instanceof Error ? error : new Error(String(error)))
      throw error
    }),
  ])
  await found.close()
  if (unpacked.status === 'fulfilled' && sent.status === 'fulfilled') {
    checkForeignDatabase(join(folder, DATABASE_MEMBER))
    await rm(join(folder, FOUND))
    await syncNames(folder)
    return unpacked.value
  }
  signal.throwIfAborted()
  throw reasonOf([unpacked, sent])
}

/** A refusal of ours is the reason; then what the system says about the disk; then that the archive is damaged. */
function reasonOf(results: readonly PromiseSettledResult<unknown>[]): Error {
  const reasons = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []))
  const refusal = reasons.find((reason) => reason instanceof ProblemError)
  if (refusal instanceof ProblemError) return refusal
  const ofDisk = reasons.find((reason) => hasCode(reason, ['ENOSPC', 'EDQUOT']))
  if (ofDisk !== undefined) {
    const fix = 'Free some space on the disk of the data folder, and import it again. Nothing was kept.'
    return new ProblemError('disk_full', 'The disk became full while the archive was unpacked.', { fix, cause: ofDisk })
  }
  const ofGzip = reasons.find((reason) => hasCode(reason, ['Z_DATA_ERROR', 'Z_BUF_ERROR', 'Z_NEED_DICT']))
  if (ofGzip !== undefined) return invalidArchive('it is no gzipped archive, or damaged or cut off', undefined, ofGzip)
  const first = reasons.find((reason) => reason instanceof Error && 'syscall' in reason) ?? reasons[0]
  if (first instanceof Error && 'syscall' in first) return first
  return invalidArchive('it is damaged or cut off', undefined, first)
}

type Entry = AsyncIterable<unknown> & { readonly header: Header }

const hasCode = (error: unknown, codes: readonly string[]): boolean =>
  error instanceof Error && 'code' in error && codes.includes(String(error.code))

async function readMembers(tar: AsyncIterable<Entry>, parts: UnpackParts, found: DigestList): Promise<Manifest> {
  let manifest: Manifest | null = null
  let isCompared = false
  let lastFolder = ''
  for await (const entry of tar) {
    const { name, type } = entry.header
    if (isCompared) throw invalidArchive(`${name} comes after its end`)
    if (type !== 'file')
      throw invalidArchive(`${name} is no regular file but a ${type ?? 'thing of no known kind'}`, ODD)
    if (manifest === null) {
      if (name !== MANIFEST) throw invalidArchive('it does not begin with the manifest of a project', ODD)
      manifest = await readManifest(entry)
      await parts.accept(manifest)
    } else if (name === DIGESTS) {
      await found.close()
      await compareDigests(Readable.from(entry, { objectMode: false }), found)
      isCompared = true
    } else {
      lastFolder = await takeMember(entry, manifest, parts, found, lastFolder)
    }
  }
  if (manifest === null || !isCompared) throw invalidArchive('it is cut off: its list of digests is missing')
  if (parts.progress.files !== manifest.files || parts.progress.bytes !== manifest.bytes) {
    throw invalidArchive('it holds less than its manifest says')
  }
  return manifest
}

const ODD = 'Import only archives that "weir project export" has made.'

async function takeMember(
  entry: Entry,
  manifest: Manifest,
  parts: UnpackParts,
  found: DigestList,
  lastFolder: string,
): Promise<string> {
  const { progress, folder } = parts
  const { name, size, mode } = entry.header
  const fault = pathFault(name)
  if (fault !== null) throw invalidArchive(`the path ${JSON.stringify(name)} ${fault}`, ODD)
  if (progress.files === 0 && name !== DATABASE_MEMBER) throw invalidArchive('it does not begin with a database', ODD)
  if (progress.files + 1 > manifest.files || progress.bytes + size > manifest.bytes) {
    throw invalidArchive('it holds more than its manifest says', ODD)
  }
  const target = join(folder, name)
  const parent = dirname(target)
  if (parent !== lastFolder) await mkdir(parent, { recursive: true, mode: FOLDER_MODE })
  const blob = digestInPath(name)
  const permissions = blob !== null ? BLOB_MODE : (mode & OWNER_EXECUTE) === 0 ? FILE_MODE : PROGRAM_MODE
  // Logs and the like are not on disk at once in any project.
  const flush = blob !== null || name === DATABASE_MEMBER
  const digest = await writeMember(entry, { path: target, mode: permissions, flush }, parts)
  if (blob !== null && blob !== digest) throw invalidArchive(`the stored file ${blob} has another content`)
  await found.add(name, size, digest)
  progress.files += 1
  return parent
}

/** Answers the SHA-256. */
async function writeMember(
  entry: AsyncIterable<unknown>,
  { path, mode, flush }: { readonly path: string; readonly mode: number; readonly flush: boolean },
  { progress, isTrusted, signal }: UnpackParts,
): Promise<string> {
  const hash = createHash('sha256')
  const hashed = async function* (): AsyncGenerator<Uint8Array> {
    for await (const piece of entry as AsyncIterable<Uint8Array>) {
      hash.update(piece)
      progress.bytes += piece.length
      if (!isTrusted) refuseBomb(progress)
      yield piece
    }
  }
  const file = createWriteStream(path, { flags: 'wx', mode, flush })
  await pipeline(hashed(), file, { signal }).catch((error: unknown) => {
    // As "A" and "a" are, on disks that take them for one.
    if (hasCode(error, ['EEXIST'])) throw invalidArchive(`it holds the file ${basename(path)} twice`, ODD, error)
    throw error
  })
  return hash.digest('hex')
}

function refuseBomb({ bytes, received }: UnpackParts['progress']): void {
  if (bytes < RATIO_FROM_BYTES || bytes < received * MAX_RATIO) return
  const detail = `The archive unpacks to more than ${MAX_RATIO} times its size, as archives do that are made to fill a disk.`
  throw new ProblemError('archive_too_large', detail, {
    field: 'query.trusted',
    fix: 'If you know who made it and that it holds such files, import it with: weir project import FILE --trusted',
  })
}

/** Makes the names of the bodies durable: the project is registered next. */
async function syncNames(folder: string): Promise<void> {
  if (process.platform === 'win32') return // which does so by itself
  const blobs = join(folder, 'blobs')
  const folders = await readdir(blobs).catch(() => null) // none, in a project without files
  const inside = (folders ?? []).map((name) => join(blobs, name))
  for (const path of [...inside, ...(folders === null ? [] : [blobs]), folder, dirname(folder)]) {
    const handle = await open(path, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  }
}
