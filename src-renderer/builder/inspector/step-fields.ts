import type { NodeKind } from '../../graph/types.ts'

/** Which fields belong to which kind of step (docs/workflow.md, "Steps"). */

const ALL = ['description', 'needs', 'when', 'inputs', 'forEach', 'timeout', 'concurrency', 'priority'] as const
const OF_RUN = [...ALL, 'retry', 'image', 'env', 'workdir', 'files', 'outputs', 'cache', 'resources'] as const

const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  run: OF_RUN,
  target: [...ALL, 'retry', 'cache'],
  workflow: [...ALL, 'retry'],
  approval: ALL,
  sleep: ALL,
}

/** Fields that a step of a kind may have; while it has none, all. */
export const fieldsOfKind = (kind: NodeKind): readonly string[] => ALLOWED[kind] ?? OF_RUN

export type StepKind = 'run' | 'target' | 'workflow' | 'approval' | 'sleep'
export const STEP_KINDS: readonly StepKind[] = ['run', 'target', 'workflow', 'approval', 'sleep']

export const KIND_WORDS: Readonly<Record<StepKind, string>> = {
  run: 'Command',
  target: 'Code',
  workflow: 'Workflow',
  approval: 'Approval',
  sleep: 'Sleep',
}
