import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { afterEach, describe, expect, test } from 'vitest'
import { routes } from '../../src-shared/contract/index.ts'
import { type EngineProcess, engineProcess } from './engine-process.ts'
import { ended, inProject, project, read, refusal, start, step } from './runs.ts'
import { type CommandLine, commandLine, until } from './weir.ts'

const NO_MOUNT = 'this user cannot mount a disk for a test'
const UNREACHABLE = 4
const DISK = 'size=16m'
const MORE_THAN_THE_DISK = 64 * 1024 * 1024

/** What is undone after a test, last first. */
let cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup()
  cleanups = []
})

async function newEngine(folder?: string): Promise<EngineProcess> {
  const engine = await engineProcess({}, folder)
  cleanups.push(() => engine.remove())
  return engine
}

async function cli(data: string): Promise<CommandLine> {
  const weir = await commandLine(data)
  cleanups.push(() => weir.remove())
  return weir
}

/** A small disk of its own; null when this user may not mount one. */
async function disk(options: string): Promise<string | null> {
  const folder = await mkdtemp(join(tmpdir(), 'weir-disk-'))
  cleanups.push(() => rm(folder, { recursive: true, force: true }))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder], { stdio: 'ignore' })
  } catch {
    return null
  }
  // Lazily: what a step left running may still hold it.
  cleanups.push(() => execFileSync('umount', ['-l', folder]))
  return folder
}

const ONE = 'name: one\nsteps: {x: {run: "seq 1 20000 > o; echo 1 > n", outputs: {o: {files: o}, n: {text: n}}}}\n'
const databaseOf = (data: string): string => join(data, 'projects', project, 'project.db')

test('a full disk: refused as disk_full, what was acknowledged is there, and it goes on when there is room', async (context) => {
  const data = await disk(DISK)
  if (data === null) return context.skip(NO_MOUNT)
  const engine = await newEngine(data)
  await engine.start()
  const { client } = engine
  const before = await ended(client, await start(client, ONE))
  const slow = await start(client, 'name: slow\nsteps: {x: {run: "sleep 1; echo 2 > o", outputs: {o: {text: o}}}}\n')
  const filler = join(data, 'filler')
  fill(filler)
  const begin = () => client.call(routes.runs.start, { ...inProject, body: { workflow: 'one' } })
  // The log of the database has some room left that was taken before.
  const acknowledged = [before.id, slow]
  const full = await until('a refusal', async () => {
    const answer = await begin().catch((error: unknown) => error)
    if (answer instanceof Error) return refusal(Promise.reject(answer))
    acknowledged.push((answer as { id: string }).id)
    return null
  })
  expect(full).toMatchObject({
    code: 'disk_full',
    status: 507,
    context: { fix: expect.stringMatching(/Free some space/) },
  })
  const { items } = await client.call(routes.runs.list, { ...inProject, query: { limit: 1000 } })
  expect(items.map(({ id }) => id)).toEqual(expect.arrayContaining(acknowledged))
  const { findings } = await client.call(routes.engine.doctor, {})
  expect(findings.find(({ id }) => id === 'disk')).toMatchObject({ status: 'error', fix: expect.any(String) })
  rmSync(filler)
  await until('the project', () => begin().catch(() => null))
  for (const id of acknowledged) expect((await ended(client, id)).status, id).toBe('succeeded')
  expect((await read(client, before.id)).steps).toEqual(before.steps)
})

/** Takes every byte that is left. */
function fill(path: string): void {
  try {
    writeFileSync(path, Buffer.alloc(MORE_THAN_THE_DISK))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
  }
}

test('a read-only data folder: the engine does not start, says why, and changes nothing', async (context) => {
  const data = await disk(DISK)
  if (data === null) return context.skip(NO_MOUNT)
  const engine = await newEngine(data)
  await engine.start()
  const run = await ended(engine.client, await start(engine.client, ONE))
  await engine.stop()
  execFileSync('mount', ['-o', 'remount,ro', data])
  const weir = await cli(data)
  const up = await weir('boot', 'up', '--daemon')
  expect(up.code).toBe(UNREACHABLE)
  expect(up.err).toMatch(/read-only[\s\S]*fix: /i)
  await expect(engine.start()).rejects.toThrow(/read-only/i)
  execFileSync('mount', ['-o', 'remount,rw', data])
  await engine.start()
  expect(await read(engine.client, run.id)).toEqual(run)
})

describe('a damaged blob', () => {
  test('of a file: the download and the step that needs it say so, and running the step again mends it', async () => {
    const engine = await newEngine()
    await engine.start()
    const { client } = engine
    const source = `name: blob
steps:
  x: {run: "seq 1 20000 > o", outputs: {o: {files: o}}}
  go: {needs: x, approval: {message: Go on?}}
  y: {needs: go, inputs: {f: "\${{ steps.x.outputs.o }}"}, run: "wc -l < \${{ inputs.f }} > n", outputs: {n: {text: n}}}
`
    const run = await start(client, source)
    await until('the approval', async () => step(await read(client, run), 'go').approval !== undefined)
    const body = damage(engine.data, (bytes) => bytes.length > 50_000)
    const weir = await cli(engine.data)
    const got = await weir('asset', 'get', run, '--dir', join(weir.folder, 'got'))
    expect(got.code).toBe(1)
    expect(got.err).toMatch(/is damaged[\s\S]*blob_corrupt[\s\S]*fix: .*run the step again/)
    expect(readdirSync(join(weir.folder, 'got'), { recursive: true })).not.toContain('o')
    await client.call(routes.runs.approve, { params: { project, run, step: 'go' }, body: { approved: true } })
    const failed = step(await ended(client, run), 'y').executions[0]?.error
    expect(failed).toMatchObject({ code: 'blob_corrupt', fix: expect.stringContaining('run the step again') })
    await client.call(routes.runs.rerun, { params: { project, run }, body: { from: 'x' } })
    await until('the approval', async () => step(await read(client, run), 'go').approval !== undefined)
    expect(createHash('sha256').update(readFileSync(body)).digest('hex')).toBe(body.split('/').at(-1))
    await client.call(routes.runs.approve, { params: { project, run, step: 'go' }, body: { approved: true } })
    expect(step(await ended(client, run), 'y').outputs).toEqual({ n: '20000' })
  })

  test('of a value: the rest of the run can be read, with a word about what cannot', async () => {
    const engine = await newEngine()
    await engine.start()
    const source = `name: value
steps:
  x: {run: "head -c 999 /dev/zero | tr '\\\\0' z > o", outputs: {o: {text: o}}}
  y: {needs: x, run: "echo 1 > o", outputs: {o: {text: o}}}
`
    const run = await ended(engine.client, await start(engine.client, source))
    await engine.stop()
    damage(engine.data, (bytes) => bytes.includes('zzzz'))
    await engine.start()
    const shown = await read(engine.client, run.id)
    expect(shown.status).toBe('succeeded')
    expect(step(shown, 'x').outputs).toBeUndefined()
    expect(step(shown, 'x').why).toMatch(/outputs cannot be read: .*damaged/)
    expect(step(shown, 'y')).toEqual(step(run, 'y'))
  })
})

/** Turns a byte of the one stored body that is meant, and answers its path. */
function damage(data: string, isMeant: (bytes: Buffer) => boolean): string {
  const blobs = join(data, 'projects', project, 'blobs')
  const names = readdirSync(blobs, { recursive: true }).map(String)
  const bodies = names.filter((name) => /[0-9a-f]{64}$/.test(name)).map((name) => join(blobs, name))
  const body = bodies.find((path) => isMeant(readFileSync(path)))
  if (body === undefined) throw new Error('there is no such body')
  const bytes = readFileSync(body)
  bytes[10] = (bytes[10] ?? 0) ^ 1
  chmodSync(body, 0o644)
  writeFileSync(body, bytes)
  return body
}

describe('a database that cannot be used', () => {
  /** An engine with a run, stopped; its database is then made what the test wants. */
  async function broken(
    ruin: (path: string) => void,
  ): Promise<{ engine: EngineProcess; run: string; mend: () => void }> {
    const engine = await newEngine()
    await engine.start()
    const { id } = await ended(engine.client, await start(engine.client, ONE))
    await engine.stop()
    const path = databaseOf(engine.data)
    const copy = `${path}.copy`
    cpSync(path, copy)
    ruin(path)
    return { engine, run: id, mend: () => cpSync(copy, path) }
  }

  /** The engine lives and says what is wrong; nothing is changed; once it is mended all is there. */
  async function survives(engine: EngineProcess, run: string, code: string, words: RegExp, mend: () => void) {
    const path = databaseOf(engine.data)
    const before = readFileSync(path)
    const weir = await cli(engine.data)
    const up = await weir('boot', 'up', '--daemon', '--listen', '127.0.0.1:0')
    expect([up.code, up.err]).toEqual([0, ''])
    const list = await weir('run', 'list')
    expect(list.err).toMatch(words)
    expect(list.err).toMatch(new RegExp(`${code}[\\s\\S]*fix: `))
    expect(list.code).toBe(1)
    expect(await engine.client.call(routes.engine.health, {})).toMatchObject({
      status: 'degraded',
      problems: [expect.stringMatching(words)],
    })
    const doctor = await weir('doctor')
    expect(doctor.code).toBe(1)
    expect(doctor.out).toMatch(words)
    expect((await weir('boot', 'status')).code).toBe(0)
    expect(readFileSync(path).equals(before)).toBe(true)
    mend()
    const shown = await until('the project', () => read(engine.client, run).catch(() => null))
    expect(shown.status).toBe('succeeded')
  }

  test('it is garbage', async () => {
    const { engine, run, mend } = await broken((path) => writeFileSync(path, Buffer.alloc(50_000, 'garbage')))
    await survives(engine, run, 'project_failed', /project\.db is damaged/, mend)
  })

  test('it is from a newer Weir', async () => {
    const { engine, run, mend } = await broken((path) => setVersion(path, 99))
    await survives(engine, run, 'database_newer', /schema version 99/, mend)
  })

  test('the audit is garbage or newer: the engine does not start, and says which file', async () => {
    const engine = await newEngine()
    await engine.start()
    await engine.stop()
    const path = join(engine.data, 'engine.db')
    const good = readFileSync(path)
    setVersion(path, 99)
    await expect(engine.start()).rejects.toThrow(/engine\.db was written by a newer Weir/)
    writeFileSync(path, 'garbage, garbage, garbage')
    await expect(engine.start()).rejects.toThrow(/engine\.db is damaged/)
    writeFileSync(path, good)
    await engine.start()
  })
})

function setVersion(path: string, version: number): void {
  const db = new DatabaseSync(path)
  db.exec(`PRAGMA journal_mode = DELETE; PRAGMA user_version = ${version}`)
  db.close()
}

test('settings that are no settings: the file is named', async () => {
  const engine = await newEngine()
  await mkdir(engine.data, { recursive: true })
  await writeFile(join(engine.data, 'config.json'), '{"lissten": 1}')
  await expect(engine.start()).rejects.toThrow(/config\.json cannot be used.*lissten/s)
})
