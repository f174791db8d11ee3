import type { Execution, Run, RunCounts, RunStep } from '../../../../src-shared/contract/index.ts'

/** Runs and steps for tests. */
export const step = (key: string, changes: Partial<RunStep> = {}): RunStep => {
  const index = /\[(\d+)\]$/.exec(key)?.[1]
  return {
    name: key.replace(/\[\d+\]$/, ''),
    key,
    kind: 'run',
    status: 'blocked',
    why: null,
    needs: [],
    round: 1,
    executions: [],
    ...(index === undefined ? {} : { index: Number(index) }),
    ...changes,
  }
}

/** A moment some ms after the run of these tests began */
export const at = (ms: number): string => new Date(Date.UTC(2026, 10, 21, 10) + ms).toISOString()

export const execution = (attempt: number, from: number, to: number | null, changes: Partial<Execution> = {}) => ({
  id: `aaaaaaa2:x:${attempt}`,
  attempt,
  round: 1,
  status: to === null ? ('running' as const) : ('succeeded' as const),
  executor: 'process',
  startedAt: at(from),
  finishedAt: to === null ? null : at(to),
  durationMs: to === null ? null : to - from,
  ...changes,
})

export const testCounts = (changes: Partial<RunCounts> = {}): RunCounts => ({
  total: 0,
  done: 0,
  succeeded: 0,
  failed: 0,
  skipped: 0,
  cancelled: 0,
  items: { total: 0, done: 0, failed: 0, dropped: 0, cancelled: 0, calls: 0 },
  ...changes,
})

export const run = (steps: RunStep[], changes: Partial<Run> = {}): Run => ({
  id: 'aaaaaaa2',
  project: 'default',
  workspace: 'main',
  workflow: 'flow',
  version: 1,
  status: 'running',
  trigger: 'manual',
  parent: null,
  priority: 0,
  createdAt: at(0),
  startedAt: at(0),
  finishedAt: null,
  durationMs: null,
  reruns: 0,
  earlierMs: 0,
  rounds: [{ startedAt: at(0), finishedAt: null }],
  counts: testCounts({ total: 2 }),
  params: {},
  result: null,
  steps,
  ...changes,
})
