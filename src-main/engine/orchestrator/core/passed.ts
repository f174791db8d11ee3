import type { StepResources } from '../../workflows/index.ts'
import type { Obstacle } from './obstacle.ts'
import type { ReadyGroup } from './state.ts'
import { executorOf, wantsOf } from './units.ts'

/**
 * What one round of scheduling has found to be in the way. A thousand queued runs often wait for the same thing: they are
 * passed over together instead of one by one.
 */
export interface Passed {
  readonly groups: Set<ReadyGroup>
  readonly executors: Set<string>
  readonly keys: Set<string>
  /** What no worker takes, see {@link wantsOf}, by workspace */
  readonly targets: Set<string>
  /** Workspaces that are paused */
  readonly workspaces: Set<string>
  /** Resources that there is no room for; more than these there is not either, because a round only takes */
  readonly shapes: StepResources[]
}

export const nothingPassed = (): Passed => ({
  groups: new Set(),
  executors: new Set(),
  keys: new Set(),
  targets: new Set(),
  workspaces: new Set(),
  shapes: [],
})

/** Remembers that a group could not go, and what that says about others. */
export function pass(passed: Passed, group: ReadyGroup, obstacle: Obstacle | null): void {
  passed.groups.add(group)
  switch (obstacle?.type) {
    case 'executor':
      passed.executors.add(obstacle.executor)
      break
    case 'concurrency':
      passed.keys.add(keyOf(obstacle.key, obstacle.limit))
      break
    case 'worker':
      passed.targets.add(targetOf(group))
      break
    case 'paused':
      passed.workspaces.add(obstacle.workspace)
      break
    case 'cpus':
    case 'memory':
    case 'gpus':
    case 'turn':
      passed.shapes.push(group.step.resources)
      break
    default:
      // maxParallel belongs to one fan-out alone
      break
  }
}

/**
 * Whether a group is known not to be able to go in this round.
 * @param isOverdue then it is looked at though there is no room, so that room is kept for it
 */
export function isPassed(passed: Passed, group: ReadyGroup, isOverdue: boolean): boolean {
  if (passed.groups.has(group) || passed.executors.has(executorOf(group.step))) return true
  if (passed.workspaces.has(workspaceOf(group))) return true
  if (passed.targets.size > 0 && passed.targets.has(targetOf(group))) return true
  if (!isOverdue && hasNoRoom(passed, group)) return true
  // Items of a fan-out may have different keys.
  if (passed.keys.size === 0 || group.units.length - group.head !== 1) return false
  const key = group.units[group.head]?.resolved?.concurrencyKey ?? null
  return key !== null && passed.keys.has(keyOf(key, group.step.concurrency?.limit ?? 1))
}

/** The units of a group are in one workspace. */
const workspaceOf = (group: ReadyGroup): string => group.units[group.head]?.workspace ?? ''

const targetOf = (group: ReadyGroup): string => `${workspaceOf(group)} ${wantsOf(group.step)}`

/** Steps may name the same key with different limits. */
const keyOf = (key: string, limit: number): string => `${limit} ${key}`

/** Whether what the group asks for is at least what there was no room for. */
export function hasNoRoom({ shapes }: Passed, { step }: ReadyGroup): boolean {
  const { cpus, memoryBytes, gpus } = step.resources
  for (const shape of shapes) {
    if (cpus >= shape.cpus && memoryBytes >= shape.memoryBytes && gpus >= shape.gpus) return true
  }
  return false
}
