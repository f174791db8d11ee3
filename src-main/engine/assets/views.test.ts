import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { pathOf } from '../../../src-shared/client/url.ts'
import { type Asset, assetRoutes } from '../../../src-shared/contract/index.ts'
import { startTestApi, type TestApi } from '../http/test-api.ts'
import { openBlobStore } from './blob-store.ts'
import { assetHandlers } from './routes.ts'
import { createAssetService } from './service.ts'
import { createViews, LONGEST_VIEW_MS, VIEW_MS } from './views.ts'

const RUN = 'k3m9p2qa'
const asset = (files: Asset['files'] = []): Asset => ({
  kind: 'asset',
  id: `${RUN}:fit:1:plot`,
  name: 'plot',
  run: RUN,
  step: 'fit',
  attempt: 1,
  files,
  size: 0,
})

describe('the address of a view', () => {
  test('works for a while after its last use, but not for ever', () => {
    let time = 0
    const views = createViews(() => time)
    const { ticket, expiresAt } = views.make('default', asset())
    expect(expiresAt).toBe(VIEW_MS)
    for (time = VIEW_MS - 1; time < LONGEST_VIEW_MS; time += VIEW_MS - 1) {
      expect(views.find(ticket).project).toBe('default')
    }
    time = LONGEST_VIEW_MS
    expect(() => views.find(ticket)).toThrow(expect.objectContaining({ code: 'asset_not_found' }))
    const unused = views.make('default', asset()).ticket
    time += VIEW_MS
    expect(() => views.find(unused)).toThrow(expect.objectContaining({ code: 'asset_not_found' }))
  })

  test('the one that was not used for longest makes room', () => {
    const views = createViews(() => 0)
    const [first, second] = [views.make('a', asset()).ticket, views.make('b', asset()).ticket]
    views.find(first)
    for (let n = 0; n < 249; n += 1) views.make('c', asset())
    expect(views.find(first).project).toBe('a')
    expect(() => views.find(second)).toThrow(expect.objectContaining({ code: 'asset_not_found' }))
  })
})

describe('a view', () => {
  const NAMES = ['report.html', 'a/ü %2F#?&+;=.txt', 'a%20b.csv', `${'deep/'.repeat(200)}x.txt`, 'data.bin', 'doc.pdf']
  let folder: string
  let api: TestApi
  let base: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'weir-views-'))
    const blobs = openBlobStore(join(folder, 'blobs'))
    const files = await Promise.all(
      NAMES.map(async (path) => ({ path, ...(await blobs.put(Buffer.from(`body of ${path}`))) })),
    )
    const service = createAssetService({ blobs, assetsOf: async (run) => (run === RUN ? [asset(files)] : null) })
    api = await startTestApi({
      mount: (mount) =>
        mount(
          assetRoutes,
          assetHandlers(async () => service),
        ),
    })
    const created = await api
      .client()
      .call(assetRoutes.createView, { params: { project: 'default', asset: `${RUN}:fit:1:plot` } })
    base = created.base
  })
  afterEach(async () => {
    await api.stop()
    await rm(folder, { recursive: true, force: true })
  })
  const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    fetch(api.url + base + path, { headers, method })

  test.each(NAMES)('answers %s without a token', async (path) => {
    const answer = await get(pathOf(path))
    expect([answer.status, await answer.text()]).toEqual([200, `body of ${path}`])
  })

  test('is reached by the client, too', async () => {
    const ticket = base.split('/').at(-2) ?? ''
    const download = await api.client('none').bytes(assetRoutes.view, { params: { ticket, path: 'a/ü %2F#?&+;=.txt' } })
    const parts: Uint8Array[] = []
    for await (const part of download.body) parts.push(part)
    expect(Buffer.concat(parts).toString()).toBe('body of a/ü %2F#?&+;=.txt')
  })

  test('is shown by its type, in a sandbox that our screens may frame', async () => {
    const { headers } = await get('report.html')
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(headers.get('content-disposition')).toBeNull()
    expect(headers.get('x-frame-options')).toBeNull()
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('content-security-policy')).toMatch(
      /^sandbox allow-scripts; default-src 'none'.*connect-src 'none'/,
    )
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'self' app://weir")
    expect((await get('data.bin')).headers.get('content-type')).toBe('application/octet-stream')
    expect((await get('doc.pdf')).headers.get('content-security-policy')).toMatch(/^default-src 'none'/)
  })

  test('is saved under its own name when that is asked for', async () => {
    const { headers } = await get(`${pathOf('a%20b.csv')}?download`)
    expect(headers.get('content-disposition')).toBe(`attachment; filename="a_20b.csv"; filename*=UTF-8''a%2520b.csv`)
    expect(headers.get('content-security-policy')).toContain('sandbox')
  })

  test('answers ranges, and 304 for what the browser has', async () => {
    const whole = await get('report.html')
    const etag = whole.headers.get('etag') ?? ''
    expect(await whole.text()).toBe('body of report.html')
    const part = await get('report.html', { range: 'bytes=8-13' })
    expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([
      206,
      'bytes 8-13/19',
      'report',
    ])
    const same = await get('report.html', { 'if-none-match': etag })
    expect([same.status, await same.text()]).toEqual([304, ''])
    expect(same.headers.get('x-frame-options')).toBeNull()
    expect(same.headers.get('content-security-policy')).toContain('sandbox')
    const head = await get('report.html', {}, 'HEAD')
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '19'])
  })

  test('opened by itself a page gets a frame around it, other files do not', async () => {
    const alone = await get('report.html', { 'sec-fetch-dest': 'document' })
    expect(alone.headers.get('content-security-policy')).toContain("frame-src 'self'")
    expect(alone.headers.get('x-frame-options')).toBe('DENY')
    expect(await alone.text()).toContain('<iframe src="./report.html"')
    expect(await (await get('data.bin', { 'sec-fetch-dest': 'document' })).text()).toBe('body of data.bin')
    const saved = await get('report.html?download', { 'sec-fetch-dest': 'document' })
    expect(await saved.text()).toBe('body of report.html')
  })

  test('answers pages without an origin, as its own files are asked for by a sandboxed page', async () => {
    const font = await get('report.html', { origin: 'null' })
    expect([font.status, font.headers.get('access-control-allow-origin')]).toEqual([200, 'null'])
    expect(font.headers.get('cross-origin-resource-policy')).toBe('cross-origin')
    expect((await get('report.html', { origin: 'http://evil.example' })).status).toBe(403)
    const asNobody = await fetch(`${api.url}/api/v1/projects/default/assets?run=${RUN}`, {
      headers: { origin: 'null', authorization: 'Bearer master-token' },
    })
    expect(asNobody.status).toBe(403)
  })

  test('has no other files, no other tickets, and takes no other method', async () => {
    for (const path of ['other.html', '', 'report.html/', '../../../health', 'deep']) {
      const answer = await get(path.replaceAll('../', '..%2F'))
      expect([path, answer.status]).toEqual([path, 404])
    }
    const guessed = await fetch(`${api.url}/api/v1/views/${'A'.repeat(32)}/report.html`)
    expect(await guessed.json()).toMatchObject({ code: 'asset_not_found' })
    expect((await get('report.html', {}, 'PUT')).status).toBe(405)
  })
})
