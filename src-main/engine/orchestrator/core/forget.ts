import type { State, Unit } from './state.ts'
import type { Timer } from './timers.ts'
import { currentExecution } from './units.ts'

/** Timers of what has ended hold their runs in memory until they are due: from this many on they are dropped. */
const TIMERS_KEPT = 1_000

/** Takes a run that has ended out of memory. */
export function forget(state: State, id: string): void {
  const run = state.runs.get(id)
  if (run === undefined) return
  state.runs.delete(id)
  if (state.timers.size > state.pruneTimersAt) {
    state.timers.prune((timer) => isDue(state, timer))
    state.pruneTimersAt = Math.max(TIMERS_KEPT, 2 * state.timers.size)
  }
  for (const other of state.runs.values()) if (other.plan.digest === run.plan.digest) return
  state.plans.delete(run.plan.digest)
}

/** Whether something will follow when the timer is due. */
function isDue(state: State, { kind, target, token, at }: Timer<Unit>): boolean {
  if (state.runs.get(target.run.id) !== target.run) return false
  return kind === 'wake' ? target.wakeAt === at : currentExecution(target)?.token === token
}
