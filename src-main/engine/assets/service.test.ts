import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Asset, ProblemError } from '../../../src-shared/contract/index.ts'
import type { CallContext } from '../http/index.ts'
import { openBlobStore } from './blob-store.ts'
import type { Blobs } from './blobs.ts'
import { mediaTypeOf } from './media-type.ts'
import { assetHandlers } from './routes.ts'
import { createAssetService } from './service.ts'

/** For places of unknown type: vitest's matchers are typed any. */
const containing = (text: string): unknown => expect.stringContaining(text)

const RUN = 'k3m9p2qa'
let folder: string
let blobs: Blobs
let assets: Asset[]
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weir-assets-'))
  blobs = openBlobStore(join(folder, 'blobs'))
  assets = []
})
afterEach(() => rm(folder, { recursive: true }))

const service = () => createAssetService({ blobs, assetsOf: async (run) => (run === RUN ? assets : null) })

async function makeAsset(step: string, output: string, files: Record<string, string>): Promise<Asset> {
  const stored = await Promise.all(
    Object.entries(files).map(async ([path, text]) => ({ path, ...(await blobs.put(Buffer.from(text))) })),
  )
  const asset: Asset = {
    kind: 'asset',
    id: `${RUN}:${step}:1:${output}`,
    name: output,
    run: RUN,
    step,
    attempt: 1,
    files: stored,
    size: stored.reduce((sum, file) => sum + file.size, 0),
  }
  assets.push(asset)
  return asset
}

async function text(body: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = []
  for await (const part of body) parts.push(part)
  return Buffer.concat(parts).toString()
}

describe('assets of a run', () => {
  it('are listed in pages, in order, also while more are made', async () => {
    for (let n = 0; n < 5; n += 1) await makeAsset(`stats[${n}]`, 'table', { 'a.csv': `${n}` })
    const first = await service().list({ run: RUN, limit: 2 })
    expect(first.items.map((asset) => asset.step)).toEqual(['stats[0]', 'stats[1]'])
    await makeAsset('trend', 'plot', { 'p.svg': '<svg/>' })
    const seen = [...first.items]
    for (let next = first.next; next !== null; ) {
      const page = await service().list({ run: RUN, limit: 2, cursor: next })
      seen.push(...page.items)
      next = page.next
    }
    expect(seen).toEqual(assets)
  })

  it('are found by step, where the name of a fan-out stands for its items', async () => {
    for (const step of ['stats[0]', 'stats[1]', 'stats2', 'trend']) await makeAsset(step, 'out', { a: step })
    const steps = async (step: string): Promise<string[]> =>
      (await service().list({ run: RUN, step, limit: 9 })).items.map((asset) => asset.step)
    expect(await steps('stats')).toEqual(['stats[0]', 'stats[1]'])
    expect(await steps('stats[1]')).toEqual(['stats[1]'])
    expect(await steps('none')).toEqual([])
  })

  it('refuse an unknown run and a cursor of another list', async () => {
    await makeAsset('trend', 'plot', { a: 'a' })
    await expect(service().list({ run: 'zzzzzzzz', limit: 2 })).rejects.toMatchObject({ code: 'run_not_found' })
    await expect(service().list({ run: RUN, limit: 2, cursor: 'x' })).rejects.toMatchObject({
      code: 'bad_request',
      context: { field: 'query.cursor' },
    })
  })
})

describe('one asset', () => {
  it('is found by its identifier', async () => {
    const asset = await makeAsset('stats[3]', 'table', { 'a.csv': '1' })
    expect(await service().get(`${RUN}:stats[3]:1:table`)).toEqual(asset)
  })

  it.each([
    `${RUN}:stats:1:table`,
    `zzzzzzzz:stats:1:table`,
    'x',
    '',
    `${RUN}:stats:0:table`,
    `${RUN}:stats:1:`,
    `${RUN}:stats:1:t:u`,
    `../x:a:1:b`,
  ])('is refused in words when there is none: %s', async (id) => {
    await expect(service().get(id)).rejects.toMatchObject({
      code: 'asset_not_found',
      message: containing(id),
      context: { fix: containing('weir asset list') },
    })
  })

  it('hands out its files with name, type, size and validator', async () => {
    const asset = await makeAsset('report', 'page', { 'out/index.html': '<p>ü</p>', data: 'x' })
    const page = await service().getFile(asset.id, 'out/index.html')
    expect(page).toMatchObject({
      name: 'index.html',
      type: 'text/html; charset=utf-8',
      size: 9,
      etag: asset.files[0]?.digest,
    })
    expect(await text(page.body)).toBe('<p>ü</p>')
    expect(await service().getFile(asset.id, 'data')).not.toHaveProperty('type')
    await expect(service().getFile(asset.id, '../data')).rejects.toMatchObject({
      code: 'asset_not_found',
      context: { field: 'query.path' },
    })
  })

  it('says so when a body of it is gone', async () => {
    const asset = await makeAsset('report', 'page', { a: 'gone' })
    await blobs.remove(asset.files[0]?.digest ?? '')
    await expect(service().getFile(asset.id, 'a')).rejects.toMatchObject({ code: 'blob_not_found' })
  })
})

describe('routes', () => {
  const context: CallContext = {
    actor: { name: 'test', permissions: ['OBJECT'] },
    from: 'socket',
    idempotencyKey: null,
    signal: new AbortController().signal,
  }
  const handlers = assetHandlers(async (project) => {
    if (project !== 'default') throw new ProblemError('project_not_found', `There is no project ${project}.`)
    return service()
  })
  const body = async function* (): AsyncGenerator<Uint8Array, void> {
    yield Buffer.from('hello')
  }
  const params = { project: 'default' }

  it('store a body and give it back', async () => {
    const stored = await handlers.putBlob({ params, query: {}, body: body() }, context)
    expect(stored.size).toBe(5)
    const got = await handlers.getBlob(
      { params: { ...params, digest: stored.digest }, query: {}, body: undefined },
      context,
    )
    expect({ size: got.size, etag: got.etag, text: await text(got.body) }).toEqual({
      size: 5,
      etag: stored.digest,
      text: 'hello',
    })
  })

  it('refuse a body of another digest, and another project', async () => {
    const digest = 'a'.repeat(64)
    await expect(handlers.putBlob({ params, query: { digest }, body: body() }, context)).rejects.toMatchObject({
      code: 'blob_digest_mismatch',
    })
    await expect(
      handlers.putBlob({ params: { project: 'none' }, query: {}, body: body() }, context),
    ).rejects.toMatchObject({ code: 'project_not_found' })
    const absent = { params: { ...params, digest }, query: {}, body: undefined } as const
    await expect(handlers.getBlob(absent, context)).rejects.toMatchObject({ code: 'blob_not_found' })
  })

  it('list and find assets', async () => {
    const asset = await makeAsset('trend', 'plot', { 'p.svg': '<svg/>' })
    const query = { run: RUN, limit: 50 }
    expect(await handlers.list({ params, query, body: undefined }, context)).toEqual({ items: [asset], next: null })
    const one = { ...params, asset: asset.id }
    expect(await handlers.get({ params: one, query: {}, body: undefined }, context)).toEqual(asset)
    const file = await handlers.getFile({ params: one, query: { path: 'p.svg' }, body: undefined }, context)
    expect(file.type).toBe('image/svg+xml')
  })
})

describe('mediaTypeOf', () => {
  it.each([
    ['a/b.CSV', 'text/csv; charset=utf-8'],
    ['a.json', 'application/json; charset=utf-8'],
    ['plot.png', 'image/png'],
    ['fit.py', 'text/plain; charset=utf-8'],
    ['a.b/run.log', 'text/plain; charset=utf-8'],
    ['model.ts', 'text/plain; charset=utf-8'],
    ['x.parquet', null],
    ['csv', null],
    ['a.csv/noext', null],
  ])('of %s is %s', (path, type) => {
    expect(mediaTypeOf(path)).toBe(type)
  })
})
