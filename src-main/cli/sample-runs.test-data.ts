import pico from 'picocolors'
import type { Execution, Run, RunCounts, RunStep } from '../../src-shared/contract/index.ts'

export const plain = pico.createColors(false)
const START = '2026-11-21T10:00:00.000Z'
export const at = (seconds: number): string => new Date(Date.parse(START) + seconds * 1000).toISOString()

export const execution = (fields: Partial<Execution> = {}): Execution => ({
  id: 'k3m9abcd:fit:1',
  attempt: 1,
  round: 1,
  status: 'succeeded',
  executor: 'process',
  startedAt: at(0),
  finishedAt: at(2),
  durationMs: 2000,
  ...fields,
})

export const step = (name: string, fields: Partial<RunStep> = {}): RunStep => ({
  name,
  key: fields.index === undefined ? name : `${name}[${fields.index}]`,
  kind: 'run',
  status: 'succeeded',
  why: null,
  needs: [],
  round: 1,
  executions: [],
  ...fields,
})

export const counts = (fields: Partial<RunCounts> = {}): RunCounts => ({
  total: 0,
  done: 0,
  succeeded: 0,
  failed: 0,
  skipped: 0,
  cancelled: 0,
  items: { total: 0, done: 0, failed: 0, dropped: 0, cancelled: 0, calls: 0 },
  ...fields,
})

export const run = (steps: RunStep[], fields: Partial<Run> = {}): Run => ({
  id: 'k3m9abcd',
  project: 'default',
  workspace: 'main',
  workflow: 'weather',
  version: 3,
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
  counts: counts({ total: steps.length }),
  params: {},
  result: null,
  steps,
  ...fields,
})
