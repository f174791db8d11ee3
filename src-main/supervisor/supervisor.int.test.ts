import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createNodeClient } from '../../src-shared/client/node.ts'
import { engineRoutes } from '../../src-shared/contract/index.ts'
import { acquireDataLock } from '../engine/storage/index.ts'
import { type Boot, bootDown, bootStatus, bootUp } from './boot.ts'
import { openControl } from './control.ts'
import { bundle } from './entry.ts'
import { socketPlace } from './socket-path.ts'
import { supervise } from './supervise.ts'

/** Machines that do much else start an engine in seconds. */
const PATIENT = { timeout: 30_000, interval: 50 }

let data: string
let said: string[]
const children: ChildProcess[] = []
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'weir-boot-'))
  said = []
})
afterEach(async () => {
  await bootDown(data)
  for (const child of children.splice(0)) child.kill('SIGKILL')
  rmSync(data, { recursive: true, force: true })
})

const up = (over: { listen?: string; daemon?: boolean } = {}): Promise<Boot> =>
  bootUp({ data, listen: over.listen ?? '0', daemon: over.daemon ?? false, say: (sentence) => said.push(sentence) })
const pidNow = async (): Promise<number | null> => (await bootStatus(data).catch(() => null))?.status.pid ?? null

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describe('in the foreground', () => {
  test('starts, answers, and stops without a trace', async () => {
    const boot = await up()
    expect(boot.status).toMatchObject({ data, pid: expect.any(Number) })
    expect(boot.status.listen).toEqual([boot.socketPath, expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/)])
    const again = await up()
    expect([again.isAlreadyRunning, again.status.pid]).toEqual([true, boot.status.pid])
    boot.stop()
    expect(await boot.ended).toBeNull()
    expect(await bootStatus(data)).toBeNull()
    expect(isAlive(boot.status.pid)).toBe(false)
    for (const left of ['engine.json', 'engine.sock', 'supervisor.sock'])
      expect([left, existsSync(join(data, left))]).toEqual([left, false])
  })

  test('an engine that is killed is started again, and that is said', async () => {
    const boot = await up()
    process.kill(boot.status.pid, 'SIGKILL')
    await expect.poll(async () => ![null, boot.status.pid].includes(await pidNow()), PATIENT).toBe(true)
    await expect.poll(() => said.join(' ')).toMatch(/ended by SIGKILL.*started again in 0\.5 s.*runs again/)
    await bootDown(data)
    expect(await boot.ended).toBeNull()
  })

  test('an engine that hangs is killed and started again', async () => {
    const supervision = supervise({ data, listen: '0', pingMs: 100, say: (sentence) => said.push(sentence) })
    await supervision.ready
    const hung = (await pidNow()) ?? 0
    process.kill(hung, 'SIGSTOP')
    await expect.poll(() => said.join(' '), PATIENT).toContain('no sign of life')
    await expect.poll(async () => ![null, hung].includes(await pidNow()), PATIENT).toBe(true)
    supervision.stop()
    expect(await supervision.ended).toBeNull()
  })

  test('can be stopped also while it waits to start a broken engine again', async () => {
    const boot = await up()
    process.kill(boot.status.pid, 'SIGKILL')
    await expect.poll(() => isAlive(boot.status.pid), PATIENT).toBe(false)
    const lock = acquireDataLock(data) // the next start fails
    await expect
      .poll(() => said.filter((sentence) => sentence.includes('owns the data folder')).length, PATIENT)
      .toBe(1)
    expect(await bootStatus(data)).toBeNull()
    expect(await bootDown(data)).toBe(true)
    expect(await boot.ended).toBeNull()
    lock.release()
  })

  test('gives up when that goes on, with the reason', async () => {
    const boot = await up()
    process.kill(boot.status.pid, 'SIGKILL')
    await expect.poll(() => isAlive(boot.status.pid), PATIENT).toBe(false)
    const lock = acquireDataLock(data)
    expect(await boot.ended).toMatchObject({ code: 'engine_running', fix: expect.any(String) })
    lock.release()
  })
})

describe('what keeps an engine from starting is said at once, with what to do', () => {
  const failure = async (over: Parameters<typeof up>[0]): Promise<unknown> =>
    up(over).then(
      () => 'it started',
      (error: unknown) => error,
    )

  test.each([false, true])('a data folder that is taken (daemon: %s)', async (daemon) => {
    const lock = acquireDataLock(data)
    expect(await failure({ daemon })).toMatchObject({
      name: 'StartFailure',
      code: 'engine_running',
      message: expect.stringContaining(`owns the data folder ${data}`),
      fix: expect.stringContaining('another data folder'),
    })
    expect(said).toEqual([])
    lock.release()
  })

  test('a port that is taken', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    expect(await failure({ listen: String(port) })).toMatchObject({
      code: 'address_taken',
      message: expect.stringContaining(process.platform === 'linux' ? `(process ${process.pid})` : String(port)),
    })
    // What was opened before the port is given up again: nothing stands in the way of the next start.
    acquireDataLock(data).release()
    server.close()
  })

  test('an address beyond this machine', async () => {
    expect(await failure({ listen: '0.0.0.0:80' })).toMatchObject({
      code: 'address_refused',
      fix: expect.stringContaining('127.0.0.1'),
    })
  })

  test('data of a newer Weir', async () => {
    const db = new DatabaseSync(join(data, 'engine.db'))
    db.exec('PRAGMA user_version = 99')
    db.close()
    expect(await failure({ daemon: true })).toMatchObject({ code: 'database_newer' })
  })

  test('settings that cannot be read', async () => {
    writeFileSync(join(data, 'config.json'), '{"retention": {"keepRun": 3}}')
    expect(await failure({})).toMatchObject({ code: 'bad_request', message: expect.stringContaining('keepRun') })
  })

  test.each([false, true])('a file where the data folder should be (daemon: %s)', async (daemon) => {
    const file = join(data, 'file')
    writeFileSync(file, '')
    await expect(bootUp({ data: file, listen: '0', daemon })).rejects.toMatchObject({ code: 'data_unusable' })
  })

  test('an engine that crashes at each start is tried three times', async () => {
    const broken = join(data, 'broken.cjs')
    writeFileSync(broken, 'process.exit(7)')
    const supervision = supervise({ data, engine: broken, say: (sentence) => said.push(sentence) })
    await expect(supervision.ready).rejects.toMatchObject({
      code: 'engine_crashed',
      message: expect.stringContaining('exit code 7'),
    })
    expect(said).toHaveLength(2)
  })
})

describe('in the background', () => {
  test('lives on without its starter, and stops with its supervisor', async () => {
    const boot = await up({ daemon: true })
    expect(boot.ended).toBeNull()
    expect((await up({ daemon: true })).isAlreadyRunning).toBe(true)
    expect(readFileSync(join(data, 'logs', 'supervisor.log'), 'utf8')).toContain('the engine runs')
    expect(await bootDown(data)).toBe(true)
    expect([isAlive(boot.status.pid), await bootStatus(data), await bootDown(data)]).toEqual([false, null, false])
  })

  test('is not fooled by what a machine that lost power left behind', async () => {
    const left = spawn('true')
    await new Promise((resolve) => left.once('exit', resolve))
    const place = socketPlace(data, 'engine').path
    const engine = {
      pid: process.pid,
      version: '0',
      socket: place,
      url: 'http://127.0.0.1:1',
      listen: [],
      startedAt: new Date().toISOString(),
    }
    writeFileSync(join(data, 'engine.json'), JSON.stringify(engine))
    const server = createServer().listen(place)
    await new Promise((resolve) => server.once('listening', resolve))
    server.unref()
    rmSync(place)
    writeFileSync(place, '')
    expect(await bootStatus(data)).toBeNull()
    expect(await bootDown(data)).toBe(false)
    expect((await up({ daemon: true })).isAlreadyRunning).toBe(false)
    server.close()
  })
})

test('a data folder whose path is too long for a socket has it elsewhere, and is found all the same', async () => {
  const outer = data
  data = join(outer, 'x'.repeat(120))
  mkdirSync(data)
  const boot = await up()
  expect(boot.socketPath.startsWith(data)).toBe(false)
  expect(await pidNow()).toBe(boot.status.pid)
  expect(await bootDown(data)).toBe(true)
  expect(await boot.ended).toBeNull()
  expect(existsSync(boot.socketPath)).toBe(false)
  rmSync(data, { recursive: true })
  data = outer
})

describe('an engine without a supervisor', () => {
  async function byHand(): Promise<{ child: ChildProcess; ended: Promise<number | null>; said: () => string }> {
    const child = spawn(process.execPath, [bundle('engine.cjs'), '--data', data, '--listen', '0'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    children.push(child)
    let text = ''
    child.stderr?.on('data', (chunk: Buffer) => {
      text += chunk.toString()
    })
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
    return { child, ended, said: () => text }
  }

  test('is found and stopped', async () => {
    const { ended } = await byHand()
    await expect.poll(pidNow, PATIENT).not.toBeNull()
    expect((await up({ daemon: true })).isAlreadyRunning).toBe(true)
    expect(await bootDown(data)).toBe(true)
    expect(await ended).toBe(0)
  })

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('stops in order on %s', async (signal) => {
    const { child, ended } = await byHand()
    await expect.poll(pidNow, PATIENT).not.toBeNull()
    child.kill(signal)
    expect(await ended).toBe(0)
    expect(existsSync(join(data, 'engine.json'))).toBe(false)
    acquireDataLock(data).release()
  })

  test('refuses a second one on the same data, with exit code 78 and a sentence', async () => {
    const first = await byHand()
    await expect.poll(pidNow, PATIENT).not.toBeNull()
    const second = await byHand()
    expect(await second.ended).toBe(78)
    expect(second.said()).toMatch(
      new RegExp(`Another engine \\(process ${first.child.pid}\\) owns the data folder .* Use that engine`),
    )
    expect(await pidNow()).toBe(first.child.pid)
  })

  test('outlives a supervisor that was killed', async () => {
    const boot = await up({ daemon: true })
    const supervisor = Number(/PPid:\s+(\d+)/.exec(readFileSync(`/proc/${boot.status.pid}/status`, 'utf8'))?.[1])
    process.kill(supervisor, 'SIGKILL')
    await expect.poll(() => isAlive(supervisor), PATIENT).toBe(false)
    const client = createNodeClient({ socketPath: boot.socketPath })
    expect((await client.call(engineRoutes.health, {})).status).toBe('ok')
    client.close()
    expect(await bootDown(data)).toBe(true)
    await expect.poll(() => isAlive(boot.status.pid), PATIENT).toBe(false)
  })
})

test('two supervisors never look after the same data', async () => {
  const control = await openControl(data, () => undefined)
  await expect(openControl(data, () => undefined)).rejects.toMatchObject({ code: 'engine_running' })
  control.close()
  ;(await openControl(data, () => undefined)).close()
})
