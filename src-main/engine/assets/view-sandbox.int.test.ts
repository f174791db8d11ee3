import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium, type Frame, type Page } from '@playwright/test'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Asset, assetRoutes } from '../../../src-shared/contract/index.ts'
import { mountConsole } from '../console/index.ts'
import { startTestApi, type TestApi } from '../http/test-api.ts'
import { openBlobStore } from './blob-store.ts'
import { assetHandlers } from './routes.ts'
import { createAssetService } from './service.ts'

/** What a view shows, in a real Chromium: a hostile report must not get anything out, and an honest one must work. */
const CHROMIUM = process.env['WEIR_CHROMIUM'] ?? '/usr/bin/chromium'
const hasChromium = existsSync(CHROMIUM)

/** Only a hang reaches it. */
const DEADLINE_MS = 20_000
const RUN = 'k3m9p2qa'
const ID = `${RUN}:report:1:pages`
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

let folder: string
let api: TestApi
let browser: Browser
let page: Page
let base: string
let outside: Outside

/**
 * Somebody else's server; remembers every request. A bare connection does not count: browsers open some ahead of
 * requests that they then refuse, and no page can put anything into them.
 */
interface Outside {
  readonly url: string
  readonly heard: string[]
  page: string
  close(): Promise<void>
}

async function startOutside(): Promise<Outside> {
  const heard: string[] = []
  const state = { page: '<!doctype html>' }
  const server: Server = createServer((request, response) => {
    heard.push(request.url ?? '')
    response.writeHead(200, { 'content-type': 'text/html', 'access-control-allow-origin': '*' }).end(state.page)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    heard,
    get page() {
      return state.page
    },
    set page(text) {
      state.page = text
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const honest = `<!doctype html>
<html><head><meta charset="utf-8"><title>Honest</title>
<style>#inline { color: rgb(1, 2, 3) }</style>
<link rel="stylesheet" href="style.css">
<script src="lib/plain.js"></script>
<script type="module" src="lib/module.js"></script>
</head><body>
<p id="inline">inline</p><p id="linked">linked</p>
<img id="relative" src="plots/a%20b%23.png"><img id="data" src="data:image/png;base64,${PIXEL}"><img id="blob">
<script>
  window.done = {}
  done.inline = true
  done.eval = new Function('return 7')() === 7
  const bytes = Uint8Array.from(atob('${PIXEL}'), (char) => char.charCodeAt(0))
  document.getElementById('blob').src = URL.createObjectURL(new Blob([bytes], { type: 'image/png' }))
  const worker = new Worker(URL.createObjectURL(new Blob(['postMessage(6 * 7)'])))
  worker.onmessage = ({ data }) => { done.worker = data }
</script>
</body></html>`

/** Tries every way out that a page has; what it got is in `window.tried`. */
const hostile = (target: string, api: string): string => `<!doctype html>
<html><head><meta charset="utf-8"><title>Hostile</title>
<link rel="prefetch" href="${target}/prefetch"><link rel="preload" as="script" href="${target}/preload">
<link rel="stylesheet" href="${target}/style.css"><script src="${target}/script.js"></script>
<script type="speculationrules">{"prefetch": [{"source": "list", "urls": ["${target}/speculation"]}]}</script>
<style>@import "${target}/import.css"; body { background: url(${target}/background.png) }</style>
</head><body>
<img src="${target}/image.png"><iframe src="${target}/frame"></iframe><object data="${target}/object"></object>
<embed src="${target}/embed"><video src="${target}/video" autoplay></video>
<form id="form" action="${target}/form" method="post"><input name="a" value="b"></form>
<a id="link" href="${target}/link">out</a><a id="blank" href="${target}/blank" target="_blank">out</a>
<a id="ping" href="#x" ping="${target}/ping">ping</a><a id="save" href="${target}/save" download>save</a>
<script>
  const tried = window.tried = {}
  const attempt = async (name, act) => {
    try { tried[name] = String(await act()) } catch (error) { tried[name] = 'refused: ' + error.name }
  }
  const event = (element, url) => new Promise((resolve, reject) => {
    element.onload = element.onopen = () => resolve('loaded')
    element.onerror = () => reject(new Error('blocked'))
  })
  const all = [
    attempt('fetch', async () => (await fetch('${target}/fetch')).status),
    attempt('no-cors', async () => (await fetch('${target}/no-cors', { mode: 'no-cors' })).type),
    attempt('api', async () => (await fetch('${api}/api/v1/health')).status),
    attempt('relative', async () => (await fetch('style.css')).status),
    attempt('xhr', () => new Promise((resolve, reject) => {
      const request = new XMLHttpRequest()
      request.onload = () => resolve(request.status)
      request.onerror = () => reject(new Error('blocked'))
      request.open('GET', '${api}/api/v1/health')
      request.send()
    })),
    attempt('socket', () => event(new WebSocket('${target}/socket'.replace('http', 'ws')))),
    attempt('events', () => event(new EventSource('${target}/events'))),
    attempt('import', () => import('${target}/import.js')),
    attempt('worker', () => new Promise((resolve, reject) => {
      const code = 'fetch("${target}/worker").then(() => postMessage(1), () => postMessage(0))'
      const worker = new Worker(URL.createObjectURL(new Blob([code])))
      worker.onmessage = ({ data }) => data === 1 ? resolve('sent') : reject(new Error('blocked'))
    })),
    attempt('parent', () => parent.document.title),
    attempt('storage', () => localStorage.length),
    attempt('cookie', () => document.cookie),
    attempt('database', () => indexedDB.open('x')),
    attempt('caches', () => caches.keys()),
    attempt('service worker', () => navigator.serviceWorker.register('lib/plain.js')),
    attempt('popup', () => window.open('${target}/popup') === null ? Promise.reject(new Error('no')) : 'opened'),
    attempt('top', () => { top.location.href = '${target}/top'; return 'went' }),
  ]
  navigator.sendBeacon('${target}/beacon', 'x')
  form.submit()
  document.getElementById('blank').click()
  document.getElementById('ping').click()
  window.save = () => document.getElementById('save').click()
  window.leave = () => { location.href = '${target}/leave' }
  window.refresh = () => { document.head.insertAdjacentHTML('beforeend', '<meta http-equiv="refresh" content="0; url=${target}/refresh">') }
  Promise.all(all).then(() => { window.finished = true })
</script>
</body></html>`

beforeAll(async () => {
  if (hasChromium) browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
})
afterAll(() => browser?.close())

beforeEach(async (context) => {
  context.skip(!hasChromium, 'there is no Chromium here')
  folder = await mkdtemp(join(tmpdir(), 'weir-view-'))
  await mkdir(join(folder, 'screens'))
  outside = await startOutside()
  const blobs = openBlobStore(join(folder, 'blobs'))
  const assets: Asset[] = []
  const service = createAssetService({ blobs, assetsOf: async () => assets })
  api = await startTestApi({
    mount: (mount, server) => {
      mount(
        assetRoutes,
        assetHandlers(async () => service),
      )
      mountConsole(server, join(folder, 'screens'))
    },
  })
  const put = async (path: string, body: string | Buffer) => ({ path, ...(await blobs.put(Buffer.from(body))) })
  const files = await Promise.all([
    put('honest.html', honest),
    put('hostile.html', hostile(outside.url, api.url)),
    put('style.css', '#linked { color: rgb(4, 5, 6) }'),
    put('lib/plain.js', 'window.plain = true'),
    put('lib/module.js', 'window.module = true'),
    put('plots/a b#.png', Buffer.from(PIXEL, 'base64')),
    put('plot.svg', '<svg xmlns="http://www.w3.org/2000/svg"><script>window.ran = true</script><circle r="5"/></svg>'),
  ])
  assets.push({ kind: 'asset', id: ID, name: 'pages', run: RUN, step: 'report', attempt: 1, files, size: 1 })
  base = (await api.client().call(assetRoutes.createView, { params: { project: 'default', asset: ID } })).base
  page = await browser.newPage()
})
afterEach(async () => {
  await page?.close()
  await api?.stop()
  await outside?.close()
  await rm(folder, { recursive: true, force: true })
})

/** The file inside a frame of the screens, which are served with their own policy. */
async function shownByScreens(file: string): Promise<Frame> {
  await writeFile(
    join(folder, 'screens/index.html'),
    `<!doctype html><title>Screens</title><iframe src="${base}${file}">`,
  )
  await page.goto(`${api.url}/console/`)
  return frameOf(file)
}

async function openedAlone(file: string): Promise<Frame> {
  await page.goto(`${api.url}${base}${file}`)
  return frameOf(file)
}

async function frameOf(file: string): Promise<Frame> {
  const handle = await page.waitForSelector('iframe', { state: 'attached' })
  const frame = await handle.contentFrame()
  if (frame === null) throw new Error(`nothing is shown of ${file}`)
  await frame.waitForLoadState('load')
  return frame
}

const expectHonest = async (frame: Frame): Promise<void> => {
  await frame.waitForFunction(
    'window.module === true && window.done?.worker === 42 && document.images[2].naturalWidth === 1',
  )
  const seen: unknown = await frame.evaluate(`({
    ...done, plain: window.plain, origin: self.origin,
    colors: ['inline', 'linked'].map((id) => getComputedStyle(document.getElementById(id)).color),
    images: [...document.images].map((image) => image.naturalWidth),
  })`)
  expect(seen).toEqual({
    inline: true,
    eval: true,
    worker: 42,
    plain: true,
    origin: 'null',
    colors: ['rgb(1, 2, 3)', 'rgb(4, 5, 6)'],
    images: [1, 1, 1],
  })
}

describe('an honest report works: scripts, styles, pictures and files beside it', () => {
  test('inside the screens', async () => expectHonest(await shownByScreens('honest.html')))

  test('opened by itself', async () => {
    await page.goto(`${api.url}${base}honest.html`)
    expect(await page.title()).toBe('honest.html')
    await expectHonest(await frameOf('honest.html'))
  })

  test('a picture with scripts is a picture; opened by itself its scripts have no origin', async () => {
    await writeFile(join(folder, 'screens/index.html'), `<!doctype html><img src="${base}plot.svg">`)
    await page.goto(`${api.url}/console/`)
    await page.waitForFunction('document.images[0].complete && document.images[0].naturalWidth > 0')
    await page.goto(`${api.url}${base}plot.svg`)
    const frame = await frameOf('plot.svg')
    expect(await frame.evaluate('[window.ran, self.origin]')).toEqual([true, 'null'])
  })
})

const SENTINEL = '/sentinel'

/** What others heard up to now: a request of this browser that is allowed to arrive comes after all that were not. */
async function heardOutside(): Promise<readonly string[]> {
  const other = await browser.newPage()
  await other.goto(outside.url + SENTINEL)
  await other.close()
  return outside.heard.filter((url) => url !== SENTINEL && url !== '/favicon.ico')
}

async function expectCaught(frame: Frame): Promise<void> {
  await frame.waitForFunction('window.finished === true')
  const tried = await frame.evaluate<Record<string, string>>('tried')
  expect(Object.keys(tried).length).toBeGreaterThan(15)
  expect(Object.entries(tried).filter(([, result]) => !result.startsWith('refused'))).toEqual([])
  expect(await heardOutside()).toEqual([])
}

describe('a hostile report gets nothing out and nothing in', () => {
  test('inside the screens', async () => {
    await expectCaught(await shownByScreens('hostile.html'))
    expect(await page.title()).toBe('Screens')
  })

  test('opened by itself', async () => {
    await page.goto(`${api.url}${base}hostile.html`)
    await expectCaught(await frameOf('hostile.html'))
    expect(page.url()).toBe(`${api.url}${base}hostile.html`)
  })

  test.each(['leave', 'refresh', 'save'])('it cannot go elsewhere: %s', async (way) => {
    for (const open of [() => shownByScreens('hostile.html'), () => openedAlone('hostile.html')]) {
      const refusals: string[] = []
      const note = (message: { text(): string }): void => void refusals.push(message.text())
      const frame = await open()
      page.on('console', note)
      await frame.evaluate(`${way}()`)
      await vi.waitFor(() => expect(refusals.join('\n')).toMatch(/frame-src|sandbox/), { timeout: DEADLINE_MS })
      page.off('console', note)
      expect(await heardOutside()).toEqual([])
    }
  })
})

test('strangers cannot frame a view', async () => {
  outside.page = `<!doctype html><iframe src="${api.url}${base}honest.html"></iframe>`
  const refusals: string[] = []
  page.on('console', (message) => refusals.push(message.text()))
  await page.goto(outside.url)
  await vi.waitFor(() => expect(refusals.join('\n')).toContain('frame-ancestors'), { timeout: DEADLINE_MS })
  const [, frame] = page.frames()
  expect(await frame?.evaluate('document.title')).not.toBe('Honest')
})
