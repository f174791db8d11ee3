import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { ProblemError, type WorkflowSource } from '../../../src-shared/contract/index.ts'
import { openSqlite } from '../storage/index.ts'
import { emptyBatch, runOf } from '../storage/testing/samples.ts'
import { planOf } from './plans.ts'
import { workflowHandlers } from './routes.ts'
import { createWorkflowService } from './service.ts'

const digest = 'a'.repeat(64)
const source = (name: string, more = ''): WorkflowSource => ({
  source: `name: ${name}\nsteps: {s: {run: x}}\n${more}`,
  files: [],
})

const disposals: (() => void | Promise<void>)[] = []
afterEach(async () => {
  for (const dispose of disposals.splice(0)) await dispose()
})

/** The service on a database of its own, with these bodies in the blob store. */
function fixture(blobs: Record<string, number> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'weir-workflows-'))
  const storage = openSqlite(join(folder, 'project.db'))
  disposals.push(async () => {
    await storage.close()
    rmSync(folder, { recursive: true })
  })
  const service = createWorkflowService({
    now: () => Date.UTC(2026, 0, 1),
    blobs: { stat: (wanted) => Promise.resolve(blobs[wanted] ?? null) },
    storage,
    save: async (version) => storage.saveWorkflow(version),
    remove: async (name) => storage.deleteWorkflow(name),
  })
  return { service, storage }
}

async function problemOf(run: () => unknown): Promise<ProblemError> {
  try {
    await run()
  } catch (error) {
    if (error instanceof ProblemError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

describe('the workflows of a project', () => {
  it('are validated without being saved', async () => {
    const { service, storage } = fixture()
    expect(service.validate(source('a'))).toEqual({ valid: true, name: 'a', problems: [] })
    const bad = service.validate(source('a', 'priority: x\n'))
    expect(bad).toMatchObject({ valid: false, name: null, problems: [{ path: 'priority', line: 3 }] })
    expect(service.validate(source('a', 'outputs: {x: "${{ y }}"}\n'))).toMatchObject({ valid: false, name: 'a' })
    expect(await storage.workflows({ limit: 9 })).toEqual([])
  })

  it('are saved as versions; the same one changes nothing', async () => {
    const { service } = fixture()
    const first = await service.apply(source('a'))
    expect(first).toMatchObject({
      name: 'a',
      version: 1,
      latest: 1,
      steps: 1,
      created: true,
      updatedAt: '2026-01-01T00:00:00.000Z',
    })
    expect(first.definition.steps['s']).toEqual({ run: 'x' })
    expect(await service.apply(source('a'))).toMatchObject({ version: 1, created: false })
    expect(await service.apply(source('a', 'priority: 2\n'))).toMatchObject({ version: 2, created: true })
    expect((await service.get('a')).version).toBe(2)
    expect((await service.get('a', 1)).source).toBe(source('a').source)
  })

  it('are refused with all their problems', async () => {
    const problem = await problemOf(() => fixture().service.apply(source('a', 'priority: x\nfoo: 1\n')))
    expect(problem.toProblem()).toMatchObject({
      status: 422,
      code: 'workflow_invalid',
      field: 'body.source',
      line: 3,
      fix: expect.any(String),
    })
    expect(problem.context.problems).toHaveLength(2)
  })

  it('need the bodies of their files', async () => {
    const given = { ...source('a'), files: [{ path: 'x.py', digest, size: 3 }] }
    expect(await problemOf(() => fixture().service.apply(given))).toMatchObject({
      code: 'blob_not_found',
      context: { field: 'body.files[0]' },
    })
    expect((await problemOf(() => fixture({ [digest]: 4 }).service.apply(given))).message).toMatch(/4 bytes, not 3/)
    expect((await fixture({ [digest]: 3 }).service.apply(given)).files).toEqual(given.files)
  })

  it('are listed by pages', async () => {
    const { service } = fixture()
    for (const name of ['b', 'a', 'c']) await service.apply(source(name))
    const first = await service.list({ limit: 2 })
    expect([first.items.map((item) => item.name), first.next]).toEqual([['a', 'b'], 'b'])
    const second = await service.list({ limit: 2, cursor: 'b' })
    expect([second.items.map((item) => item.name), second.next]).toEqual([['c'], null])
    for (const priority of [1, 2, 3]) await service.apply(source('a', `priority: ${priority}\n`))
    const versions = await service.versions('a', { limit: 3 })
    expect([versions.items.map((item) => item.version), versions.next]).toEqual([[4, 3, 2], '2'])
    expect((await service.versions('a', { limit: 3, cursor: '2' })).items.map((item) => item.version)).toEqual([1])
    expect(await problemOf(() => service.versions('a', { limit: 3, cursor: 'x' }))).toMatchObject({
      code: 'bad_request',
    })
  })

  it('keep where their nodes stand, without a new version', async () => {
    const { service } = fixture()
    const layout = { s: { x: 10.5, y: -3 } }
    expect((await service.apply(source('a'))).layout).toEqual({})
    const placed = await service.apply({ ...source('a'), layout })
    expect(placed).toMatchObject({ version: 1, created: false, layout })
    expect((await service.apply(source('a'))).layout).toEqual(layout)
    expect(await service.get('a')).toMatchObject({ layout, digest: placed.digest })
    expect(await service.apply(source('a', 'priority: 2\n'))).toMatchObject({ version: 2, layout: {} })
    expect((await service.get('a', 1)).layout).toEqual(layout)
  })

  it('are not saved over a version that the caller has not seen', async () => {
    const { service } = fixture()
    await service.apply({ ...source('a'), base: 0 })
    await service.apply({ ...source('a', 'priority: 1\n'), base: 1 })
    expect(await problemOf(() => service.apply({ ...source('a', 'priority: 2\n'), base: 1 }))).toMatchObject({
      code: 'workflow_conflict',
      context: { problems: [{ version: 2 }] },
    })
    expect(await service.apply({ ...source('a', 'priority: 2\n'), base: 2 })).toMatchObject({ version: 3 })
    expect(await service.apply(source('a', 'priority: 3\n'))).toMatchObject({ version: 4 })
  })

  it('are shown with their newest run', async () => {
    const { service, storage } = fixture()
    for (const name of ['a', 'b']) await service.apply(source(name))
    const at = Date.UTC(2026, 0, 2)
    await storage.commit({
      ...emptyBatch,
      runs: [
        runOf('aaaaaaaa', { workflow: 'a', createdAt: at }),
        runOf('aaaaaaab', { workflow: 'a', createdAt: at + 1, status: 'failed', finishedAt: at + 2 }),
      ],
    })
    const lastRun = {
      id: 'aaaaaaab',
      status: 'failed',
      createdAt: '2026-01-02T00:00:00.001Z',
      finishedAt: '2026-01-02T00:00:00.002Z',
    }
    const { items } = await service.list({ limit: 9 })
    expect(items.map((item) => [item.name, item.lastRun])).toEqual([
      ['a', lastRun],
      ['b', null],
    ])
    expect((await service.get('a')).lastRun).toEqual(lastRun)
    expect((await service.apply(source('a'))).lastRun).toEqual(lastRun)
  })

  it('that are not there are said so, with what was meant', async () => {
    const { service } = fixture()
    expect((await problemOf(() => service.get('wether'))).context.fix).toMatch(/Save one first/)
    await service.apply(source('weather'))
    expect(await problemOf(() => service.get('wether'))).toMatchObject({
      code: 'workflow_not_found',
      context: { fix: 'Did you mean `weather`?' },
    })
    expect((await problemOf(() => service.get('weather', 9))).message).toMatch(/no version 9/)
    expect(await problemOf(() => service.remove('wether'))).toMatchObject({ code: 'workflow_not_found' })
    await service.remove('weather')
    expect((await service.list({ limit: 5 })).items).toEqual([])
  })

  it('are reached through the routes', async () => {
    const { service } = fixture()
    const handlers = workflowHandlers((project) =>
      project === 'p' ? Promise.resolve(service) : Promise.reject(new ProblemError('project_not_found', 'No.')),
    )
    const context = {
      actor: { name: 'a', permissions: [] },
      from: 'socket',
      idempotencyKey: null,
      signal: new AbortController().signal,
    }
    const params = { project: 'p', workflow: 'a' }
    expect(await handlers.apply({ params, query: {}, body: source('a') }, context)).toMatchObject({ created: true })
    expect(await handlers.get({ params, query: {}, body: undefined }, context)).toMatchObject({ name: 'a' })
    expect(await handlers.schema({ params: {}, query: {}, body: undefined }, context)).toMatchObject({
      title: 'weir.yaml',
    })
    expect(
      await problemOf(() =>
        handlers.get({ params: { project: 'q', workflow: 'a' }, query: {}, body: undefined }, context),
      ),
    ).toMatchObject({ code: 'project_not_found' })
  })
})

describe('planOf', () => {
  it('parses a saved version once', async () => {
    const { service, storage } = fixture()
    await service.apply(source('cached'))
    const row = await storage.workflow('cached')
    if (!row) throw new Error('not saved')
    const plan = planOf(row)
    expect(plan).toMatchObject({ name: 'cached', digest: row.digest })
    expect(planOf({ ...row })).toBe(plan)
  })

  it('says when an older definition is not understood any more', () => {
    expect(() => planOf({ name: 'old', digest: 'd', source: 'name: old\n', files: '[]' })).toThrow(
      /"old" cannot be used: `steps` is missing/,
    )
  })
})
