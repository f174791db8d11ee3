import { createHash } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openSqlite, type ProjectStorage, type RunRow } from '../storage/index.ts'
import { openBlobStore } from './blob-store.ts'
import type { Blobs } from './blobs.ts'
import { type SweepOptions, type Swept, sweep } from './retention.ts'

const HOUR_MS = 60 * 60 * 1000
const DAY_MS = 24 * HOUR_MS
const NOW = Date.now()

let folder: string
let runsFolder: string
let storage: ProjectStorage
let blobs: Blobs
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weir-retention-'))
  runsFolder = join(folder, 'runs')
  storage = openSqlite(join(folder, 'project.db'))
  blobs = openBlobStore(join(folder, 'blobs'))
})
afterEach(async () => {
  await storage.close()
  await rm(folder, { recursive: true })
})

const sweepNow = (options: Partial<SweepOptions> = {}): Promise<Swept> =>
  sweep({
    storage,
    blobs,
    runsFolder,
    keepRuns: Number.POSITIVE_INFINITY,
    keepDays: Number.POSITIVE_INFINITY,
    now: NOW,
    ...options,
  })

const runAt = (id: string, finishedAt: number | null): RunRow => ({
  id,
  workflow: 'flow',
  version: 1,
  plan: 'p',
  workspace: 'main',
  status: finishedAt === null ? 'running' : 'succeeded',
  trigger: 'manual',
  parentRun: null,
  parentStep: null,
  priority: 0,
  createdAt: NOW - 90 * DAY_MS,
  startedAt: null,
  finishedAt,
  total: 1,
  done: 1,
  succeeded: 1,
  failed: 0,
  skipped: 0,
  items: 0,
  itemsDone: 0,
  itemsFailed: 0,
  dropped: 0,
  itemsCancelled: 0,
  calls: 0,
  reruns: 0,
  earlierMs: 0,
  rerunIn: '',
})

/** A run that ended some days ago, with its folder and a body of its own. Answers the body's digest. */
async function madeRun(id: string, endedDaysAgo: number | null, shared: readonly string[] = []): Promise<string> {
  const { digest } = await blobs.put(Buffer.from(`result of ${id}`))
  await ageBlob(digest)
  await mkdir(join(runsFolder, id, 'step', '1', 'work'), { recursive: true })
  await writeFile(join(runsFolder, id, 'step', '1', 'stdout.log'), 'hello')
  await storage.commit({
    entries: [{ run: id, at: NOW, events: '[]' }],
    runs: [runAt(id, endedDaysAgo === null ? null : NOW - endedDaysAgo * DAY_MS)],
    cache: [],
    blobs: [digest, ...shared].map((one) => ({ run: id, digest: one })),
    idempotency: [],
  })
  return digest
}

async function ageBlob(digest: string, ms = 2 * HOUR_MS): Promise<void> {
  await ageFile(join(folder, 'blobs', digest.slice(0, 2), digest), ms)
}
const ageFile = (path: string, ms: number): Promise<void> => utimes(path, new Date(NOW - ms), new Date(NOW - ms))
const hasBlob = (digest: string): boolean => existsSync(join(folder, 'blobs', digest.slice(0, 2), digest))

it('deletes runs beyond their days with rows, folder and what only they refer to', async () => {
  const shared = (await blobs.put(Buffer.from('shared'))).digest
  await ageBlob(shared)
  const [gone, kept, live] = [
    await madeRun('aaaaaaaa', 31, [shared]),
    await madeRun('bbbbbbbb', 29, [shared]),
    await madeRun('cccccccc', null),
  ]
  const freed = await sweepNow({ keepDays: 30 })
  expect(freed).toEqual({
    runs: 1,
    folders: 1,
    blobs: 1,
    blobBytes: 'result of aaaaaaaa'.length,
    failures: [],
    finished: true,
  })
  expect(await storage.run('aaaaaaaa')).toBeNull()
  expect(readdirSync(runsFolder).sort()).toEqual(['bbbbbbbb', 'cccccccc'])
  expect([gone, kept, live, shared].map(hasBlob)).toEqual([false, true, true, true])
})

it('keeps the newest runs only, over more than one chunk', async () => {
  const ids = Array.from(
    { length: 45 },
    (_, n) =>
      `run22${String(n + 22)
        .padStart(3, '2')
        .replaceAll('0', 'z')
        .replaceAll('1', 'y')}`,
  )
  for (const [n, id] of ids.entries()) await madeRun(id, n)
  const freed = await sweepNow({ keepRuns: 3 })
  expect(freed).toMatchObject({ runs: 42, folders: 42, blobs: 42 })
  expect(readdirSync(runsFolder).sort()).toEqual(ids.slice(0, 3).sort())
  expect(await sweepNow({ keepRuns: 3 })).toMatchObject({ runs: 0, folders: 0, blobs: 0 })
})

it('leaves bodies alone that are young, or used again while it works', async () => {
  const [young, old, used] = await Promise.all(
    ['young', 'old', 'used'].map(async (text) => (await blobs.put(Buffer.from(text))).digest),
  )
  if (young === undefined || old === undefined || used === undefined) throw new Error('three were stored')
  await ageBlob(old)
  await ageBlob(used)
  const busy: ProjectStorage = {
    ...storage,
    unreferencedBlobs: async (digests) => {
      const unreferenced = await storage.unreferencedBlobs(digests)
      await blobs.put(Buffer.from('used')) // an upload of the same file, just now
      return unreferenced
    },
  }
  const freed = await sweepNow({ storage: busy })
  expect([young, old, used].map(hasBlob)).toEqual([true, false, true])
  expect(freed).toMatchObject({ blobs: 1, blobBytes: 3 })
})

it('removes folders that a sweep which was cut short left behind, and nothing else', async () => {
  await madeRun('aaaaaaaa', 1)
  for (const name of ['dddddddd', 'eeeeeeee', 'notes', '.cache'])
    await mkdir(join(runsFolder, name, 'x'), { recursive: true })
  await symlink(folder, join(runsFolder, 'ffffffff'))
  for (const name of ['aaaaaaaa', 'dddddddd', 'notes', '.cache']) await ageFile(join(runsFolder, name), 2 * HOUR_MS)
  expect(await sweepNow()).toMatchObject({ runs: 0, folders: 1 })
  expect(readdirSync(runsFolder).sort()).toEqual(['.cache', 'aaaaaaaa', 'eeeeeeee', 'ffffffff', 'notes'])
})

it('is safe to be cut short after any call: what is referred to stays, and the next sweep does the rest', async () => {
  const kept = await madeRun('bbbbbbbb', 1)
  for (let calls = 0; ; calls += 1) {
    await madeRun('aaaaaaaa', 40)
    await madeRun('cccccccc', 40)
    for (const id of ['aaaaaaaa', 'cccccccc']) await ageFile(join(runsFolder, id), 2 * HOUR_MS)
    const cut = cutAfter(calls)
    const outcome = await sweepNow({ keepDays: 30, storage: cut.storage, blobs: cut.blobs }).catch(
      (error: unknown) => error,
    )
    for (const id of ['aaaaaaaa', 'bbbbbbbb', 'cccccccc']) {
      if ((await storage.run(id)) === null) continue
      expect(hasBlob(createHash('sha256').update(`result of ${id}`).digest('hex'))).toBe(true)
      expect(existsSync(join(runsFolder, id))).toBe(true)
    }
    await sweepNow({ keepDays: 30 })
    expect(readdirSync(runsFolder)).toEqual(['bbbbbbbb'])
    expect(await digests()).toEqual([kept])
    if (!(outcome instanceof Error)) break
  }
})

const digests = async (): Promise<string[]> => {
  const found: string[] = []
  for await (const { digest } of blobs.list()) found.push(digest)
  return found
}

/** The same storage and blobs, on which every call after the first `calls` fails as if the engine had died. */
function cutAfter(calls: number): Pick<SweepOptions, 'storage' | 'blobs'> {
  let left = calls
  const alive = (): void => {
    left -= 1
    if (left < 0) throw new Error('the engine was killed')
  }
  return {
    storage: {
      run: (id) => {
        alive()
        return storage.run(id)
      },
      expiredRuns: (query) => {
        alive()
        return storage.expiredRuns(query)
      },
      deleteRuns: (ids) => {
        alive()
        return storage.deleteRuns(ids)
      },
      unreferencedBlobs: (some) => {
        alive()
        return storage.unreferencedBlobs(some)
      },
      compact: (before) => {
        alive()
        return storage.compact(before)
      },
    },
    blobs: {
      list: () => {
        alive()
        return blobs.list()
      },
      remove: (digest, unless) => {
        alive()
        return blobs.remove(digest, unless)
      },
    },
  }
}

it('ends early when it is told to', async () => {
  await madeRun('aaaaaaaa', 40)
  expect(await sweepNow({ keepDays: 30, signal: AbortSignal.abort() })).toMatchObject({ runs: 0, finished: false })
  expect(await storage.run('aaaaaaaa')).not.toBeNull()
})

it('goes on when something cannot be deleted, and says what', async () => {
  await madeRun('aaaaaaaa', 40)
  const stuck = (await blobs.put(Buffer.from('stuck'))).digest
  await ageBlob(stuck)
  const partly: Pick<Blobs, 'list' | 'remove'> = {
    list: () => blobs.list(),
    remove: (digest, unless) =>
      digest === stuck ? Promise.reject(new Error('it belongs to someone else')) : blobs.remove(digest, unless),
  }
  expect(await sweepNow({ keepDays: 30, blobs: partly })).toMatchObject({
    runs: 1,
    blobs: 1,
    failures: ['it belongs to someone else'],
  })
})

it('does nothing in a project that has nothing', async () => {
  expect(await sweepNow({ keepDays: 0, keepRuns: 0 })).toEqual({
    runs: 0,
    folders: 0,
    blobs: 0,
    blobBytes: 0,
    failures: [],
    finished: true,
  })
})
