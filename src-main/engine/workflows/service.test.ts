import { describe, expect, it } from 'vitest'
import { ProblemError, type WorkflowSource } from '../../../src-shared/contract/index.ts'
import type { NewWorkflowVersion, WorkflowRow } from '../storage/index.ts'
import { planOf } from './plans.ts'
import { workflowHandlers } from './routes.ts'
import { createWorkflowService } from './service.ts'

const digest = 'a'.repeat(64)
const source = (name: string, more = ''): WorkflowSource => ({
  source: `name: ${name}\nsteps: {s: {run: x}}\n${more}`,
  files: [],
})

/** Versions in memory, with the answers that the storage promises; its own suite tests the real ones. */
function fixture(blobs: Record<string, number> = {}) {
  const rows: WorkflowRow[] = []
  const newest = (name: string) => rows.filter((row) => row.name === name).at(-1) ?? null
  const service = createWorkflowService({
    now: () => Date.UTC(2026, 0, 1),
    blobs: { stat: (wanted) => Promise.resolve(blobs[wanted] ?? null) },
    storage: {
      workflow: (name, version) =>
        version === undefined
          ? newest(name)
          : (rows.find((row) => row.name === name && row.version === version) ?? null),
      workflowByDigest: (wanted) => rows.find((row) => row.digest === wanted) ?? null,
      workflows: ({ search = '', afterName = '', limit }) =>
        [...new Set(rows.map((row) => row.name))]
          .filter((name) => name.includes(search) && name > afterName)
          .sort()
          .slice(0, limit)
          .flatMap((name) => newest(name) ?? []),
      workflowVersions: (name, before, limit) =>
        rows
          .filter((row) => row.name === name && (before === null || row.version < before))
          .reverse()
          .slice(0, limit),
    },
    save: (version: NewWorkflowVersion) => {
      const last = newest(version.name)
      if (last?.digest === version.digest) return Promise.resolve({ version: last, created: false })
      const row = {
        ...version,
        version: (last?.version ?? 0) + 1,
        latest: (last?.version ?? 0) + 1,
        createdAt: last?.createdAt ?? version.at,
      }
      rows.push(row)
      return Promise.resolve({ version: row, created: true })
    },
    remove: (name) => {
      const found = rows.filter((row) => row.name === name)
      for (const row of found) rows.splice(rows.indexOf(row), 1)
      return Promise.resolve(found.length > 0)
    },
  })
  return { service, rows }
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
  it('are validated without being saved', () => {
    const { service, rows } = fixture()
    expect(service.validate(source('a'))).toEqual({ valid: true, name: 'a', problems: [] })
    const bad = service.validate(source('a', 'priority: x\n'))
    expect(bad).toMatchObject({ valid: false, name: null, problems: [{ path: 'priority', line: 3 }] })
    expect(service.validate(source('a', 'outputs: {x: "${{ y }}"}\n'))).toMatchObject({ valid: false, name: 'a' })
    expect(rows).toEqual([])
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
    const { service, rows } = fixture()
    await service.apply(source('cached'))
    const [row] = rows
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
