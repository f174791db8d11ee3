import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type FastifyInstance, fastify } from 'fastify'
import { afterEach, describe, expect, test } from 'vitest'
import { DEFAULT_PORT, type Listener, listenSocket, listenTcp, makePrivateFolder, parseListen } from './listeners.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function app(): Promise<FastifyInstance> {
  const instance = fastify()
  await instance.ready()
  return instance
}
function kept(listener: Listener): Listener {
  cleanups.push(() => listener.close())
  return listener
}
function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'weir-listen-'))
  cleanups.push(() => rmSync(path, { recursive: true }))
  return path
}
const noUpgrade = (): void => undefined
/** Takes a port, as another program does; null when it is taken already. */
async function occupy(port: number): Promise<number | null> {
  const server: Server = createServer()
  const isListening = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => resolve(true))
  })
  if (!isListening) return null
  cleanups.push(() => new Promise((resolve) => server.close(resolve)))
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : null
}

describe('--listen', () => {
  test.each([
    [undefined, { host: '127.0.0.1', port: DEFAULT_PORT, isChosen: false }],
    ['8080', { host: '127.0.0.1', port: 8080, isChosen: true }],
    [':8080', { host: '127.0.0.1', port: 8080, isChosen: true }],
    ['localhost:8080', { host: '127.0.0.1', port: 8080, isChosen: true }],
    ['127.0.0.2:0', { host: '127.0.0.2', port: 0, isChosen: true }],
    ['[::1]:80', { host: '::1', port: 80, isChosen: true }],
  ])('%s', (text, expected) => expect(parseListen(text)).toEqual(expected))

  test.each(['0.0.0.0:80', '[::]:80', '192.168.1.5:80', 'lab.example:80', '*:80', '127.0.0.999:80'])(
    '%s is refused: it reaches beyond this machine',
    (text) => {
      expect(() => parseListen(text)).toThrow(
        expect.objectContaining({ code: 'address_refused', message: expect.stringContaining('needs TLS and sign-in') }),
      )
    },
  )

  test.each(['hello', '127.0.0.1', '127.0.0.1:', '127.0.0.1:70000', 'a:b:80', ''.padEnd(10, ':')])(
    '%s is no address',
    (text) => {
      expect(() => parseListen(text)).toThrow(expect.objectContaining({ code: 'bad_request' }))
    },
  )
})

describe('TCP', () => {
  test('goes to a free port when the default one is taken', async () => {
    await occupy(DEFAULT_PORT)
    const listener = kept(await listenTcp(await app(), parseListen(undefined), noUpgrade))
    expect(listener.address).not.toBe(`http://127.0.0.1:${DEFAULT_PORT}`)
    expect((await fetch(listener.address)).status).toBe(404)
  })

  test('says who has a port that was asked for', async () => {
    const port = (await occupy(0)) ?? 0
    const failure = listenTcp(await app(), parseListen(String(port)), noUpgrade)
    await expect(failure).rejects.toMatchObject({
      code: 'address_taken',
      message: expect.stringMatching(
        process.platform === 'linux' ? `127.0.0.1:${port} is in use by .* \\(process ${process.pid}\\)` : String(port),
      ),
      context: { fix: expect.stringContaining('--listen') },
    })
  })
})

describe.skipIf(process.platform === 'win32')('the socket', () => {
  test('is for this user alone, and takes the place of a leftover', async () => {
    const path = join(folder(), 'engine.sock')
    writeFileSync(path, 'left over')
    const before = process.umask()
    kept(await listenSocket(await app(), path, noUpgrade))
    expect(statSync(path).isSocket()).toBe(true)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(process.umask()).toBe(before)
  })

  test('that cannot be made is an error with words', async () => {
    const failure = listenSocket(await app(), join(folder(), 'absent', 'engine.sock'), noUpgrade)
    await expect(failure).rejects.toMatchObject({ code: 'data_unusable' })
  })

  test('goes into a folder outside only when that is private', () => {
    const root = folder()
    makePrivateFolder(join(root, 'mine'))
    makePrivateFolder(join(root, 'mine'))
    expect(statSync(join(root, 'mine')).mode & 0o777).toBe(0o700)
    mkdirSync(join(root, 'open'), { mode: 0o755 })
    symlinkSync(join(root, 'mine'), join(root, 'link'))
    for (const name of ['open', 'link']) {
      expect(() => makePrivateFolder(join(root, name))).toThrow(expect.objectContaining({ code: 'data_unusable' }))
    }
  })
})
