import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Json } from '../../../src-shared/contract/index.ts'
import { type Blobs, openBlobStore } from '../assets/index.ts'
import { INLINE_BYTES } from './core/index.ts'
import { assetDigests, createValues } from './values.ts'

let folder: string
let blobs: Blobs

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weir-values-'))
  blobs = openBlobStore(join(folder, 'blobs'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const digest = (letter: string): string => letter.repeat(64)
const asset = (letter: string): Json => ({
  kind: 'asset',
  name: 'table',
  files: [{ path: 'x.csv', digest: digest(letter), size: 3 }],
})

describe('a value', () => {
  it('that is small stays in the journal, at once', () => {
    const values = createValues(blobs)
    const ref = values.refer({ n: 1 })
    expect(ref).toEqual({ json: { n: 1 } })
    expect(ref instanceof Promise ? null : values.peek(ref)).toEqual({ value: { n: 1 } })
  })

  it('over the limit is a blob, also for another process', async () => {
    const value = { text: 'ü'.repeat(INLINE_BYTES / 2) }
    const ref = await createValues(blobs).refer(value)
    expect(ref).toMatchObject({ size: Buffer.byteLength(JSON.stringify(value)) })
    const other = createValues(blobs)
    expect(other.peek(ref)).toBeNull()
    expect(await other.load(ref)).toEqual(value)
    expect(other.peek(ref)).toEqual({ value })
  })

  it('keeps the files of its assets alive, at any depth', async () => {
    const small = [asset('a'), { deep: [asset('b')] }]
    expect(assetDigests(small).sort()).toEqual([digest('a'), digest('b')])
    const values = createValues(blobs)
    const ref = await values.refer({ list: small, padding: 'x'.repeat(INLINE_BYTES) })
    const own = 'blob' in ref ? ref.blob : ''
    expect([...values.digests(ref)].sort()).toEqual([own, digest('a'), digest('b')].sort())
    const again = createValues(blobs)
    await again.load(ref)
    expect([...again.digests(ref)].sort()).toEqual([own, digest('a'), digest('b')].sort())
  })
})
