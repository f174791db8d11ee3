import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { createReadStream, readdirSync, statSync } from 'node:fs'
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openBlobStore } from './blob-store.ts'

const MIB = 1024 * 1024
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weir-blobs-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** How much more memory the process has at its highest while `work` runs, in bytes. */
async function peakGrowth(work: () => Promise<void>): Promise<number> {
  const SAMPLE_MS = 5
  const before = process.memoryUsage.rss()
  let peak = before
  const sampling = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss())
  }, SAMPLE_MS)
  try {
    await work()
  } finally {
    clearInterval(sampling)
  }
  return peak - before
}

describe('large bodies', () => {
  const BODY_BYTES = 300 * MIB
  /** Far below the body, far above what garbage collection leaves lying about. */
  const BOUND_BYTES = 120 * MIB

  it('are stored, read and copied in constant memory', async () => {
    const source = join(folder, 'source')
    const block = randomBytes(MIB)
    const handle = await open(source, 'w')
    for (let n = 0; n < BODY_BYTES / MIB; n += 1) await handle.write(block)
    await handle.close()
    const blobs = openBlobStore(join(folder, 'blobs'))
    let digest = ''
    const work: Record<string, () => Promise<void>> = {
      put: async () => {
        digest = (await blobs.put(createReadStream(source))).digest
      },
      putFile: async () => {
        await blobs.remove(digest)
        expect(await blobs.putFile(source)).toEqual({ digest, size: BODY_BYTES })
      },
      open: async () => {
        let read = 0
        for await (const part of blobs.open(digest)) read += part.length
        expect(read).toBe(BODY_BYTES)
      },
      copyTo: () => blobs.copyTo(digest, join(folder, 'copy')),
    }
    for (const [name, one] of Object.entries(work)) expect({ [name]: await peakGrowth(one) }).toSatisfy(belowBound)
    expect(statSync(join(folder, 'copy')).size).toBe(BODY_BYTES)
  })

  const belowBound = (growth: Record<string, number>): boolean =>
    Object.values(growth).every((bytes) => bytes < BOUND_BYTES)
})

describe('a full disk', () => {
  const DISK_BYTES = 4 * MIB

  it('is named, leaves nothing half written, and harms nothing that is stored', async (test) => {
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'weir-test', folder], { stdio: 'ignore' })
    } catch {
      return test.skip('needs the right to mount a small disk (root)')
    }
    const elsewhere = await mkdtemp(join(tmpdir(), 'weir-source-'))
    try {
      const blobs = openBlobStore(join(folder, 'blobs'))
      const kept = randomBytes(2 * MIB)
      const { digest } = await blobs.put(kept)
      const large = join(elsewhere, 'large')
      await writeFile(large, randomBytes(3 * MIB))
      const refused = { code: 'disk_full', context: { fix: expect.stringContaining('Free some space') as unknown } }
      await expect(blobs.put(createReadStream(large))).rejects.toMatchObject(refused)
      await expect(blobs.putFile(large)).rejects.toMatchObject(refused)
      await expect(blobs.copyTo(digest, join(folder, 'a'))).resolves.toBeUndefined()
      await expect(blobs.copyTo(digest, join(folder, 'b'))).rejects.toMatchObject(refused)
      expect(readdirSync(join(folder, 'blobs', 'tmp'))).toEqual([])
      expect(readdirSync(folder).sort()).toEqual(['a', 'blobs'])
      expect(Buffer.from(await blobs.read(digest)).equals(kept)).toBe(true)
      await rm(join(folder, 'a'))
      await expect(blobs.put(randomBytes(MIB))).resolves.toMatchObject({ size: MIB })
    } finally {
      execFileSync('umount', ['-l', folder])
      await rm(elsewhere, { recursive: true })
    }
  })
})
