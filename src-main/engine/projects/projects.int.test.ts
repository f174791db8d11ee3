import { existsSync, mkdtempSync, readdirSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Client } from '../../../src-shared/client/index.ts'
import { createNodeClient } from '../../../src-shared/client/node.ts'
import { type Run, routes } from '../../../src-shared/contract/index.ts'
import { bootDown, bootUp } from '../../supervisor/index.ts'

/** Projects of a real engine: apart from each other, kept over restarts, gone when they are deleted. */
let data: string
let client: Client

beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'weir-projects-'))
  await start()
})
afterAll(async () => {
  await stop()
  rmSync(data, { recursive: true, force: true })
})

async function start(): Promise<void> {
  client = createNodeClient({ socketPath: (await bootUp({ data, listen: '0', daemon: true })).socketPath })
}
async function stop(): Promise<void> {
  client.close()
  await bootDown(data)
}

const PATIENT = { timeout: 20_000, interval: 25 }
const { projects, workflows, runs } = routes
const create = (name: string) => client.call(projects.create, { body: { name } })
const remove = (project: string) => client.call(projects.remove, { params: { project } })
const names = async (): Promise<string[]> => (await client.call(projects.list, {})).items.map(({ name }) => name)
const publish = (project: string, sleep: string) =>
  client.call(workflows.apply, {
    params: { project },
    body: { source: `name: nap\ndescription: of ${project}\nsteps:\n  nap:\n    sleep: ${sleep}\n`, files: [] },
  })
const run = async (project: string): Promise<string> =>
  (await client.call(runs.start, { params: { project }, body: { workflow: 'nap' } })).id
const statusOf = async (project: string, id: string): Promise<Run['status']> =>
  (await client.call(runs.get, { params: { project, run: id } })).status

test('projects know nothing of each other', async () => {
  for (const name of ['ants', 'bees']) {
    await create(name)
    await publish(name, '1ms')
  }
  const id = await run('ants')
  await expect.poll(() => statusOf('ants', id), PATIENT).toBe('succeeded')
  await expect(statusOf('bees', id)).rejects.toMatchObject({ code: 'run_not_found' })
  const [nap] = (await client.call(workflows.list, { params: { project: 'bees' } })).items
  expect(nap?.description).toBe('of bees')
  expect(existsSync(join(data, 'projects', 'ants', 'project.db'))).toBe(true)
  await expect(create('ants')).rejects.toMatchObject({ code: 'project_exists', status: 409 })
  await expect(client.call(projects.get, { params: { project: 'wasps' } })).rejects.toMatchObject({
    code: 'project_not_found',
  })
  await Promise.all([remove('ants'), remove('bees')])
  expect(await names()).toEqual(['default'])
})

test('a project is read and written from its first moment on', async () => {
  const many = Array.from({ length: 16 }, (_, i) => `fresh-${i}`)
  await Promise.all(
    many.map(async (name) => {
      await create(name)
      const params = { project: name }
      const list = () => client.call(workflows.list, { params })
      // Its database is made while others already want to read it.
      await Promise.all([list(), publish(name, '1ms'), list(), run(name).catch(() => null), list()])
      expect((await list()).items).toHaveLength(1)
    }),
  )
  await expect
    .poll(async () => (await client.call(projects.list, {})).items.every(({ activeRuns }) => activeRuns === 0), PATIENT)
    .toBe(true)
  await Promise.all(many.map(remove))
})

test('a project is renamed with all that is in it, and its old name is free', async () => {
  await create('old')
  await publish('old', '1ms')
  const id = await run('old')
  await expect.poll(() => statusOf('old', id), PATIENT).toBe('succeeded')
  const renamed = await client.call(projects.update, {
    params: { project: 'old' },
    body: { name: 'new', description: 'now so' },
  })
  expect(renamed).toMatchObject({ name: 'new', description: 'now so' })
  expect(await statusOf('new', id)).toBe('succeeded')
  await expect(statusOf('old', id)).rejects.toMatchObject({ code: 'project_not_found' })
  await create('old')
  await expect(statusOf('old', id)).rejects.toMatchObject({ code: 'run_not_found' })
  await remove('old')
  await stop()
  await start()
  expect(await statusOf('new', id)).toBe('succeeded')
  await remove('new')
})

test('a project with active runs is neither renamed nor archived nor deleted; its runs outlive a restart', async () => {
  await create('busy')
  await publish('busy', '10m')
  const id = await run('busy')
  const params = { project: 'busy' }
  const refused = { code: 'project_in_use', status: 409 }
  await expect(client.call(projects.archive, { params })).rejects.toMatchObject(refused)
  await expect(remove('busy')).rejects.toMatchObject(refused)
  await expect(client.call(projects.update, { params, body: { name: 'other' } })).rejects.toMatchObject(refused)
  expect(await client.call(projects.get, { params })).toMatchObject({ state: 'running', activeRuns: 1 })
  await stop()
  await start()
  // Nobody asked for it: its orchestrator was started because it has something to take back.
  await expect.poll(async () => (await client.call(projects.get, { params })).activeRuns, PATIENT).toBe(1)
  await client.call(runs.cancel, { params: { ...params, run: id }, body: {} })
  await expect.poll(() => statusOf('busy', id), PATIENT).toBe('cancelled')
  await remove('busy')
})

test('projects share the machine, and take turns', async () => {
  const { cpus } = await client.call(routes.engine.machine, {})
  const source = `name: nap\nsteps:\n  all:\n    run: sleep 600\n    resources: { cpus: ${cpus} }\n`
  const held: string[] = []
  for (const project of ['first', 'second']) {
    await create(project)
    await client.call(workflows.apply, { params: { project }, body: { source, files: [] } })
    held.push(await run(project))
  }
  const [one = '', two = ''] = held
  const why = async (): Promise<string> =>
    (await client.call(runs.why, { params: { project: 'second', run: two } })).reasons[0]?.text ?? ''
  await expect.poll(why, PATIENT).toBe(`waits for ${cpus} CPUs; 0 of ${cpus} are free; other projects use ${cpus}`)
  const cancel = (project: string, id: string) => client.call(runs.cancel, { params: { project, run: id }, body: {} })
  await cancel('first', one)
  const step = async () => (await client.call(runs.get, { params: { project: 'second', run: two } })).steps[0]?.status
  await expect.poll(step, PATIENT).toBe('running')
  await cancel('second', two)
  await expect.poll(() => statusOf('second', two), PATIENT).toBe('cancelled')
  await Promise.all([remove('first'), remove('second')])
})

test('a project that never rests leaves room to another one, which is served before the first has ended', async () => {
  const { cpus } = await client.call(routes.engine.machine, {})
  const nap = (sleep: string, count: number): string => `name: nap
steps:
  all:
    forEach: \${{ range(${count}) }}
    run: sleep ${sleep}
    resources: { cpus: 1 }
`
  const ids: string[] = []
  for (const [project, count] of [
    ['crowd', cpus * 100],
    ['guest', 3],
  ] as const) {
    await create(project)
    await client.call(workflows.apply, { params: { project }, body: { source: nap('0.2', count), files: [] } })
    const id = await run(project)
    ids.push(id)
    const first = async () => (await client.call(runs.get, { params: { project, run: id } })).counts.items.done
    if (project === 'crowd') await expect.poll(first, PATIENT).toBeGreaterThan(0)
  }
  const [crowd = '', guest = ''] = ids
  await expect.poll(() => statusOf('guest', guest), PATIENT).toBe('succeeded')
  expect(await statusOf('crowd', crowd)).toBe('running')
  const { items } = (await client.call(runs.get, { params: { project: 'crowd', run: crowd } })).counts
  expect(items.done).toBeLessThan(cpus * 50)
  await client.call(runs.cancel, { params: { project: 'crowd', run: crowd }, body: {} })
  await expect.poll(() => statusOf('crowd', crowd), PATIENT).toBe('cancelled')
  await Promise.all([remove('crowd'), remove('guest')])
})

test('an archived project is read, and refuses every change until it is taken back into use', async () => {
  await create('shelf')
  await publish('shelf', '1ms')
  const params = { project: 'shelf' }
  const archived = await client.call(projects.archive, { params })
  expect(archived).toMatchObject({ state: 'archived', archivedAt: expect.any(String) })
  expect(await names()).toEqual(['default'])
  expect((await client.call(projects.list, { query: { archived: 'true' } })).items).toHaveLength(2)
  expect((await client.call(workflows.list, { params })).items).toHaveLength(1)
  const refused = { code: 'project_archived', status: 409 }
  await expect(run('shelf')).rejects.toMatchObject(refused)
  await expect(publish('shelf', '2ms')).rejects.toMatchObject(refused)
  await expect(client.call(routes.assets.putBlob, { params, body: new Uint8Array([1]) })).rejects.toMatchObject(refused)
  expect(await client.call(projects.unarchive, { params })).toMatchObject({
    state: expect.not.stringMatching('archived'),
  })
  const id = await run('shelf')
  await expect.poll(() => statusOf('shelf', id), PATIENT).toBe('succeeded')
  await remove('shelf')
})

test('a deleted project is gone with its folder, and the next of its name starts empty', async () => {
  const folders = (): string[] => readdirSync(join(data, 'projects')).filter((name) => name.startsWith('gone'))
  await create('gone')
  await publish('gone', '1ms')
  expect(folders()).toEqual(['gone'])
  await remove('gone')
  await create('gone')
  expect((await client.call(workflows.list, { params: { project: 'gone' } })).items).toEqual([])
  // One folder for the one project that there is: under the same name when the other was gone already, else under its own.
  await expect.poll(() => folders().length, PATIENT).toBe(1)
  await remove('gone')
  await expect.poll(folders, PATIENT).toEqual([])
})

test('the default project stays', async () => {
  const params = { project: 'default' }
  const refused = { code: 'project_fixed' }
  await expect(remove('default')).rejects.toMatchObject(refused)
  await expect(client.call(projects.archive, { params })).rejects.toMatchObject(refused)
  await expect(client.call(projects.update, { params, body: { name: 'x' } })).rejects.toMatchObject(refused)
  const described = await client.call(projects.update, { params, body: { name: 'default', description: 'all' } })
  expect(described.description).toBe('all')
})

test('a project whose database is broken is alone in it, says so, and can be deleted', async () => {
  await create('sick')
  await publish('sick', '1ms')
  await stop()
  truncateSync(join(data, 'projects', 'sick', 'project.db'), 5_000)
  await start()
  await publish('default', '1ms')
  const id = await run('default')
  await expect.poll(() => statusOf('default', id), PATIENT).toBe('succeeded')
  await expect(publish('sick', '2ms')).rejects.toMatchObject({ code: 'project_failed' })
  expect((await client.call(projects.get, { params: { project: 'sick' } })).state).toBe('failed')
  const { status, problems } = await client.call(routes.engine.health, {})
  expect([status, problems.join()]).toEqual(['degraded', expect.stringContaining('sick')])
  await remove('sick')
  expect((await client.call(routes.engine.health, {})).status).toBe('ok')
})

test('names that could lead out of the folder are refused', async () => {
  for (const name of ['..', 'a/b', '.hidden', 'A', '', 'x'.repeat(64), 'con\u0000'])
    await expect(create(name)).rejects.toMatchObject({ code: 'bad_request' })
})
