import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { errnoOf } from '../executors/index.ts'
import { parseKey, type RunState, type Unit, unitKey, unitsOf } from '../orchestrator/index.ts'

/** An execution whose log can be read. */
export interface LoggedExecution {
  readonly step: string
  readonly attempt: number
  readonly folder: string
  /** Name of the step's folder in that of the run; not there as long as nothing was written */
  readonly stepFolder: string
  readonly startedAt: number
  readonly ended: boolean
}

/** Executions of a run, oldest first; of one step with its items, one item, or one attempt when asked for. */
export function loggedExecutions(
  run: RunState,
  runsFolder: string,
  wanted: { step?: string; attempt?: number },
): LoggedExecution[] {
  return loggedOf(unitsOf(run), runsFolder, wanted)
}

/** The same for some units of a run. */
export function loggedOf(
  units: Iterable<Unit>,
  runsFolder: string,
  wanted: { step?: string; attempt?: number },
): LoggedExecution[] {
  const only = wanted.step === undefined ? null : parseKey(wanted.step)
  const found: LoggedExecution[] = []
  for (const unit of units) {
    const { name } = unit.step
    if (only !== null && only.step !== name) continue
    if (only?.index !== undefined && only.index !== unit.index) continue
    for (const execution of unit.executions) {
      if (execution.status === 'cached') continue
      if (wanted.attempt !== undefined && wanted.attempt !== execution.attempt) continue
      const index = unit.index === null ? [] : [String(unit.index)]
      found.push({
        step: unitKey(unit),
        attempt: execution.attempt,
        folder: join(runsFolder, unit.run.id, name, ...index, String(execution.attempt)),
        stepFolder: name,
        startedAt: execution.startedAt ?? execution.dispatchedAt,
        ended: execution.status !== null,
      })
    }
  }
  return found.sort((a, b) => a.startedAt - b.startedAt)
}

/** Those of a run's executions that may have written something: a step that has not has no folder. */
export async function written(
  executions: readonly LoggedExecution[],
  runsFolder: string,
  run: string,
): Promise<readonly LoggedExecution[]> {
  try {
    const folders = new Set(await readdir(join(runsFolder, run)))
    return executions.filter(({ stepFolder }) => folders.has(stepFolder))
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return []
    throw error
  }
}

/** Whether a run has a step, or an item, of this key. */
export function hasStep(run: RunState, key: string): boolean {
  const { step, index } = parseKey(key)
  const unit = run.steps.get(step)
  return index === undefined ? unit !== undefined : unit?.fanOut?.units[index] !== undefined
}
