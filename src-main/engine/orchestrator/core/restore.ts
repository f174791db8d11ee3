import type { Plan } from '../../workflows/index.ts'
import { apply } from './apply.ts'
import type { Event } from './events.ts'
import { createState, type State } from './state.ts'

/**
 * Puts an ended run back into memory, to be looked at or opened again. It is replayed aside, because its old attempts must
 * not wake, book or overwrite anything of the runs that are going on.
 * @param events the run's journal
 */
export function restore(state: State, plan: Plan, events: Iterable<Event>): void {
  const aside = createState(state.epoch, state.capacity)
  aside.plans.set(plan.digest, plan)
  for (const event of events) apply(aside, event)
  state.nextGeneration = Math.max(state.nextGeneration, aside.nextGeneration)
  state.plans.set(plan.digest, plan)
  for (const [id, run] of aside.runs) state.runs.set(id, run)
}
