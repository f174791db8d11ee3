import { hasPlace } from './follow.ts'
import { currentExecution, queueKey, type RunState, type State, type Unit, unitKey, unitsOf } from './state.ts'

/**
 * What must hold after every command. Each entry is a sentence about a fault; an empty list is health.
 *
 * The first one is the promise of the product: every run that has not ended has a next action, be it something that
 * runs, a named thing that is waited for, or a place in the queue.
 */
export function violations(state: State): string[] {
  const faults: string[] = []
  const used = { cpus: 0, memoryBytes: 0, gpus: 0 }
  for (const { unit, execution } of state.executions.values()) {
    used.cpus += unit.step.resources.cpus
    used.memoryBytes += unit.step.resources.memoryBytes
    used.gpus += unit.step.resources.gpus
    if (execution.status !== null) faults.push(`${execution.token} is out and has ended`)
    if (execution.workspace !== unit.workspace)
      faults.push(`${execution.token} is out in another workspace than its unit`)
    if (currentExecution(unit) !== execution) faults.push(`${execution.token} is out and not current`)
  }
  if (Math.abs(used.cpus - state.used.cpus) > 1e-3) faults.push(`CPUs in use: ${used.cpus}, booked ${state.used.cpus}`)
  if (used.memoryBytes !== state.used.memoryBytes) faults.push('memory in use differs from what is booked')
  if (used.gpus !== state.used.gpus) faults.push('GPUs in use differ from what is booked')
  if (used.cpus > state.capacity.cpus + 1e-3) faults.push(`${used.cpus} CPUs are in use of ${state.capacity.cpus}`)
  for (const [key, count] of state.concurrency) if (count <= 0) faults.push(`concurrency key ${key} counts ${count}`)
  for (const run of state.runs.values()) faults.push(...runViolations(state, run))
  if (state.followUps.length > 0) faults.push('follow-ups were left undone')
  return faults
}

function runViolations(state: State, run: RunState): string[] {
  const faults: string[] = []
  let open = 0
  let active = 0
  let waiting = 0
  for (const unit of unitsOf(run)) {
    if ((unit.call !== null || (unit.parent === null && !unit.grows)) && unit.phase !== 'done') open += 1
    if (currentExecution(unit) !== undefined) active += 1
    if (unit.phase === 'ready' || unit.phase === 'queued' || unit.phase === 'cachePending') waiting += 1
    faults.push(...unitViolations(state, unit))
  }
  const where = `run ${run.id}`
  if (open !== run.open) faults.push(`${where}: ${open} steps are open, counted ${run.open}`)
  if (active !== run.active) faults.push(`${where}: ${active} executions are out, counted ${run.active}`)
  if (waiting !== run.waiting) faults.push(`${where}: ${waiting} units wait, counted ${run.waiting}`)
  if (run.finished !== null && open > 0) faults.push(`${where} has ended with ${open} open steps`)
  if (run.finished !== null && active > 0) faults.push(`${where} has ended with ${active} executions out`)
  return faults
}

function unitViolations(state: State, unit: Unit): string[] {
  const at = `${unit.run.id}:${unitKey(unit)} (${unit.phase})`
  const faults: string[] = []
  const attempts = unit.executions.map((execution) => execution.attempt)
  if (new Set(attempts).size !== attempts.length) faults.push(`${at}: an attempt number is used twice`)
  const successes = unit.executions.filter((execution) => execution.status === 'succeeded')
  if (unit.outcome === 'succeeded' && unit.step.kind === 'run' && unit.fanOut === null && successes.length === 0) {
    faults.push(`${at}: succeeded without a successful execution`)
  }
  const next = nextAction(state, unit)
  if (next !== null) faults.push(`${at}: ${next}`)
  return faults
}

/** Null when something will move this unit on; otherwise what is missing. */
function nextAction(state: State, unit: Unit): string | null {
  switch (unit.phase) {
    case 'done':
      return unit.outcome === null ? 'ended without an outcome' : null
    case 'blocked': {
      if (unit.call !== null) {
        const open = unit.call.refs.filter((ref) => ref.phase !== 'done').length
        if (open !== unit.missing) return `counts ${unit.missing} missing results, has ${open}`
        return open === 0 ? 'blocked by nothing' : null
      }
      if (unit.parent !== null) return hasPlace(unit) ? 'an item is blocked by nothing' : null
      const open = unit.step.needs.filter((need) => unit.run.steps.get(need)?.phase !== 'done')
      if (open.length !== unit.missing) return `counts ${unit.missing} missing needs, has ${open.length}`
      return open.length === 0 ? 'blocked by nothing' : null
    }
    case 'ready':
      return null
    case 'queued': {
      const group = state.queue.get(queueKey(unit))
      return group?.units.includes(unit, group.head) ? null : 'not in the queue'
    }
    case 'dispatched':
    case 'running':
    case 'cancelling': {
      const execution = currentExecution(unit)
      return execution !== undefined && state.executions.has(execution.token) ? null : 'has no execution that is out'
    }
    case 'retry':
    case 'sleeping':
      return unit.wakeAt === null ? 'nothing wakes it' : null
    case 'suspended':
      if (unit.wakeAt !== null) return null
      return unit.resumeOn?.steps.some((other) => other.phase !== 'done') === true ? null : 'waits for nothing'
    case 'following':
      return unit.follows !== null && unit.follows.phase !== 'done' ? null : 'follows nothing that goes on'
    case 'approval':
      return unit.message === null ? 'asks nothing' : null
    case 'child': {
      const child = unit.child === null ? undefined : state.runs.get(unit.child)
      return child === undefined || child.finished !== null ? 'waits for a child that is not there' : null
    }
    case 'cachePending':
      return state.producers.has(unit.awaits?.key ?? '') ? null : 'waits for a result that nobody makes'
    case 'items':
      return unit.fanOut !== null && unit.fanOut.done < unit.fanOut.units.length ? null : 'has no open item'
  }
}
