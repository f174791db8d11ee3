import { before } from './schedule.ts'
import type { ReadyGroup, State, Unit } from './state.ts'
import { targetPath, unitKey } from './units.ts'
import { createAhead, reasonText } from './why.ts'

/** Units of a run that ask for the same, and so wait for the same. */
export interface Queued {
  readonly run: string
  readonly workflow: string
  /** Identifier of the workspace in which they are to run */
  readonly workspace: string
  /** The one whose turn comes first */
  readonly step: string
  /** Of the step or function that all of them belong to */
  readonly name: string
  /** The function that a worker is to run, with its version; null for a step of another kind */
  readonly target: string | null
  readonly count: number
  readonly priority: number
  /** In words, of the first one */
  readonly why: string
  /** Since when the first one could run; ms since 1970 */
  readonly since: number
}

/** What could run and does not yet, those first that go first. Looks at the queue alone, not at steps of runs. */
export function queued(state: State): Queued[] {
  const ahead = createAhead(state)
  const found: { group: ReadyGroup; entry: Queued }[] = []
  for (const group of state.queue.values()) {
    const units = group.units.slice(group.head).filter((unit) => unit.phase === 'queued' && unit.group === group)
    const [first] = units
    if (first === undefined || first.run.cancelling !== null) continue
    found.push({ group, entry: entryOf(first, units.length, reasonText(state, first, ahead)) })
  }
  return found
    .sort((a, b) => (before(state, a.group, b.group) ? -1 : before(state, b.group, a.group) ? 1 : 0))
    .map(({ entry }) => entry)
}

const entryOf = (first: Unit, count: number, why: string): Queued => ({
  run: first.run.id,
  workflow: first.run.workflow,
  workspace: first.workspace,
  step: unitKey(first),
  name: first.step.name,
  target: targetPath(first.step),
  count,
  priority: first.run.priority + first.step.priority,
  why,
  since: first.readyAt,
})
