import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Client } from '../../../src-shared/client/index.ts'
import { createNodeClient } from '../../../src-shared/client/node.ts'
import { type Manifest, routes } from '../../../src-shared/contract/index.ts'
import { bootDown, bootUp } from '../../supervisor/index.ts'
import { manifest, parameter, target } from '../targets/testing/samples.ts'

/** Modules of code over the API of a real engine: registered, listed, searched, seen from workspaces, kept over a restart. */
let data: string
let client: Client

beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'weir-modules-'))
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

const params = { project: 'default' }
const { targets, workflows, runs, workspaces } = routes

const train = target('train', {
  kind: 'task',
  description: 'Trains one model.',
  parameters: [parameter('_k', { schema: { type: 'integer' } }), parameter('folds', { required: false, default: 5 })],
})
const digits = manifest('digits', target('compare', { description: 'Compares models' }), train)
const edited = manifest('digits', target('compare', { code: 'c'.repeat(64) }), train)

const register = (workspace: string, ...manifests: Manifest[]) =>
  client.call(targets.register, { params, body: { workspace, manifests } })
const problem = (code: string, words: RegExp) => ({ code, message: expect.stringMatching(words) as unknown })

test('modules are registered, listed and found', async () => {
  expect(await register('main', digits, manifest('flows.weather', target('weather')))).toEqual({
    versions: { digits: 1, 'flows.weather': 1 },
  })
  const { items } = await client.call(targets.modules, { params })
  expect(items).toMatchObject([
    { module: 'digits', version: 1, workspace: 'main', language: 'python', workflows: 1, tasks: 1 },
    { module: 'flows.weather', version: 1 },
  ])
  const paths = async (query: object) =>
    (await client.call(targets.list, { params, query })).items.map(({ path }) => path)
  expect(await paths({})).toEqual(['digits/compare', 'digits/train', 'flows.weather/weather'])
  expect(await paths({ search: 'MODEL trains' })).toEqual(['digits/train'])
  expect(await paths({ kind: 'task' })).toEqual(['digits/train'])
  expect(await paths({ module: 'flows.weather' })).toEqual(['flows.weather/weather'])
  const first = await client.call(targets.list, { params, query: { limit: 2 } })
  expect(first.next).toBe('digits/train')
  expect(await paths({ limit: 2, cursor: first.next })).toEqual(['flows.weather/weather'])
  expect(await client.call(targets.get, { params: { ...params, module: 'digits', target: 'train' } })).toMatchObject({
    path: 'digits/train',
    version: 1,
    inputs: ['k', 'folds'],
    parameters: [{ name: '_k' }, { name: 'folds', default: 5 }],
  })
})

test('what is not there is said, with what is', async () => {
  const get = (module: string, name: string, query: object = {}) =>
    client.call(targets.get, { params: { ...params, module, target: name }, query })
  await expect(get('digts', 'train')).rejects.toMatchObject(problem('module_not_found', /no module "digts"/))
  await expect(get('digits', 'tain')).rejects.toMatchObject(problem('target_not_found', /no target "tain"/))
  await expect(get('digits', 'train', { version: 9 })).rejects.toMatchObject(problem('module_not_found', /version 9/))
  await expect(get('digits', 'train', { workspace: 'none' })).rejects.toMatchObject({ code: 'workspace_not_found' })
})

test('a workflow target is a workflow, which nobody can draw over', async () => {
  const workflow = await client.call(workflows.get, { params: { ...params, workflow: 'compare' } })
  expect(workflow).toMatchObject({
    version: 1,
    description: 'Compares models',
    code: { module: 'digits', target: 'compare', version: 1, workspace: 'main', current: true },
    definition: { steps: { compare: { target: 'digits/compare@1' } } },
  })
  const apply = (name: string) =>
    client.call(workflows.apply, { params, body: { source: `name: ${name}\nsteps: {a: {run: 'true'}}\n` } })
  await expect(apply('compare')).rejects.toMatchObject(problem('workflow_of_code', /digits\/compare \(python\)/))
  await apply('drawn')
  await expect(register('main', manifest('other', target('drawn')))).rejects.toMatchObject(
    problem('module_conflict', /is a drawn one/),
  )
})

test('a workspace sees its own version, and no other one does', async () => {
  await client.call(workspaces.create, { params, body: { name: 'dev' } })
  expect(await register('dev', edited)).toEqual({ versions: { digits: 2 } })
  const versionIn = async (workspace: string): Promise<number> =>
    (await client.call(targets.module, { params: { ...params, module: 'digits' }, query: { workspace } })).version
  expect([await versionIn('main'), await versionIn('dev')]).toEqual([1, 2])
  const all = await client.call(targets.versions, { params: { ...params, module: 'digits' } })
  expect(all.items.map(({ version, workspace }) => `${version} ${workspace}`)).toEqual(['2 dev', '1 main'])
  const seen = async (workspace: string): Promise<number> =>
    (await client.call(workflows.get, { params: { ...params, workflow: 'compare' }, query: { workspace } })).version
  expect([await seen('main'), await seen('dev')]).toEqual([1, 2])
  const startIn = (workspace: string, version?: number) =>
    client.call(runs.start, {
      params,
      body: { workflow: 'compare', workspace, ...(version === undefined ? {} : { version }) },
    })
  expect([(await startIn('main')).version, (await startIn('dev')).version]).toEqual([1, 2])
  await expect(startIn('main', 2)).rejects.toMatchObject(
    problem('workflow_not_found', /registered in the workspace dev, which main does not see/),
  )
})

test('a run of code waits for a worker, and everything is there after a restart', async () => {
  const { id } = await client.call(runs.start, { params, body: { workflow: 'compare' } })
  await expect
    .poll(async () => (await client.call(runs.get, { params: { ...params, run: id } })).steps[0]?.why, {
      timeout: 20_000,
    })
    .toMatch(/worker/)
  await stop()
  await start()
  expect((await client.call(targets.modules, { params })).items).toHaveLength(2)
  const pinned = await client.call(runs.workflow, { params: { ...params, run: id } })
  expect(pinned.code).toMatchObject({ module: 'digits', version: 1, workspace: 'main' })
})
