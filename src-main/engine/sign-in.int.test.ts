import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { type Client, createFetchClient, type SocketLike } from '../../src-shared/client/index.ts'
import { createNodeClient } from '../../src-shared/client/node.ts'
import { type RunEvent, routes } from '../../src-shared/contract/index.ts'
import { type Boot, bootDown, bootUp } from '../supervisor/index.ts'

/** The console's way into a real engine: a link, a session, what it may do and how it ends. */
let data: string
let boot: Boot
let local: Client
let url: string

const DEADLINE_MS = 20_000

beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'weir-sign-in-'))
  await start()
})
afterAll(async () => {
  local.close()
  await bootDown(data)
  rmSync(data, { recursive: true, force: true })
})

async function start(): Promise<void> {
  boot = await bootUp({ data, listen: '0', daemon: true })
  local = createNodeClient({ socketPath: boot.socketPath })
  url = boot.status.listen[1] ?? ''
}

/** As a browser does it: the token of the WebSocket travels as a subprotocol. */
const browser = (token: string | null): Client =>
  createFetchClient({
    url,
    token,
    socketFactory: (address, protocols) => {
      const socket = new WebSocket(address, protocols)
      socket.on('error', () => undefined) // a browser's socket tells it by its close alone
      return socket as unknown as SocketLike
    },
  })

async function signIn(): Promise<string> {
  const link = await local.call(routes.auth.createLink, {})
  expect(link.url).toBe(`${url}/console/#ticket=${link.ticket}`)
  return (await browser(null).call(routes.auth.signIn, { body: { ticket: link.ticket } })).token
}

const params = { project: 'default' }
const definition = (name: string, run: string, more = ''): string =>
  `name: ${name}\nsteps:\n  only:\n    run: ${run}\n${more}`

describe('a session', () => {
  test('does everywhere what the local token does, under a name of its own, and outlives the engine', async () => {
    const token = await signIn()
    const before = browser(token)
    expect(await before.call(routes.auth.me, {})).toEqual({ name: 'console', permissions: ['MASTER'] })
    await before.call(routes.workflows.apply, { params, body: { source: definition('quick', 'echo done'), files: [] } })
    local.close()
    await bootDown(data)
    await start()
    const after = browser(token)
    const stream = after.subscribe({ project: 'default' })
    await stream.ready
    await after.call(routes.runs.start, { params, body: { workflow: 'quick' } })
    const seen: RunEvent['type'][] = []
    for await (const event of stream) {
      seen.push(event.type)
      if (event.type === 'run.finished') break
    }
    expect(seen).toContain('run.finished')
    const audit = await local.call(routes.audit.list, { query: { actor: 'console' } })
    expect(audit.items.map(({ action }) => action)).toEqual(['runs.start', 'workflows.apply'])
  })

  test('that is signed out ends at once, with the sockets and streams that it has open', async () => {
    const [mine, other] = [browser(await signIn()), browser(await signIn())]
    const sleeper = definition('sleeper', 'sleep 600')
    await mine.call(routes.workflows.apply, { params, body: { source: sleeper, files: [] } })
    const run = await mine.call(routes.runs.start, { params, body: { workflow: 'sleeper' } })
    const [stream, kept] = [mine.subscribe({ project: 'default' }), other.subscribe({ project: 'default' })]
    await Promise.all([stream.ready, kept.ready])
    const read = async (lines: AsyncIterable<unknown>): Promise<void> => {
      for await (const _line of lines);
    }
    const logs = read(mine.lines(routes.runs.logs, { params: { ...params, run: run.id }, query: { follow: 'true' } }))
    const events = read(stream)
    logs.catch(() => undefined)
    events.catch(() => undefined)
    await mine.call(routes.auth.signOut, {})
    await expect(logs).rejects.toThrow('was cut')
    await expect(events).rejects.toThrow('closed the stream')
    await expect(mine.call(routes.auth.me, {})).rejects.toMatchObject({ code: 'unauthorized' })
    await expect(mine.subscribe({ project: 'default' }).ready).rejects.toThrow('refused')
    await other.call(routes.runs.cancel, { params: { ...params, run: run.id }, body: {} })
    for await (const event of kept) if (event.type === 'run.finished') break
  })

  test('leaves neither tickets nor tokens in the data folder', async () => {
    const link = await local.call(routes.auth.createLink, {})
    const { token } = await browser(null).call(routes.auth.signIn, { body: { ticket: link.ticket } })
    await expect(browser(null).call(routes.auth.signIn, { body: { ticket: link.ticket } })).rejects.toMatchObject({
      code: 'ticket_refused',
    })
    const files = readdirSync(data, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    expect(files.length).toBeGreaterThan(5)
    for (const entry of files) {
      const body = readFileSync(join(entry.parentPath, entry.name))
      expect([entry.name, body.includes(link.ticket), body.includes(token)]).toEqual([entry.name, false, false])
    }
  })
})

describe('the machine', () => {
  test('is told with what the steps that run have set aside', async () => {
    const source = definition('holder', 'sleep 600', '    resources: { cpus: 0.5, memory: 64MiB }\n')
    await local.call(routes.workflows.apply, { params, body: { source, files: [] } })
    const run = await local.call(routes.runs.start, { params, body: { workflow: 'holder' } })
    const held = { cpus: 0.5, memoryBytes: 64 * 1024 ** 2, gpus: 0 }
    await vi.waitFor(async () => expect((await local.call(routes.engine.machine, {})).reserved).toEqual(held), {
      timeout: DEADLINE_MS,
      interval: 50,
    })
    await local.call(routes.runs.cancel, { params: { ...params, run: run.id }, body: {} })
    const nothing = { cpus: 0, memoryBytes: 0, gpus: 0 }
    await vi.waitFor(async () => expect((await local.call(routes.engine.machine, {})).reserved).toEqual(nothing), {
      timeout: DEADLINE_MS,
      interval: 50,
    })
  })
})

describe('settings', () => {
  test('of the log count at once, those of the address at the next start', async () => {
    const { settings } = await local.call(routes.engine.settings, {})
    const quiet = { ...settings, logLevel: 'fatal' as const, listen: '127.0.0.1:0' }
    expect(await local.call(routes.engine.saveSettings, { body: quiet })).toEqual({
      settings: quiet,
      restartNeeded: true,
    })
    expect(JSON.parse(readFileSync(join(data, 'config.json'), 'utf8'))).toEqual(quiet)
    const logged = (): number => readFileSync(join(data, 'logs/engine.log'), 'utf8').length
    const before = logged()
    local.close()
    await bootDown(data) // which is logged as "info" otherwise
    expect(logged()).toBe(before)
    await start()
    expect((await local.call(routes.engine.settings, {})).restartNeeded).toBe(false)
    expect(logged()).toBe(before)
  })
})
