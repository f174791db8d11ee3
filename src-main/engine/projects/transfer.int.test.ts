import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync as gzip } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Client } from '../../../src-shared/client/index.ts'
import { createNodeClient } from '../../../src-shared/client/node.ts'
import { type ActiveRuns, type Project, type Run, routes } from '../../../src-shared/contract/index.ts'
import { bootDown, bootUp } from '../../supervisor/index.ts'

/** Projects of a real engine, carried away and back. */
let data: string
let client: Client

beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'weir-transfer-'))
  client = createNodeClient({ socketPath: (await bootUp({ data, listen: '0', daemon: true })).socketPath })
  await client.call(projects.create, { body: { name: 'mice', description: 'Spring cohort' } })
  await client.call(workflows.apply, { params: MICE, body: { source: SOURCE, files: [] } })
})
afterAll(async () => {
  client.close()
  await bootDown(data)
  rmSync(data, { recursive: true, force: true })
})

const PATIENT = { timeout: 20_000, interval: 25 }
const SECRET = 'correct-horse-battery'
const DRAFT = '6f0b9d58-4a52-4c6e-9d0a-1f2e3d4c5b6a'
const NEW_DRAFT = { workflow: null, base: null, origin: null, source: 'name: later\n', files: [], layout: {} }
const MICE = { project: 'mice' }
const SOURCE = `name: weigh
params:
  token: { type: secret, required: false }
  nap: { type: string, default: 1ms }
steps:
  weigh:
    run: seq 1 20000 | tee mice.csv | tail -n 3
    cache: true
    outputs: { mice: { files: mice.csv } }
  tell:
    run: echo "with $TOKEN"
    env: { TOKEN: "\${{ params.token }}" }
  rest:
    sleep: \${{ params.nap }}
    needs: weigh
`
const { projects, workflows, runs, drafts, assets } = routes

async function start(project: string, params: Record<string, string> = {}): Promise<string> {
  return (await client.call(runs.start, { params: { project }, body: { workflow: 'weigh', params } })).id
}
const get = (project: string, id: string): Promise<Run> => client.call(runs.get, { params: { project, run: id } })
async function succeeded(project: string, id: string): Promise<string> {
  await expect.poll(async () => (await get(project, id)).status, PATIENT).toBe('succeeded')
  return id
}
async function linesOf(project: string, run: string): Promise<unknown[]> {
  const lines: unknown[] = []
  for await (const line of client.lines(runs.logs, { params: { project, run }, query: {} })) lines.push(line)
  return lines
}
async function collect(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = []
  for await (const piece of body) all.push(piece)
  return Buffer.concat(all)
}
async function exported(project: string, active: ActiveRuns = 'refuse'): Promise<Buffer> {
  const { id } = await client.call(projects.export, { params: { project }, body: { active } })
  const archive = await collect((await client.bytes(projects.exportFile, { params: { export: id } })).body)
  const after = await client.call(projects.getExport, { params: { export: id } })
  expect(after).toMatchObject({ state: 'sent', done: after.total, problem: null })
  return archive
}
const imported = (body: Uint8Array, name?: string): Promise<Project> =>
  client.call(projects.import, { query: name === undefined ? {} : { name }, body })
const remove = (project: string) => client.call(projects.remove, { params: { project } })
const names = async (): Promise<string[]> =>
  (await client.call(projects.list, { query: { archived: 'true' } })).items.map(({ name }) => name)
const folders = (): string[] => readdirSync(join(data, 'projects')).sort()

test('a project is the same on the other side: definitions, drafts, runs, logs, files and cache', async () => {
  const id = await succeeded('mice', await start('mice'))
  const draft = { project: 'copy', draft: DRAFT }
  await client.call(drafts.save, { params: { ...MICE, draft: DRAFT }, body: { ...NEW_DRAFT, revision: 0 } })
  expect(await imported(await exported('mice'), 'copy')).toMatchObject({
    name: 'copy',
    description: 'Spring cohort',
    activeRuns: 0,
    archivedAt: null,
  })
  const [before, after] = await Promise.all([get('mice', id), get('copy', id)])
  expect(after).toEqual({ ...before, project: 'copy' })
  expect(await linesOf('copy', id)).toEqual(await linesOf('mice', id))
  const [asset] = (await client.call(assets.list, { params: { project: 'copy' }, query: { run: id } })).items
  const file = await client.bytes(assets.getFile, {
    params: { project: 'copy', asset: asset?.id ?? '' },
    query: { path: 'mice.csv' },
  })
  expect((await collect(file.body)).toString().split('\n')).toHaveLength(20_001)
  expect((await client.call(drafts.get, { params: draft })).source).toBe('name: later\n')
  // It goes on: what was made there before need not be made again.
  const again = await get('copy', await succeeded('copy', await start('copy')))
  expect(again.steps.find(({ name }) => name === 'weigh')?.status).toBe('cached')
  await expect(get('mice', again.id)).rejects.toMatchObject({ code: 'run_not_found' })
  await remove('copy')
})

test('no secret is in an archive, neither as such nor in a log, and the lines stay in their order', async () => {
  const id = await succeeded('mice', await start('mice', { token: SECRET }))
  const raw = join(data, 'projects', 'mice', 'runs', id)
  expect(readFileSync(join(raw, 'secrets.json'), 'utf8')).toContain(SECRET)
  const archive = gunzipSync(await exported('mice'))
  expect(archive.includes(SECRET)).toBe(false)
  expect(archive.includes('secrets.json')).toBe(false)
  await imported(gzip(archive), 'clean')
  const shown = JSON.stringify(await linesOf('clean', id))
  expect(shown).toContain(`with ${'*'.repeat(SECRET.length)}`)
  await remove('clean')
})

test('a project whose runs have not ended is exported without them, and only when that is asked for', async () => {
  const id = await start('mice', { nap: '10m' })
  await expect.poll(async () => (await get('mice', id)).status, PATIENT).toMatch(/running|waiting/)
  await expect(exported('mice')).rejects.toMatchObject({
    code: 'project_in_use',
    context: { fix: expect.stringContaining('--active leave-out') as string },
  })
  const prepared = await client.call(projects.export, { params: MICE, body: { active: 'leave-out' } })
  expect(prepared.leftOut).toEqual({ runs: 1, files: 0 })
  await client.call(projects.cancelExport, { params: { export: prepared.id } })
  const copy = await imported(await exported('mice', 'leave-out'), 'still')
  expect(copy.activeRuns).toBe(0)
  await expect(get('still', id)).rejects.toMatchObject({ code: 'run_not_found' })
  expect(existsSync(join(data, 'projects', 'still', 'runs', id))).toBe(false)
  expect((await get('mice', id)).status).toMatch(/running|waiting/)
  await client.call(runs.cancel, { params: { ...MICE, run: id }, body: {} })
  await expect.poll(async () => (await get('mice', id)).status, PATIENT).toBe('cancelled')
  await remove('still')
})

test('an archive is imported under its own name when that is free, and else says how', async () => {
  const archive = await exported('mice')
  await expect(imported(archive)).rejects.toMatchObject({
    code: 'project_exists',
    context: { fix: expect.stringContaining('--name') as string },
  })
  await expect(imported(archive, 'default')).rejects.toMatchObject({ code: 'project_exists' })
  await client.call(projects.update, { params: MICE, body: { name: 'rats' } })
  expect((await imported(archive)).name).toBe('mice')
  await remove('mice')
  await client.call(projects.update, { params: { project: 'rats' }, body: { name: 'mice' } })
})

test('what is damaged leaves nothing, and says why to who asks how far it is', async () => {
  const archive = await exported('mice')
  const before = await names()
  const id = 'damaged-archive-1'
  const cut = archive.subarray(0, Math.floor(archive.length * 0.7))
  await expect(client.call(projects.import, { query: { name: 'broken', id }, body: cut })).rejects.toMatchObject({
    code: 'archive_invalid',
  })
  const told = await client.call(projects.getImport, { params: { import: id } })
  expect(told).toMatchObject({ state: 'failed', problem: { code: 'archive_invalid' } })
  const flipped = Buffer.from(archive)
  flipped[Math.floor(archive.length / 2)] = (flipped[Math.floor(archive.length / 2)] ?? 0) ^ 0xff
  await expect(imported(flipped, 'broken')).rejects.toMatchObject({ code: 'archive_invalid' })
  expect(await names()).toEqual(before)
  await expect.poll(folders, PATIENT).not.toContain('broken')
})

test('an engine that is killed in the middle of an import shows nothing of it, and its next start clears up', async () => {
  const archive = await exported('mice')
  const id = 'killed-in-between'
  const never = new Promise<never>(() => undefined)
  async function* half(): AsyncGenerator<Uint8Array> {
    yield archive.subarray(0, Math.floor(archive.length / 2))
    await never
  }
  const going = client.call(projects.import, { query: { name: 'half', id }, body: half() })
  going.catch(() => undefined)
  const far = async () =>
    (await client.call(projects.getImport, { params: { import: id } }).catch(() => null))?.received
  await expect.poll(far, PATIENT).toBeGreaterThan(0)
  await expect.poll(() => folders().includes('half'), PATIENT).toBe(true)
  const { pid } = JSON.parse(readFileSync(join(data, 'engine.json'), 'utf8')) as { pid: number }
  process.kill(pid, 'SIGKILL')
  await expect(going).rejects.toMatchObject({ name: 'EngineUnreachable' })
  const health = async () =>
    (await client.call(routes.engine.health, {}).catch(() => ({ status: 'gone' as const }))).status
  await expect.poll(health, PATIENT).toBe('ok')
  await expect.poll(folders, PATIENT).not.toContain('half')
  expect(await names()).toEqual(['default', 'mice'])
  expect((await imported(archive, 'half')).name).toBe('half')
  await remove('half')
})

test('exports and imports are in the audit table', async () => {
  const { items } = await client.call(routes.audit.list, { query: { limit: 200 } })
  const actions = items.map(({ action, status }) => `${action} ${status}`)
  expect(actions).toContain('projects.export 201')
  expect(actions).toContain('projects.import 201')
  expect(actions).toContain('projects.import 422')
  expect(actions).toContain('projects.cancelExport 204')
  expect(items.find(({ action }) => action === 'projects.export')?.target).toContain('mice')
})
