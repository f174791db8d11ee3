import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { ProjectStorage, RunQuery, RunRow } from '../storage.ts'
import type { SuiteContext } from './context.ts'
import { emptyBatch, runOf } from './samples.ts'

export function runsSuite({ storage }: SuiteContext): void {
  it('creates and changes the line of a run', async () => {
    const created = runOf('aaaaaaaa', { status: 'queued', startedAt: null })
    await storage().commit({ ...emptyBatch, runs: [created] })
    expect(await storage().run('aaaaaaaa')).toEqual(created)
    const ended: RunRow = {
      ...created,
      status: 'failed',
      startedAt: 5,
      finishedAt: 9,
      total: 4,
      done: 4,
      succeeded: 2,
      failed: 1,
      skipped: 1,
      items: 9,
      itemsDone: 8,
      itemsFailed: 3,
      dropped: 2,
      itemsCancelled: 2,
      calls: 6,
      reruns: 1,
      earlierMs: 70,
    }
    await storage().commit({ ...emptyBatch, runs: [{ ...created, status: 'running' }, ended] })
    expect(await storage().run('aaaaaaaa')).toEqual(ended)
    expect(await storage().run('bbbbbbbb')).toBeNull()
  })

  it('names active runs, oldest first, also one that runs again', async () => {
    const statuses = RUN_STATUSES.map((status, n) => runOf(`run${n}`, { status, createdAt: 100 - n }))
    await storage().commit({ ...emptyBatch, runs: statuses })
    expect(await storage().activeRuns()).toEqual(['run3', 'run2', 'run1', 'run0'])
    await storage().commit({
      ...emptyBatch,
      runs: [runOf('run4', { status: 'running', createdAt: 96, finishedAt: null })],
    })
    expect(await storage().activeRuns()).toEqual(['run4', 'run3', 'run2', 'run1', 'run0'])
  })

  it('pages through runs with every filter, newest first, each once', async () => {
    const oneRun = fc.record({
      createdAt: fc.integer({ min: 0, max: 6 }),
      workflow: fc.constantFrom('a', 'b'),
      status: fc.constantFrom(...RUN_STATUSES),
      trigger: fc.constantFrom(...RUN_TRIGGERS),
    })
    const filter = fc.record(
      {
        workflow: fc.constantFrom('a', 'b', 'none'),
        statuses: fc.uniqueArray(fc.constantFrom(...RUN_STATUSES)),
        triggers: fc.uniqueArray(fc.constantFrom(...RUN_TRIGGERS)),
        search: fc.constantFrom('', 'A', 'b', '_', '%', 'n1', 'r', 'R'),
        since: fc.integer({ min: -1, max: 7 }),
        until: fc.integer({ min: -1, max: 7 }),
      },
      { requiredKeys: [] },
    )
    let round = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(oneRun, { maxLength: 25 }),
        filter,
        fc.integer({ min: 1, max: 7 }),
        async (made, by, limit) => {
          round += 1
          const rows = made.map((fields, n) =>
            runOf(`r${round}n${n}`, {
              ...fields,
              workflow: `${fields.workflow}${round}`,
              createdAt: fields.createdAt + round * 10,
            }),
          )
          await storage().commit({ ...emptyBatch, runs: rows })
          const query = {
            ...by,
            ...(by.workflow === undefined ? {} : { workflow: `${by.workflow}${round}` }),
            ...(by.since === undefined ? {} : { since: by.since + round * 10 }),
            ...(by.until === undefined ? {} : { until: by.until + round * 10 }),
          }
          const expected = rows
            .filter((row) => query.workflow === undefined || row.workflow === query.workflow)
            .filter((row) => query.statuses === undefined || query.statuses.includes(row.status))
            .filter((row) => query.triggers === undefined || query.triggers.includes(row.trigger))
            .filter((row) => query.since === undefined || row.createdAt >= query.since)
            .filter((row) => query.until === undefined || row.createdAt < query.until)
            .filter((row) => isFound(row, query.search))
            .sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1))
          const listed = await allPages(storage(), query, limit)
          expect(listed.filter((row) => row.id.startsWith(`r${round}n`))).toEqual(expected)
          expect(new Set(listed.map((row) => row.id)).size).toBe(listed.length)
        },
      ),
      { numRuns: 100 },
    )
  })
}

const RUN_STATUSES = ['queued', 'running', 'waiting', 'cancelling', 'succeeded', 'failed', 'cancelled'] as const
const RUN_TRIGGERS = ['manual', 'parent', 'rerun'] as const

const isFound = (row: RunRow, search = ''): boolean => {
  const text = search.toLowerCase()
  return row.workflow.toLowerCase().includes(text) || row.id.toLowerCase().startsWith(text)
}

async function allPages(storage: ProjectStorage, query: Omit<RunQuery, 'limit'>, limit: number): Promise<RunRow[]> {
  const rows: RunRow[] = []
  for (;;) {
    const last = rows.at(-1)
    const after = last === undefined ? {} : { after: { createdAt: last.createdAt, id: last.id } }
    const page = await storage.runs({ ...query, ...after, limit })
    rows.push(...page)
    if (page.length < limit) return rows
  }
}
