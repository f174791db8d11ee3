import type { Execution, Run, RunStep } from '../../../../src-shared/contract/index.ts'

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
  status: to === null ? ('running' as const) : ('succeeded' as const),
  executor: 'process',
  startedAt: at(from),
  finishedAt: to === null ? null : at(to),
  durationMs: to === null ? null : to - from,
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
  counts: { total: 2, done: 0, failed: 0, dropped: 0 },
  params: {},
  result: null,
  steps,
  ...changes,
})
