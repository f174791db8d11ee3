import { createWriteStream } from 'node:fs'
import { link, lstat, mkdir, rm, symlink } from 'node:fs/promises'
import { dirname, join, posix, relative } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { extract, type Header } from 'tar-stream'
import { errnoOf, OutputError } from '../failure.ts'
import { pathFault } from '../safe-path.ts'
import { PLACED_AT } from './archive-in.ts'
import { DockerUnreachable } from './errors.ts'
import { WORK_ROOT } from './spec.ts'

/** No step leaves so much that is meant; a container that does is broken, or means harm. */
const MAX_BYTES = 2 ** 40
const MAX_ENTRIES = 2_000_000

const FILE_MODE = 0o644
const PROGRAM_MODE = 0o755
const OWNER_EXECUTE = 0o100

/** What an archive held. Paths are relative to the working folder. */
export interface Unpacked {
  readonly paths: ReadonlySet<string>
  readonly links: ReadonlyMap<string, string>
  /** Pipes and devices: they cannot be taken, and are not made */
  readonly specials: readonly string[]
}

interface Progress {
  readonly paths: Set<string>
  readonly links: Map<string, string>
  readonly specials: string[]
  bytes: number
}

/**
 * Unpacks a tar that came from a container into `work`. What a container sends is not trusted: nothing is written
 * outside `work`, also not through symlinks (they are made after everything else), and devices are not made at all.
 * Files that come back as they were put in (`isPlaced`, and the time that they were given) are left alone.
 */
export async function unpackWork(
  source: Readable,
  work: string,
  isPlaced: (path: string, size: number) => boolean,
  signal: AbortSignal,
): Promise<Unpacked> {
  const tar = extract()
  const progress: Progress = { paths: new Set(), links: new Map(), specials: [], bytes: 0 }
  const read = async (): Promise<void> => {
    for await (const entry of tar) {
      const { header } = entry
      const path = safePath(header.name)
      count(progress, header)
      progress.paths.add(path)
      const untouched = header.mtime?.getTime() === PLACED_AT.getTime() && isPlaced(path, header.size ?? 0)
      if (header.type === 'file' && !untouched) await writeFile(entry, header, join(work, path))
      else {
        if (header.type !== 'file') await makeOther(header, path, work, progress)
        entry.resume()
      }
    }
  }
  // One of the two fails first; the pipeline then destroys `tar`, which ends the other.
  const [sent, unpacked] = await Promise.allSettled([pipeline(source, tar, { signal }), read()])
  if (sent.status === 'rejected' || unpacked.status === 'rejected') {
    signal.throwIfAborted()
    throw reasonOf([sent, unpacked])
  }
  for (const [path, target] of progress.links) await makeLink(join(work, path), target)
  return progress
}

/** Of sockets, of Node's streams, of the tar's streams. */
const BROKEN_OFF_CODES = [
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ERR_STREAM_PREMATURE_CLOSE',
  'STREAM_DESTROYED',
  'PREMATURE_CLOSE',
]

/** Each failure makes the other end fail too: the one that is not a broken stream is the reason. */
function reasonOf(results: readonly PromiseSettledResult<void>[]): Error {
  const reasons = results.map((result): unknown => (result.status === 'rejected' ? result.reason : null))
  const reason = reasons.find((reason) => reason instanceof Error && !isBrokenOff(reason))
  return reason instanceof Error ? reason : new DockerUnreachable('the copy of the outputs broke off')
}

/** The connection ended in the middle, as against an error of our own disk or a refusal. */
const isBrokenOff = (error: unknown): boolean =>
  BROKEN_OFF_CODES.includes(errnoOf(error) ?? '') ||
  (error instanceof Error && /unexpected end|aborted|premature/i.test(error.message))

function safePath(name: string): string {
  const fault = pathFault(name)
  if (fault === null) return posix.normalize(name).replace(/\/$/, '')
  throw new OutputError({
    code: 'output_outside',
    message: `The container sent a file named "${name}": the path ${fault}.`,
    fix: 'Use another image; this one does not behave like a file system.',
  })
}

function count(progress: Progress, header: Header): void {
  progress.bytes += header.size ?? 0
  if (progress.bytes <= MAX_BYTES && progress.paths.size < MAX_ENTRIES) return
  throw new OutputError({
    code: 'output_too_large',
    message: `The outputs of this step have more than ${MAX_BYTES / 2 ** 30} GiB, or more than ${MAX_ENTRIES} files.`,
    fix: 'Let the step write less, or pack many small files into one archive.',
  })
}

async function writeFile(entry: AsyncIterable<unknown>, header: Header, target: string): Promise<void> {
  // What was put in before may be of another kind, or a file that shares its blocks: it is replaced, never overwritten.
  await rm(target, { recursive: true, force: true })
  await mkdir(dirname(target), { recursive: true })
  const mode = ((header.mode ?? 0) & OWNER_EXECUTE) === 0 ? FILE_MODE : PROGRAM_MODE
  await pipeline(Readable.from(entry, { objectMode: false }), createWriteStream(target, { flags: 'wx', mode }))
}

async function makeOther(header: Header, path: string, work: string, progress: Progress): Promise<void> {
  const target = join(work, path)
  if (header.type === 'directory') {
    // A link that an earlier, broken-off copy left would lead what comes next elsewhere.
    const there = await lstat(target).catch(() => null)
    if (there !== null && !there.isDirectory()) await rm(target)
    await mkdir(target, { recursive: true })
  } else if (header.type === 'symlink') {
    progress.links.set(path, localTarget(path, header.linkname ?? ''))
  } else if (header.type === 'link') {
    const other = safePath(header.linkname ?? '')
    const symlinked = progress.links.get(other)
    if (symlinked !== undefined) progress.links.set(path, symlinked)
    else await makeHardLink(join(work, other), target)
  } else {
    progress.specials.push(path)
  }
}

async function makeHardLink(existing: string, target: string): Promise<void> {
  await rm(target, { recursive: true, force: true })
  await mkdir(dirname(target), { recursive: true })
  await link(existing, target)
}

/** An absolute link into the container's working folder points to the same file here. */
function localTarget(path: string, target: string): string {
  if (target !== WORK_ROOT && !target.startsWith(`${WORK_ROOT}/`)) return target
  return posix.relative(posix.dirname(posix.join('/', path)), posix.join('/', target.slice(WORK_ROOT.length))) || '.'
}

async function makeLink(path: string, target: string): Promise<void> {
  await rm(path, { recursive: true, force: true })
  await mkdir(dirname(path), { recursive: true })
  await symlink(target, path)
}

/** The entry at the top of the working folder that a link leads to; null when it leads elsewhere. */
export function linkedEntry(path: string, target: string): string | null {
  if (target.startsWith('/')) return null
  const reached = relative('/', posix.resolve('/', posix.dirname(path), target))
  const [first = ''] = reached.split('/')
  return first === '' ? null : first
}
