import { type Json, ProblemError } from '../../../../src-shared/contract/index.ts'
import {
  type Command,
  findUnit,
  notAgain,
  place,
  type RunState,
  type State,
  stepStatus,
  type Unit,
  unitKey,
} from '../core/index.ts'
import { parseKey } from '../parse-key.ts'

/** What people ask of single steps while their run goes on. */

interface Turns {
  readonly state: State
  post(command: Command): Promise<void>
}

/** Who knows which workspace something may run again in. */
interface Reruns {
  forRerun(units: readonly Unit[], name: string | null, act: (id: string) => Promise<void>): Promise<void>
}

function unitOf(state: State, run: string, key: string): Unit {
  const { step, index } = parseKey(key)
  const unit = findUnit(state, run, step, index)
  if (unit !== undefined) return unit
  throw new ProblemError('step_not_found', `run ${run} has no step ${key}`, {
    field: 'step',
    fix: `see its steps with: weir run inspect ${run}`,
  })
}

/** Ends a step, an item or a call with what it called; of what holds the calls of a target, those that are open. */
export async function cancelStep(orchestrator: Turns, id: string, key: string, by: string): Promise<void> {
  const { state } = orchestrator
  const run = state.runs.get(id)
  if (run === undefined || run.finished !== null) {
    throw new ProblemError('run_finished', `run ${id} has ended: nothing of it can be cancelled`)
  }
  const unit = unitOf(state, id, key)
  const units = unit.grows ? (unit.fanOut?.units ?? []) : [unit]
  const open = units.filter(({ phase }) => phase !== 'done')
  if (open.length === 0) {
    throw new ProblemError('step_finished', `step ${key} of run ${id} has ended: it is ${stepStatus(unit)}`)
  }
  await orchestrator.post({ type: 'step.cancel', units: open.map(place), by })
}

/**
 * Runs a call again while its run goes on. False when the key names none: then the run has to end first.
 * @throws ProblemError run_not_finished when it cannot run again now
 */
export async function rerunCall(
  orchestrator: Turns,
  workspaces: Reruns,
  asked: { run: RunState; from: string; by: string; workspace: string | null },
): Promise<boolean> {
  const { run, from, by, workspace } = asked
  if (from === 'failed' || from === 'start') return false
  const unit = unitOf(orchestrator.state, run.id, from)
  const refusal = notAgain(unit)
  if (refusal !== null) {
    throw new ProblemError('run_not_finished', `step ${from} of run ${run.id} cannot run again now: ${refusal}`, {
      fix: unit.grows
        ? `run one of its calls again: weir run rerun ${run.id} --from '${from}[0]'`
        : 'wait for the end of the run, or cancel it first',
    })
  }
  if (unit.call === null) return false
  await workspaces.forRerun([unit], workspace, (chosen) =>
    orchestrator.post({ type: 'step.rerun', unit: place(unit), by, workspace: chosen }),
  )
  return true
}

/** A question that waits for a person. */
export interface Waiting {
  readonly run: string
  readonly workflow: string
  /** Identifier of the workspace */
  readonly workspace: string
  readonly step: string
  readonly message: string
  readonly form: Record<string, Json>
  /** ms since 1970 */
  readonly since: number
  readonly by?: string
}

/** What waits for an answer in all runs that go on, the longest wait first. Looks at steps that ask, and at no others. */
export function questions(state: State): Waiting[] {
  const found: Waiting[] = []
  for (const run of state.runs.values()) {
    if (run.finished !== null || run.cancelling !== null) continue
    for (const step of run.steps.values()) {
      if (step.step.kind !== 'approval') continue
      for (const unit of step.fanOut?.units ?? [step]) {
        if (unit.phase === 'approval') found.push(question(unit))
      }
    }
  }
  return found.sort((a, b) => a.since - b.since)
}

const question = (unit: Unit): Waiting => ({
  run: unit.run.id,
  workflow: unit.run.workflow,
  workspace: unit.run.workspace,
  step: unitKey(unit),
  message: unit.message ?? '',
  form: { ...unit.step.approval?.form } as Record<string, Json>,
  since: unit.beganAt ?? unit.run.createdAt,
  ...(unit.call === null ? {} : { by: unitKey(unit.call.by) }),
})
