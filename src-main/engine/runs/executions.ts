import { join } from 'node:path'
import { parseKey, type RunState, unitKey } from '../orchestrator/index.ts'

/** An execution whose log can be read. */
export interface LoggedExecution {
  readonly step: string
  readonly attempt: number
  readonly folder: string
  readonly startedAt: number
  readonly ended: boolean
}

/** Executions of a run, oldest first; of one step with its items, one item, or one attempt when asked for. */
export function loggedExecutions(
  run: RunState,
  runsFolder: string,
  wanted: { step?: string; attempt?: number },
): LoggedExecution[] {
  const only = wanted.step === undefined ? null : parseKey(wanted.step)
  const found: LoggedExecution[] = []
  for (const step of run.steps.values()) {
    if (only !== null && only.step !== step.step.name) continue
    for (const unit of [step, ...(step.fanOut?.units ?? [])]) {
      if (only?.index !== undefined && only.index !== unit.index) continue
      for (const execution of unit.executions) {
        if (execution.status === 'cached') continue
        if (wanted.attempt !== undefined && wanted.attempt !== execution.attempt) continue
        const index = unit.index === null ? [] : [String(unit.index)]
        found.push({
          step: unitKey(unit),
          attempt: execution.attempt,
          folder: join(runsFolder, run.id, step.step.name, ...index, String(execution.attempt)),
          startedAt: execution.startedAt ?? execution.dispatchedAt,
          ended: execution.status !== null,
        })
      }
    }
  }
  return found.sort((a, b) => a.startedAt - b.startedAt)
}

/** Whether a run has a step, or an item, of this key. */
export function hasStep(run: RunState, key: string): boolean {
  const { step, index } = parseKey(key)
  const unit = run.steps.get(step)
  return index === undefined ? unit !== undefined : unit?.fanOut?.units[index] !== undefined
}
