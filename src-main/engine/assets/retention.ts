import { lstat, opendir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { RunId } from '../../../src-shared/contract/index.ts'
import type { ProjectStorage } from '../storage/index.ts'
import { fileErrorCode } from './blob-problems.ts'
import type { Blobs } from './blobs.ts'

const HOUR_MS = 60 * 60 * 1000
const DAY_MS = 24 * HOUR_MS
/**
 * How long a body stays that nothing refers to: between its upload and the call that uses it, or between its making
 * and the commit of the step that made it.
 */
export const BLOB_GRACE_MS = HOUR_MS
/** How long the answer to a request is remembered for a repetition with the same Idempotency-Key. */
export const IDEMPOTENCY_KEPT_MS = DAY_MS
/** Runs that are deleted before other work gets its turn. */
const RUNS_PER_CHUNK = 20
/** Bodies about which the database is asked at once. */
const BLOBS_PER_CHUNK = 500

export interface SweepOptions {
  /** The writer's handle */
  readonly storage: Pick<ProjectStorage, 'run' | 'expiredRuns' | 'deleteRuns' | 'unreferencedBlobs' | 'compact'>
  readonly blobs: Pick<Blobs, 'list' | 'remove'>
  /** Where the executions' folders are: `<runsFolder>/<run>/…` */
  readonly runsFolder: string
  /** Ended runs that are kept at most; `Infinity` for all */
  readonly keepRuns: number
  /** Days that an ended run is kept at most; `Infinity` for ever */
  readonly keepDays: number
  /** ms since 1970 */
  readonly now: number
  /** See BLOB_GRACE_MS */
  readonly graceMs?: number
  /** Ends it after the chunk that it is at */
  readonly signal?: AbortSignal
}

export interface Swept {
  readonly runs: number
  /** Folders of runs, with those that an earlier sweep left behind */
  readonly folders: number
  readonly blobs: number
  readonly blobBytes: number
  /** What could not be deleted, in words */
  readonly failures: readonly string[]
  /** False when the signal ended it early */
  readonly finished: boolean
}

type Tally = { -readonly [K in keyof Omit<Swept, 'finished' | 'failures'>]: Swept[K] } & { failures: string[] }

/**
 * Gives back the disk that expired runs hold. The database goes first, then what it referred to: a sweep that is cut
 * short anywhere leaves files that nothing refers to, never a reference to a file that is gone, and the next sweep
 * finds those files.
 */
export async function sweep(options: SweepOptions): Promise<Swept> {
  const tally: Tally = { runs: 0, folders: 0, blobs: 0, blobBytes: 0, failures: [] }
  const graceMs = options.graceMs ?? BLOB_GRACE_MS
  const stopped = (): boolean => options.signal?.aborted === true
  await sweepRuns(options, tally, stopped)
  await sweepFolders(options, options.now - graceMs, tally, stopped)
  await sweepBlobs(options, options.now - graceMs, tally, stopped)
  while (!stopped() && (await options.storage.compact(options.now - IDEMPOTENCY_KEPT_MS))) await breathe()
  return { ...tally, finished: !stopped() }
}

async function sweepRuns(options: SweepOptions, tally: Tally, stopped: () => boolean): Promise<void> {
  const { storage, keepRuns, runsFolder } = options
  const endedBefore = options.now - options.keepDays * DAY_MS
  while (!stopped()) {
    const ids = await storage.expiredRuns({ keepRuns, endedBefore, limit: RUNS_PER_CHUNK })
    if (ids.length === 0) return
    await storage.deleteRuns(ids)
    tally.runs += ids.length
    for (const id of ids) await removeFolder(join(runsFolder, id), tally)
    await breathe()
  }
}

/** Folders of runs that the database does not know (any more). Whatever has another name than a run is left alone. */
async function sweepFolders(
  { storage, runsFolder }: SweepOptions,
  olderThan: number,
  tally: Tally,
  stopped: () => boolean,
): Promise<void> {
  for await (const name of namesIn(runsFolder)) {
    if (stopped()) return
    if (!RunId.safeParse(name).success) continue
    if ((await storage.run(name)) !== null) continue
    const folder = join(runsFolder, name)
    if (((await modifiedAt(folder)) ?? Number.POSITIVE_INFINITY) < olderThan) await removeFolder(folder, tally)
  }
}

async function sweepBlobs(
  { storage, blobs }: SweepOptions,
  olderThan: number,
  tally: Tally,
  stopped: () => boolean,
): Promise<void> {
  const removeUnused = async (digests: readonly string[]): Promise<void> => {
    for (const digest of await storage.unreferencedBlobs(digests)) {
      if (stopped()) return
      const bytes = await attempt(() => blobs.remove(digest, olderThan), tally)
      if (bytes === null) continue
      tally.blobs += 1
      tally.blobBytes += bytes
    }
    await breathe()
  }
  let chunk: string[] = []
  for await (const { digest, modifiedAt: at } of blobs.list()) {
    if (stopped()) return
    if (at >= olderThan) continue
    chunk.push(digest)
    if (chunk.length < BLOBS_PER_CHUNK) continue
    await removeUnused(chunk)
    chunk = []
  }
  if (chunk.length > 0) await removeUnused(chunk)
}

async function removeFolder(folder: string, tally: Tally): Promise<void> {
  if ((await modifiedAt(folder)) === null) return
  const removed = await attempt(async () => {
    await rm(folder, { recursive: true, force: true })
    return true
  }, tally)
  if (removed !== null) tally.folders += 1
}

/** What cannot be deleted now, e.g. files of another user, must not keep the rest from being deleted. */
async function attempt<T>(work: () => Promise<T>, tally: Tally): Promise<T | null> {
  try {
    return await work()
  } catch (error) {
    tally.failures.push(error instanceof Error ? error.message : String(error))
    return null
  }
}

/** ms since 1970; null when there is nothing. */
async function modifiedAt(path: string): Promise<number | null> {
  try {
    return (await lstat(path)).mtimeMs
  } catch (error) {
    if (fileErrorCode(error) === 'ENOENT') return null
    throw error
  }
}

async function* namesIn(folder: string): AsyncGenerator<string, void> {
  try {
    for await (const entry of await opendir(folder)) yield entry.name
  } catch (error) {
    if (fileErrorCode(error) !== 'ENOENT') throw error // no run had a folder yet
  }
}

/** Gives other work of this thread its turn. */
const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
