import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, statfs, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { acquireDataLock } from './lock.ts'
import { openSqlite } from './sqlite.ts'
import { bundleProgram, startProgram } from './testing/child.ts'
import { emptyBatch, runOf } from './testing/samples.ts'

/** For places of unknown type: vitest's matchers are typed any. */
const containing = (text: string): unknown => expect.stringContaining(text)

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weir-durable-'))
})
afterEach(() => rm(folder, { recursive: true }))

describe('a writer that is killed', () => {
  const KILLS = 10
  /** Batches that are acknowledged before the kill: from none to some hundred, so that checkpoints are hit as well */
  const MAX_BATCHES = 200
  let program: string
  beforeAll(async () => {
    program = await bundleProgram(fileURLToPath(new URL('./testing/crash-writer.ts', import.meta.url)))
  })
  afterAll(() => rm(dirname(program), { recursive: true }))

  it('loses nothing that it acknowledged, keeps the order, and leaves no part of a batch', async () => {
    const path = join(folder, 'project.db')
    for (let kill = 0; kill < KILLS; kill += 1) {
      const child = startProgram(program, [path])
      const enough = Math.floor(Math.random() * MAX_BATCHES)
      while (child.lines.length < enough && (await child.nextLine()) !== null);
      child.kill()
      expect(await child.ended).toMatchObject({ signal: 'SIGKILL', stderr: '' })
      const acknowledged = Number(child.lines.at(-1) ?? 0)
      const newest = await checkBatches(path)
      expect(newest).toBeGreaterThanOrEqual(acknowledged)
    }
  })

  /** Reads all batches in order, checks that each is whole, and answers the number of the newest. */
  async function checkBatches(path: string): Promise<number> {
    const storage = openSqlite(path)
    try {
      let [batch, place, size, cursor] = [0, 0, 0, 0]
      for (const entry of await storage.journalAfter(0, Number.MAX_SAFE_INTEGER)) {
        const found = JSON.parse(entry.events) as { batch: number; place: number; size: number }
        if (place === size) [batch, place, size] = [batch + 1, 0, found.size]
        cursor += 1
        const right = found.batch === batch && found.place === place && found.size === size && entry.cursor === cursor
        if (!right) expect({ ...found, cursor: entry.cursor }).toEqual({ batch, place, size, cursor })
        place += 1
      }
      expect(place).toBe(size)
      return batch
    } finally {
      await storage.close()
    }
  }
})

/** Mounts a small disk in memory; null where this user may not. */
function mountDisk(folder: string, bytes: number): { unmount(): void } | null {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'weir-test', folder], { stdio: 'ignore' })
  } catch {
    return null // not root, or no mount(8): the caller says that it skips
  }
  return { unmount: () => execFileSync('umount', ['-l', folder]) }
}

/** Shows a folder once more in a place where it cannot be written. */
function mountReadOnly(folder: string, place: string): { unmount(): void } | null {
  try {
    execFileSync('mount', ['--bind', folder, place], { stdio: 'ignore' })
  } catch {
    return null
  }
  execFileSync('mount', ['-o', 'remount,bind,ro', place])
  return { unmount: () => execFileSync('umount', ['-l', place]) }
}

describe('the disk', () => {
  const DISK_BYTES = 2 * 1024 * 1024

  it('when it is full: says so, loses nothing, and goes on when there is room', async (test) => {
    const disk = mountDisk(folder, DISK_BYTES)
    if (disk === null) return test.skip('needs the right to mount a small disk (root)')
    try {
      const path = join(folder, 'project.db')
      const ballast = join(folder, 'ballast')
      await writeFile(ballast, Buffer.alloc(DISK_BYTES / 4))
      const storage = openSqlite(path)
      const acknowledged: string[] = []
      const commitOne = async (): Promise<void> => {
        const events = JSON.stringify({ n: acknowledged.length, pad: 'x'.repeat(2_000) })
        await storage.commit({ ...emptyBatch, entries: Array(5).fill({ run: 'aaaaaaaa', at: 1, events }) })
        acknowledged.push(...Array<string>(5).fill(events))
      }
      const saved = async (): Promise<string[]> => (await storage.journal('aaaaaaaa', 0)).map((entry) => entry.events)
      const untilFull = async (): Promise<unknown> => {
        for (;;) await commitOne()
      }
      const refused = { code: 'disk_full', context: { fix: containing('Free some space') } }
      await expect(untilFull()).rejects.toMatchObject(refused)
      expect(acknowledged.length).toBeGreaterThan(50)
      expect(await saved()).toEqual(acknowledged)
      await expect(commitOne()).rejects.toMatchObject(refused)
      const reader = openSqlite(path, { readOnly: true })
      expect(await reader.journal('aaaaaaaa', 0)).toHaveLength(acknowledged.length)
      await reader.close()
      await rm(ballast)
      for (let n = 0; n < 10; n += 1) await commitOne()
      expect(await saved()).toEqual(acknowledged)
      await expect(untilFull()).rejects.toMatchObject(refused)
      await storage.close()
      const again = openSqlite(path)
      expect((await again.journal('aaaaaaaa', 0)).map((entry) => entry.events)).toEqual(acknowledged)
      await again.close()
    } finally {
      disk.unmount()
    }
  })

  it('when it is full before a database exists: says so', async (test) => {
    const disk = mountDisk(folder, DISK_BYTES)
    if (disk === null) return test.skip('needs the right to mount a small disk (root)')
    try {
      const { bavail, bsize } = await statfs(folder)
      await writeFile(join(folder, 'ballast'), Buffer.alloc(bavail * bsize))
      expect(() => openSqlite(join(folder, 'project.db'))).toThrow(/full/)
    } finally {
      disk.unmount()
    }
  })

  it('when it is read-only: says so', async (test) => {
    const [data, place] = [join(folder, 'data'), join(folder, 'place')]
    await Promise.all([mkdir(data), mkdir(place)])
    const storage = openSqlite(join(data, 'project.db'))
    await storage.commit({ ...emptyBatch, runs: [runOf('aaaaaaaa')] })
    await storage.close()
    const disk = mountReadOnly(data, place)
    if (disk === null) return test.skip('needs the right to mount a folder (root)')
    try {
      const words = { code: 'project_failed', message: containing('read-only') }
      const opened = async (name: string): Promise<unknown> => openSqlite(join(place, name)).bumpEpoch()
      await expect(opened('project.db')).rejects.toMatchObject(words)
      await expect(opened('new.db')).rejects.toMatchObject(words)
      expect(() => acquireDataLock(place)).toThrow('read-only')
    } finally {
      disk.unmount()
    }
  })
})
