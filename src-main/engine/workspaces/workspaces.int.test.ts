import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Client } from '../../../src-shared/client/index.ts'
import { createNodeClient } from '../../../src-shared/client/node.ts'
import { type Execution, type Run, routes } from '../../../src-shared/contract/index.ts'
import { bootDown, bootUp } from '../../supervisor/index.ts'

/** Workspaces of a real engine: results inherited down the tree, pauses, re-runs, renames, restarts. */
let data: string
let client: Client

beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'weir-workspaces-'))
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
const { workspaces, workflows, runs, projects } = routes
let project: string
let projectsMade = 0

const at = (workspace: string) => ({ params: { project, workspace } })
const create = (name: string, base?: string) =>
  client.call(workspaces.create, { params: { project }, body: base === undefined ? { name } : { name, base } })
const names = async (archived = false): Promise<string[]> =>
  (await client.call(workspaces.list, { params: { project }, query: { archived: String(archived) } })).items.map(
    ({ name, base }) => (base === null ? name : `${base} > ${name}`),
  )
const get = (run: string): Promise<Run> => client.call(runs.get, { params: { project, run } })
const ended = async (run: string): Promise<Run> => {
  await expect.poll(async () => (await get(run)).finishedAt, PATIENT).not.toBeNull()
  return get(run)
}
const launch = async (workspace: string, workflow = 'squares', keep?: string): Promise<string> =>
  (
    await client.call(runs.start, {
      params: { project },
      body: { workflow, workspace, ...(keep === undefined ? {} : { keep }) },
    })
  ).id
const play = async (workspace: string, workflow?: string): Promise<Run> => ended(await launch(workspace, workflow))
const rerun = (run: string, from: string, workspace?: string) =>
  client.call(runs.rerun, {
    params: { project, run },
    body: workspace === undefined ? { from } : { from, workspace },
  })
const stepOf = (run: Run, name: string): Run['steps'][number] => {
  const step = run.steps.find((one) => one.name === name)
  if (step === undefined) throw new Error(`run ${run.id} has no step ${name}`)
  return step
}
const last = (run: Run, step = 'square'): Execution => {
  const execution = stepOf(run, step).executions.at(-1)
  if (execution === undefined) throw new Error(`${step} of run ${run.id} was not executed`)
  return execution
}
const apply = (source: string) => client.call(workflows.apply, { params: { project }, body: { source, files: [] } })
const refusal = (code: string): object => ({ code, context: { fix: expect.any(String) as unknown } })

beforeEach(async () => {
  projectsMade += 1
  project = `p${projectsMade}`
  await client.call(projects.create, { body: { name: project } })
  await apply(
    `name: squares
steps:
  square:
    run: echo 16 > out.json
    cache: true
    outputs: { out: { json: out.json } }
  show:
    needs: [square]
    run: echo '"in \${{ run.workspace }}"' > said.json
    outputs: { said: { json: said.json } }
`,
  )
})

describe('the tree', () => {
  test('starts with main, and grows', async () => {
    await create('dev')
    await create('dev/bo', 'dev')
    expect(await create('dev/ana', 'dev')).toMatchObject({ base: 'dev', depth: 2, state: 'active', activeRuns: 0 })
    await create('production')
    expect(await names()).toEqual(['main', 'main > dev', 'dev > dev/ana', 'dev > dev/bo', 'main > production'])
    await expect(create('dev')).rejects.toMatchObject(refusal('workspace_exists'))
    await expect(create('x', 'none')).rejects.toMatchObject({
      code: 'workspace_not_found',
      context: { field: 'body.base' },
    })
    for (const name of ['a//b', '/a', 'a/', 'a/../b', 'Ana', 'a b']) {
      await expect(create(name)).rejects.toMatchObject({ code: 'bad_request' })
    }
  })

  test('refuses circles, and touches main never', async () => {
    await create('dev')
    await create('dev/ana', 'dev')
    await expect(client.call(workspaces.rebase, { ...at('dev'), body: { base: 'dev/ana' } })).rejects.toMatchObject({
      ...refusal('workspace_cycle'),
      message: 'dev/ana inherits from dev already: dev/ana → dev',
    })
    await expect(client.call(workspaces.rebase, { ...at('dev'), body: { base: 'dev' } })).rejects.toMatchObject({
      ...refusal('workspace_cycle'),
      message: 'dev cannot be its own base',
    })
    const fixed = refusal('workspace_fixed')
    await expect(client.call(workspaces.remove, at('main'))).rejects.toMatchObject(fixed)
    await expect(client.call(workspaces.archive, at('main'))).rejects.toMatchObject(fixed)
    await expect(client.call(workspaces.rename, { ...at('main'), body: { name: 'x' } })).rejects.toMatchObject(fixed)
    await expect(client.call(workspaces.rebase, { ...at('main'), body: { base: 'dev' } })).rejects.toMatchObject(fixed)
    expect(await names()).toEqual(['main', 'main > dev', 'dev > dev/ana'])
  })

  test('deletes only what is empty', async () => {
    await create('dev')
    await create('dev/ana', 'dev')
    const { id } = await play('dev/ana')
    const used = refusal('workspace_in_use')
    await expect(client.call(workspaces.remove, at('dev'))).rejects.toMatchObject(used)
    await expect(client.call(workspaces.remove, at('dev/ana'))).rejects.toMatchObject(used)
    await client.call(runs.remove, { params: { project, run: id } })
    await client.call(workspaces.remove, at('dev/ana'))
    await client.call(workspaces.remove, at('dev'))
    expect(await names()).toEqual(['main'])
    await expect(client.call(workspaces.get, at('dev'))).rejects.toMatchObject(refusal('workspace_not_found'))
  })

  test('puts nothing aside that has runs which go on', async () => {
    await create('dev')
    await client.call(workspaces.pause, at('dev'))
    const run = await launch('dev')
    await expect(client.call(workspaces.archive, at('dev'))).rejects.toMatchObject({
      ...refusal('workspace_in_use'),
      message: '1 run is going on in the workspace dev',
    })
    await client.call(runs.cancel, { params: { project, run }, body: {} })
    await ended(run)
    expect(await client.call(workspaces.archive, at('dev'))).toMatchObject({ state: 'archived' })
  })

  test('puts workspaces aside from below, and takes them back from above', async () => {
    await create('dev')
    await create('dev/ana', 'dev')
    const { id } = await play('dev/ana')
    await expect(client.call(workspaces.archive, at('dev'))).rejects.toMatchObject(refusal('workspace_in_use'))
    await client.call(workspaces.archive, at('dev/ana'))
    expect(await client.call(workspaces.archive, at('dev'))).toMatchObject({ state: 'archived' })
    expect([await names(), await names(true)]).toEqual([['main'], ['main', 'main > dev', 'dev > dev/ana']])
    const archived = refusal('workspace_archived')
    await expect(launch('dev')).rejects.toMatchObject(archived)
    await expect(rerun(id, 'start')).rejects.toMatchObject(archived)
    await expect(create('x', 'dev')).rejects.toMatchObject(archived)
    await create('lab')
    await expect(client.call(workspaces.rebase, { ...at('lab'), body: { base: 'dev' } })).rejects.toMatchObject(
      archived,
    )
    await expect(client.call(workspaces.unarchive, at('dev/ana'))).rejects.toMatchObject(archived)
    await client.call(workspaces.unarchive, at('dev'))
    await client.call(workspaces.unarchive, at('dev/ana'))
    expect((await play('dev')).status).toBe('succeeded')
  })

  test('of an archived project can only be read', async () => {
    await create('dev')
    await client.call(projects.archive, { params: { project } })
    await expect(create('lab')).rejects.toMatchObject({ code: 'project_archived' })
    expect(await names()).toEqual(['main', 'main > dev'])
  })
})

describe('results', () => {
  test('are inherited from ancestors, and neither by them nor by siblings', async () => {
    await create('dev')
    await create('dev/ana', 'dev')
    await create('dev/bo', 'dev')
    const above = await play('main')
    expect(last(await play('dev/ana'))).toMatchObject({ status: 'cached', cache: { source: `${above.id}:square:1` } })
    await apply(`name: roots
steps:
  root:
    run: echo 4 > out.json
    cache: true
    outputs: { out: { json: out.json } }
`)
    const own = await play('dev/ana', 'roots')
    expect(last(await play('dev/bo', 'roots'), 'root').status).toBe('succeeded')
    expect(last(await play('main', 'roots'), 'root').status).toBe('succeeded')
    // Its own goes before the newer one of main.
    expect(last(await play('dev/ana', 'roots'), 'root').cache?.source).toBe(`${own.id}:root:1`)
  })

  test('that are seen change with the base', async () => {
    await create('lab')
    await create('dev')
    await play('lab')
    await create('ana', 'dev')
    await client.call(workspaces.rebase, { ...at('ana'), body: { base: 'lab' } })
    expect(last(await play('ana')).status).toBe('cached')
    await create('bo', 'lab')
    await client.call(workspaces.rebase, { ...at('bo'), body: { base: 'dev' } })
    expect(last(await play('bo')).status).toBe('succeeded')
  })

  test('may be kept from a run of an ancestor, and of no other', async () => {
    await create('dev')
    await create('lab')
    const above = await play('main')
    const kept = await ended(await launch('dev', 'squares', above.id))
    expect(kept.keep).toEqual({ run: above.id, steps: ['square', 'show'] })
    await expect(launch('lab', 'squares', kept.id)).rejects.toMatchObject(refusal('workspace_unrelated'))
  })
})

describe('runs', () => {
  test('need a workspace that is there', async () => {
    await expect(launch('nowhere')).rejects.toMatchObject({
      code: 'workspace_not_found',
      context: { field: 'body.workspace', fix: expect.stringContaining('weir workspace create nowhere') as unknown },
    })
  })

  test('are listed by workspace, with those that were run again in it', async () => {
    await create('dev')
    const [one, two] = [await play('main'), await play('dev')]
    await rerun(one.id, 'show', 'dev')
    await ended(one.id)
    const listed = async (workspace: string): Promise<string[]> =>
      (await client.call(runs.list, { params: { project }, query: { workspace } })).items.map(({ id }) => id)
    expect(await listed('dev')).toEqual([two.id, one.id])
    expect(await listed('main')).toEqual([one.id])
    await expect(listed('none')).rejects.toMatchObject(refusal('workspace_not_found'))
  })

  test('finish what runs in a paused workspace, and say what they wait for', async () => {
    await apply(`name: pair
steps:
  first: { run: sleep 0.4 }
  second: { needs: [first], run: 'true' }
`)
    await create('dev')
    const id = await launch('dev', 'pair')
    await expect.poll(async () => stepOf(await get(id), 'first').status, PATIENT).toBe('running')
    expect(await client.call(workspaces.pause, at('dev'))).toMatchObject({ state: 'paused', activeRuns: 1 })
    await expect.poll(async () => stepOf(await get(id), 'second').why, PATIENT).toBe('workspace dev is paused')
    const { summary } = await client.call(runs.why, { params: { project, run: id }, query: { step: 'second' } })
    expect(summary).toBe('second: workspace dev is paused')
    expect(stepOf(await get(id), 'first').status).toBe('succeeded')
    await stop()
    await start()
    await expect.poll(async () => stepOf(await get(id), 'second').why, PATIENT).toBe('workspace dev is paused')
    await client.call(workspaces.unpause, at('dev'))
    expect((await ended(id)).status).toBe('succeeded')
  })
})

describe('re-runs', () => {
  test('in a workspace below keep the run, show where each attempt ran, and stay there', async () => {
    await create('dev')
    await create('dev/ana', 'dev')
    await create('lab')
    const { id } = await play('main')
    await rerun(id, 'square', 'dev/ana')
    const again = await ended(id)
    expect(again).toMatchObject({ id, workspace: 'main', status: 'succeeded', reruns: 1 })
    const square = stepOf(again, 'square')
    expect([square.workspace, square.executions.map(({ workspace }) => workspace)]).toEqual([
      'dev/ana',
      [undefined, 'dev/ana'],
    ])
    expect(stepOf(again, 'show').outputs).toEqual({ said: 'in dev/ana' })
    // What it made is seen there alone.
    expect(last(await play('dev/ana')).cache?.source).toBe(`${id}:square:2`)
    expect(last(await play('dev')).cache?.source).toBe(`${id}:square:1`)
    const unrelated = {
      ...refusal('workspace_unrelated'),
      message: expect.stringMatching(/ran last in the workspace dev\/ana, which \w+ does not inherit from/) as unknown,
    }
    for (const place of ['main', 'dev', 'lab']) {
      await expect(rerun(id, 'show', place)).rejects.toMatchObject(unrelated)
    }
    await expect(rerun(id, 'show', 'none')).rejects.toMatchObject(refusal('workspace_not_found'))
    // By default where it ran last.
    await rerun(id, 'show')
    expect(last(await ended(id), 'show')).toMatchObject({ workspace: 'dev/ana', attempt: 3 })
  })
})

describe('a rename', () => {
  test('keeps runs and results, also over a restart, and frees the name', async () => {
    await create('dev')
    const before = await play('dev')
    const { id } = await play('main')
    await rerun(id, 'square', 'dev')
    await ended(id)
    expect(await client.call(workspaces.rename, { ...at('dev'), body: { name: 'ana' } })).toMatchObject({
      name: 'ana',
      id: 'dev',
    })
    await create('dev')
    await stop()
    await start()
    expect((await get(before.id)).workspace).toBe('ana')
    expect(last(await get(id))).toMatchObject({ workspace: 'ana' })
    expect(last(await play('ana')).cache?.source).toBe(`${id}:square:2`)
    expect(stepOf(await play('ana'), 'show').outputs).toEqual({ said: 'in ana' })
    expect(last(await play('dev')).cache?.source).toBe(`${id}:square:1`)
    const { items } = await client.call(runs.list, { params: { project }, query: { workspace: 'dev' } })
    expect(items).toHaveLength(1)
    expect(await names()).toEqual(['main', 'main > ana', 'main > dev'])
  })
})

describe('an old database', () => {
  test('gets a tree of the workspaces that its runs name', async () => {
    const { id } = await play('main')
    await stop()
    const path = join(data, 'projects', project, 'project.db')
    const old = new DatabaseSync(path)
    // As version 3 had it: a workspace was a word of a run.
    old.exec(`BEGIN;
      DROP TABLE module_versions; DROP INDEX workflow_versions_by_workspace;
      ALTER TABLE workflow_versions DROP COLUMN workspace; ALTER TABLE workflow_versions DROP COLUMN origin;
      DROP TABLE workspaces; ALTER TABLE runs DROP COLUMN rerun_in;
      ALTER TABLE runs DROP COLUMN items_cancelled; ALTER TABLE runs DROP COLUMN calls;
      UPDATE runs SET workspace = 'dev/ana'; UPDATE cache SET workspace = 'dev/ana';
      UPDATE journal SET events = replace(events, '"workspace":"main"', '"workspace":"dev/ana"');
      PRAGMA user_version = 3; COMMIT`)
    old.close()
    await start()
    expect((await get(id)).workspace).toBe('dev/ana')
    expect(await names()).toEqual(['main', 'main > dev/ana'])
    expect(last(await play('dev/ana'))).toMatchObject({ status: 'cached' })
    expect(last(await play('main'))).toMatchObject({ status: 'succeeded' })
  })
})
