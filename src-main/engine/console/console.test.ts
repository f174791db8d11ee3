import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SCREENS_POLICY } from '../../../src-shared/console/policy.ts'
import { startTestApi, type TestApi } from '../http/test-api.ts'
import { mountConsole } from './console.ts'

let folder: string
let screens: string
let api: TestApi
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weir-console-'))
  screens = join(folder, 'renderer')
  await writeFile(join(folder, 'secret.txt'), 'secret')
  api = await startTestApi({ mount: (_mount, server) => mountConsole(server, screens) })
})
afterEach(async () => {
  await api.stop()
  await rm(folder, { recursive: true, force: true })
})

async function build(index = '<!doctype html>one'): Promise<void> {
  await mkdir(join(screens, 'assets'), { recursive: true })
  await writeFile(join(screens, 'index.html'), index)
  await writeFile(join(screens, 'assets/index-x1.js'), 'run()')
  await writeFile(join(screens, 'assets/inter-x2.woff2'), 'font')
  await writeFile(join(screens, 'icon.svg'), '<svg/>')
}
const get = (path: string, init: RequestInit = {}) => fetch(api.url + path, { redirect: 'manual', ...init })

describe('the console', () => {
  test.each(['/', '/console', '/?a=b'])('is where %s leads to', async (path) => {
    const answer = await get(path)
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/console/'])
  })

  test('has the page with its policy; it is asked for again each time', async () => {
    await build()
    const first = await get('/console/')
    expect(await first.text()).toBe('<!doctype html>one')
    expect(first.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(first.headers.get('content-security-policy')).toBe(SCREENS_POLICY)
    expect(first.headers.get('cache-control')).toBe('no-cache')
    const headers = { 'if-none-match': first.headers.get('etag') ?? '' }
    expect((await get('/console/', { headers })).status).toBe(304)
    await build('<!doctype html>two')
    expect(await (await get('/console/', { headers })).text()).toBe('<!doctype html>two')
    expect((await get('/console/?from=mail')).status).toBe(200)
    const head = await get('/console/', { method: 'HEAD' })
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '18', ''])
  })

  test('has files that carry a digest in their name: a browser may keep them', async () => {
    await build()
    const script = await get('/console/assets/index-x1.js')
    expect(await script.text()).toBe('run()')
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    // A worker goes by the policy of its own script.
    expect(script.headers.get('content-security-policy')).toBe(SCREENS_POLICY)
    expect((await get('/console/assets/inter-x2.woff2')).headers.get('content-type')).toBe('font/woff2')
    expect((await get('/console/icon.svg')).headers.get('cache-control')).toBe('no-cache')
  })

  test('notices a new build with its page', async () => {
    await build()
    await get('/console/')
    await writeFile(join(screens, 'assets/index-x9.js'), 'new()')
    expect((await get('/console/assets/index-x9.js')).status).toBe(404)
    await get('/console/')
    expect(await (await get('/console/assets/index-x9.js')).text()).toBe('new()')
  })

  test('says so where the screens are not built, and has them as soon as they are', async () => {
    const answer = await get('/console/')
    expect(answer.status).toBe(503)
    expect(await answer.text()).toContain('npm run build')
    await build()
    expect((await get('/console/')).status).toBe(200)
  })

  test.each([
    '../secret.txt',
    '..%2Fsecret.txt',
    '%2e%2e/secret.txt',
    'assets/..%2f..%2fsecret.txt',
    '..%5csecret.txt',
    'assets',
    'assets/',
    'link.txt',
    'linked/secret.txt',
    '%00',
    '/etc/passwd',
    'index.html/',
  ])('has nothing at %s', async (path) => {
    await build()
    await symlink(join(folder, 'secret.txt'), join(screens, 'link.txt'))
    await symlink(folder, join(screens, 'linked'))
    await get('/console/')
    // Not through fetch, which would tidy the path up.
    const answer = await raw(`/console/${path}`)
    expect(answer).toMatch(/^HTTP\/1.1 40[04]/)
    expect(answer.endsWith('secret')).toBe(false)
  })
})

async function raw(path: string): Promise<string> {
  const { connect } = await import('node:net')
  const socket = connect(api.port, '127.0.0.1')
  socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${api.port}\r\nConnection: close\r\n\r\n`)
  let text = ''
  for await (const chunk of socket) text += String(chunk)
  return text
}
