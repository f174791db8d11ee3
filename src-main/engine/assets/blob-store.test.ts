import { createHash } from 'node:crypto'
import { chmodSync, readdirSync, statSync } from 'node:fs'
import {
  appendFile,
  mkdir,
  mkdtemp,
  readFile,
  rename,
  rm,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openBlobStore } from './blob-store.ts'
import type { Blobs } from './blobs.ts'

/** For places of unknown type: vitest's matchers are typed any. */
const containing = (text: string): unknown => expect.stringContaining(text)

const HOUR_MS = 60 * 60 * 1000
const digestOf = (body: Uint8Array | string): string => createHash('sha256').update(body).digest('hex')
const ABSENT = digestOf('what nobody stored')

let folder: string
let root: string
let blobs: Blobs
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weir-blobs-'))
  root = join(folder, 'blobs')
  blobs = openBlobStore(root)
})
afterEach(() => rm(folder, { recursive: true }))

const pathOf = (digest: string): string => join(root, digest.slice(0, 2), digest)
const inTmp = (): string[] => readdirSync(join(root, 'tmp'))
async function* streamOf(...parts: (Uint8Array | string)[]): AsyncGenerator<Uint8Array, void> {
  for (const part of parts) yield typeof part === 'string' ? Buffer.from(part) : part
}
async function collected(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const part of body) parts.push(part)
  return Buffer.concat(parts)
}
const put = async (text: string): Promise<string> => (await blobs.put(Buffer.from(text))).digest
/** Replaces bytes of a stored body, which is read-only. */
async function damage(digest: string, change: (path: string) => Promise<unknown>): Promise<void> {
  chmodSync(pathOf(digest), 0o600)
  await change(pathOf(digest))
  chmodSync(pathOf(digest), 0o444)
}
const age = (digest: string, ms: number): Promise<void> => {
  const then = new Date(Date.now() - ms)
  return utimes(pathOf(digest), then, then)
}

describe('storing', () => {
  it('gives back any body under its digest, whichever way it came and is read', async () => {
    const chunks = fc.array(fc.uint8Array({ maxLength: 2_000 }), { maxLength: 6 })
    let round = 0
    await fc.assert(
      fc.asyncProperty(chunks, fc.boolean(), async (parts, executable) => {
        round += 1
        const whole = Buffer.concat(parts)
        const stored = { digest: digestOf(whole), size: whole.length }
        const source = join(folder, `source${round}`)
        await writeFile(source, whole)
        expect(await blobs.put(streamOf(...parts))).toEqual(stored)
        expect(await blobs.put(whole)).toEqual(stored)
        expect(await blobs.putFile(source)).toEqual(stored)
        expect(await blobs.stat(stored.digest)).toBe(whole.length)
        expect(Buffer.from(await blobs.read(stored.digest)).equals(whole)).toBe(true)
        expect((await collected(blobs.open(stored.digest))).equals(whole)).toBe(true)
        const copy = join(folder, `copy${round}`)
        await blobs.copyTo(stored.digest, copy, executable)
        expect((await readFile(copy)).equals(whole)).toBe(true)
        expect(statSync(copy).mode & 0o777).toBe(executable ? 0o755 : 0o644)
      }),
      { numRuns: 25 },
    )
    expect(inTmp()).toEqual([])
  })

  it('stores bodies of several chunks', async () => {
    const big = Buffer.alloc(3_000_001, 'weir ')
    const { digest } = await blobs.put(streamOf(big.subarray(0, 17), big.subarray(17)))
    expect(digest).toBe(digestOf(big))
    expect((await collected(blobs.open(digest))).equals(big)).toBe(true)
  })

  it('keeps one file for the same body, also when it is stored many times at once', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => blobs.put(streamOf('same'))))
    expect(new Set(all.map((one) => one.digest)).size).toBe(1)
    expect(await listed()).toEqual([digestOf('same')])
    expect(inTmp()).toEqual([])
  })

  it('makes bodies read-only and folders private', async () => {
    const digest = await put('x')
    expect(statSync(pathOf(digest)).mode & 0o777).toBe(0o444)
    for (const path of [root, join(root, 'tmp'), join(root, digest.slice(0, 2))])
      expect(statSync(path).mode & 0o777).toBe(0o700)
  })

  it('stores nothing of a body whose digest is not the announced one', async () => {
    for (const body of [Buffer.from('truncat'), streamOf('trun', 'cat')]) {
      await expect(blobs.put(body, digestOf('truncated'))).rejects.toMatchObject({ code: 'blob_digest_mismatch' })
    }
    expect(await listed()).toEqual([])
    expect(inTmp()).toEqual([])
    expect(await blobs.put(streamOf('truncated'), digestOf('truncated'))).toMatchObject({ size: 9 })
  })

  it('leaves nothing of a body that breaks off', async () => {
    const breaking = async function* (): AsyncGenerator<Uint8Array, void> {
      yield Buffer.from('half')
      throw new Error('the caller went away')
    }
    await expect(blobs.put(breaking())).rejects.toThrow('the caller went away')
    expect(await listed()).toEqual([])
    expect(inTmp()).toEqual([])
  })

  it('stores a file whatever its mode, and refuses what is no file', async () => {
    const path = join(folder, 'tool.sh')
    await writeFile(path, 'echo', { mode: 0o500 })
    expect((await blobs.putFile(path)).digest).toBe(digestOf('echo'))
    expect(statSync(pathOf(digestOf('echo'))).mode & 0o777).toBe(0o444)
    await expect(blobs.putFile(folder)).rejects.toMatchObject({ code: 'bad_request' })
    await expect(blobs.putFile(join(folder, 'absent'))).rejects.toMatchObject({ code: 'ENOENT' })
    expect(inTmp()).toEqual([])
  })
})

describe('reading', () => {
  it('says what is not there, and lets no digest lead elsewhere', async () => {
    await writeFile(join(folder, 'secret'), 'x')
    for (const digest of [ABSENT, '../../secret', '', ABSENT.toUpperCase(), `${ABSENT}/../x`]) {
      expect(await blobs.stat(digest)).toBeNull()
      await expect(blobs.read(digest)).rejects.toMatchObject({ code: 'blob_not_found' })
      await expect(collected(blobs.open(digest))).rejects.toMatchObject({ code: 'blob_not_found' })
      await expect(blobs.copyTo(digest, join(folder, 'copy'))).rejects.toMatchObject({ code: 'blob_not_found' })
    }
    expect(readdirSync(folder)).toEqual(['blobs', 'secret'])
  })

  it('refuses a body that is too large to be read at once', async () => {
    const digest = await put('12345')
    await expect(blobs.read(digest, 4)).rejects.toMatchObject({ code: 'payload_too_large' })
    expect(Buffer.from(await blobs.read(digest, 5)).toString()).toBe('12345')
  })

  it('copies only to a path that is free', async () => {
    const digest = await put('new')
    await writeFile(join(folder, 'taken'), 'old')
    await expect(blobs.copyTo(digest, join(folder, 'taken'))).rejects.toMatchObject({ code: 'EEXIST' })
    expect(await readFile(join(folder, 'taken'), 'utf8')).toBe('old')
  })

  it('gives a copy that can be changed without changing the body', async () => {
    const digest = await put('original')
    await blobs.copyTo(digest, join(folder, 'copy'))
    await appendFile(join(folder, 'copy'), ' and more')
    expect(Buffer.from(await blobs.read(digest)).toString()).toBe('original')
  })
})

describe('a damaged body', () => {
  const body = Buffer.alloc(700_000, 'weir ')
  const damages: [string, (path: string) => Promise<unknown>][] = [
    ['changed', (path) => writeFile(path, Buffer.alloc(body.length, 'xeir '))],
    [
      'changed in its last byte',
      async (path) => writeFile(path, Buffer.concat([body.subarray(0, -1), Buffer.from('!')])),
    ],
    ['shorter', (path) => truncate(path, 400_000)],
    ['empty', (path) => truncate(path, 0)],
    ['longer', (path) => appendFile(path, '!')],
  ]

  it.each(damages)(
    'that is %s is found by every kind of reading, and mended by storing it again',
    async (_, change) => {
      const { digest } = await blobs.put(body)
      const source = join(folder, 'source')
      await writeFile(source, body)
      const ways = [() => blobs.put(body), () => blobs.put(streamOf(body)), () => blobs.putFile(source)]
      for (const [n, again] of ways.entries()) {
        await damage(digest, change)
        const words = { code: 'blob_corrupt', message: containing(pathOf(digest)) }
        await expect(blobs.read(digest)).rejects.toMatchObject(words)
        await expect(blobs.copyTo(digest, join(folder, `copy${n}`))).rejects.toMatchObject(words)
        const parts: Uint8Array[] = []
        const reading = async (): Promise<void> => {
          for await (const part of blobs.open(digest)) parts.push(part)
        }
        await expect(reading()).rejects.toMatchObject({ ...words, context: { fix: containing('Upload') } })
        expect(Buffer.concat(parts).length).toBeLessThan(body.length) // never the whole of it
        expect(readdirSync(folder)).not.toContain(`copy${n}`)
        expect((await again()).digest).toBe(digest)
        expect(Buffer.from(await blobs.read(digest)).equals(body)).toBe(true)
      }
    },
  )

  it('is not mistaken for a good one when a folder or a link stands in its place', async () => {
    await mkdir(join(root, ABSENT.slice(0, 2)), { recursive: true })
    await mkdir(pathOf(ABSENT))
    await expect(blobs.read(ABSENT)).rejects.toMatchObject({ code: 'blob_corrupt' })
    const digest = await put('target')
    await rm(pathOf(ABSENT), { recursive: true })
    await symlink(pathOf(digest), pathOf(ABSENT))
    await expect(blobs.read(ABSENT)).rejects.toMatchObject({ code: 'blob_corrupt' })
  })
})

const listed = async (): Promise<string[]> => {
  const digests: string[] = []
  for await (const { digest } of blobs.list()) digests.push(digest)
  return digests.sort()
}

describe('removing', () => {
  it('answers what it freed', async () => {
    const digest = await put('12345')
    expect(await blobs.remove(digest)).toBe(5)
    expect(await blobs.remove(digest)).toBeNull()
    expect(await blobs.stat(digest)).toBeNull()
    expect(inTmp()).toEqual([])
  })

  it('spares a body that was stored again or asked for', async () => {
    const uses: ((digest: string) => Promise<unknown>)[] = [
      () => put('kept'),
      () => blobs.put(streamOf('kept')),
      (digest) => blobs.stat(digest),
    ]
    for (const use of uses) {
      const digest = await put('kept')
      await age(digest, 2 * HOUR_MS)
      await use(digest)
      expect(await blobs.remove(digest, Date.now() - HOUR_MS)).toBeNull()
      expect(Buffer.from(await blobs.read(digest)).toString()).toBe('kept')
      expect(inTmp()).toEqual([])
    }
    await age(digestOf('kept'), 2 * HOUR_MS)
    expect(await blobs.remove(digestOf('kept'), Date.now() - HOUR_MS)).toBe(4)
  })

  it('lists every body with size and age', async () => {
    const made = await Promise.all(Array.from({ length: 40 }, (_, n) => put(`body ${n}`)))
    await writeFile(join(root, 'ab-note'), 'x')
    await age(made[0] ?? '', 5 * HOUR_MS)
    const found = new Map<string, { size: number; modifiedAt: number }>()
    for await (const { digest, ...about } of blobs.list()) found.set(digest, about)
    expect([...found.keys()].sort()).toEqual([...made].sort())
    expect(found.get(made[0] ?? '')?.size).toBe(6)
    expect(found.get(made[0] ?? '')?.modifiedAt).toBeLessThan(Date.now() - 4 * HOUR_MS)
  })
})

describe('opening a store', () => {
  const old = new Date(Date.now() - 2 * HOUR_MS)

  it('clears what a killed engine left, and leaves what another thread writes', async () => {
    await writeFile(join(root, 'tmp', 'old.part'), 'x')
    await utimes(join(root, 'tmp', 'old.part'), old, old)
    await writeFile(join(root, 'tmp', 'young.part'), 'x')
    openBlobStore(root)
    expect(inTmp()).toEqual(['young.part'])
  })

  it('undoes a removal that was cut short', async () => {
    const digest = await put('on its way out')
    await age(digest, 2 * HOUR_MS)
    await rename(pathOf(digest), join(root, 'tmp', `${digest}.0123.removing`))
    openBlobStore(root)
    expect(inTmp()).toEqual([])
    expect(Buffer.from(await blobs.read(digest)).toString()).toBe('on its way out')
  })

  it('says so when there can be none', async () => {
    await writeFile(join(folder, 'file'), 'x')
    expect(() => openBlobStore(join(folder, 'file', 'blobs'))).toThrow(/ENOTDIR/)
  })
})
