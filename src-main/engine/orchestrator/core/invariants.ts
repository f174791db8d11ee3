import { hasPlace } from './follow.ts'
import { bookedAt } from './ledger.ts'
import type { RunState, State, Unit } from './state.ts'
import { currentExecution, findUnit, isEnding, queueKey, unitKey, unitsOf } from './units.ts'

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
    if ((execution.worker !== null) !== (execution.executor === 'worker'))
      faults.push(`${execution.token} is out on executor ${execution.executor} with worker ${execution.worker}`)
  }
  if (Math.abs(used.cpus - state.used.cpus) > 1e-3) faults.push(`CPUs in use: ${used.cpus}, booked ${state.used.cpus}`)
  if (used.memoryBytes !== state.used.memoryBytes) faults.push('memory in use differs from what is booked')
  if (used.gpus !== state.used.gpus) faults.push('GPUs in use differ from what is booked')
  if (used.cpus > state.capacity.cpus + 1e-3) faults.push(`${used.cpus} CPUs are in use of ${state.capacity.cpus}`)
  for (const [key, count] of state.concurrency) if (count <= 0) faults.push(`concurrency key ${key} counts ${count}`)
  faults.push(...workerViolations(state), ...deferralViolations(state))
  for (const run of state.runs.values()) faults.push(...runViolations(state, run))
  if (state.followUps.length > 0) faults.push('follow-ups were left undone')
  return faults
}

/** That no more is handed out than was offered, the schedules' audit checks: an offer may shrink, and what waited goes on. */
function workerViolations(state: State): string[] {
  const faults: string[] = []
  for (const [name, { used, shared }] of state.workers) {
    const booked = bookedAt(state, name)
    if (booked.used !== used) faults.push(`worker ${name} holds ${booked.used} executions, counted ${used}`)
    if (booked.shared !== shared) faults.push(`worker ${name} holds ${booked.shared} shared ones, counted ${shared}`)
  }
  return faults
}

function deferralViolations(state: State): string[] {
  const faults: string[] = []
  for (const [key, unit] of state.deferrals) {
    const at = `${unit.run.id}:${unitKey(unit)}`
    if (unit.call?.defer !== key) faults.push(`${at} would be replaced by calls of another key, ${key}`)
    if (unit.phase === 'done') faults.push(`${at} has ended and would be replaced by calls of ${key}`)
    if (state.runs.get(unit.run.id) !== unit.run) faults.push(`${at} would be replaced, and its run is gone`)
  }
  return faults
}

function runViolations(state: State, run: RunState): string[] {
  const faults: string[] = []
  let open = 0
  let active = 0
  let waiting = 0
  let calls = 0
  for (const unit of unitsOf(run)) {
    if ((unit.call !== null || (unit.parent === null && !unit.grows)) && unit.phase !== 'done') open += 1
    if (currentExecution(unit) !== undefined) active += 1
    if (unit.phase === 'ready' || unit.phase === 'queued' || unit.phase === 'cachePending') waiting += 1
    if (unit.call !== null) calls += 1
    faults.push(...unitViolations(state, unit))
  }
  const where = `run ${run.id}`
  if (open !== run.open) faults.push(`${where}: ${open} steps are open, counted ${run.open}`)
  if (active !== run.active) faults.push(`${where}: ${active} executions are out, counted ${run.active}`)
  if (waiting !== run.waiting) faults.push(`${where}: ${waiting} units wait, counted ${run.waiting}`)
  if (calls !== run.calls) faults.push(`${where}: ${calls} calls were made, counted ${run.calls}`)
  if (run.finished !== null && open > 0) faults.push(`${where} has ended with ${open} open steps`)
  if (run.finished !== null && active > 0) faults.push(`${where} has ended with ${active} executions out`)
  return faults
}

function unitViolations(state: State, unit: Unit): string[] {
  const at = `${unit.run.id}:${unitKey(unit)} (${unit.phase})`
  const faults: string[] = []
  for (const [index, { attempt }] of unit.executions.entries()) {
    if (attempt !== index + 1) faults.push(`${at}: its attempts are not numbered one by one`)
  }
  const isExecuted = unit.step.kind === 'run' || unit.step.kind === 'target'
  const successes = unit.executions.filter((execution) => execution.status === 'succeeded')
  const takesOver = unit.fanOut !== null || unit.follows !== null
  if (unit.outcome === 'succeeded' && isExecuted && !takesOver && successes.length === 0) {
    faults.push(`${at}: succeeded without a successful execution`)
  }
  if (unit.fanOut !== null) faults.push(...fanOutViolations(unit).map((fault) => `${at}: ${fault}`))
  const next = nextAction(state, unit) ?? endViolation(state, unit)
  if (next !== null) faults.push(`${at}: ${next}`)
  return faults
}

function fanOutViolations({ fanOut, grows, phase }: Unit): string[] {
  const units = fanOut?.units ?? []
  const done = units.filter((item) => item.phase === 'done').length
  const failed = units.filter((item) => item.outcome === 'failed').length
  const faults: string[] = []
  if (done !== fanOut?.done) faults.push(`${done} items have ended, counted ${fanOut?.done}`)
  if (failed !== fanOut?.failed) faults.push(`${failed} items have failed, counted ${fanOut?.failed}`)
  if (grows && (phase === 'done') !== (done === units.length))
    faults.push(`${done} of ${units.length} calls have ended`)
  if (!grows && phase === 'done' && done < units.length) faults.push(`ended with ${units.length - done} open items`)
  return faults
}

/** What is to end must be on its way there. */
function endViolation(state: State, unit: Unit): string | null {
  const { phase, again } = unit
  if (again !== null && phase !== 'cancelling' && phase !== 'child') return 'is to run again, and nothing of it ends'
  if (phase === 'done' || phase === 'cancelling' || !isEnding(unit)) return null
  if (phase === 'items') return null
  const child = phase === 'child' && unit.child !== null ? state.runs.get(unit.child) : undefined
  return child?.cancelling != null ? null : 'is to end, and nothing ends it'
}

/** Null when something will move this unit on; otherwise what is missing. */
function nextAction(state: State, unit: Unit): string | null {
  switch (unit.phase) {
    case 'done':
      return unit.outcome === null ? 'ended without an outcome' : null
    case 'blocked':
      return blockedBy(unit)
    case 'ready':
      return unit.call?.refs.some((ref) => ref.phase !== 'done') === true ? 'is given a result that is not there' : null
    case 'queued': {
      const group = state.queue.get(queueKey(unit))
      return unit.group === group && group?.units.includes(unit, group.head) ? null : 'not in the queue'
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
      return suspendedBy(unit)
    case 'following': {
      const { follows } = unit
      const newer = follows === null ? undefined : findUnit(state, follows.run, follows.step, follows.index)
      if (newer === undefined || newer.phase === 'done') return 'follows nothing that goes on'
      return newer.watchers?.has(unit) === true ? null : 'does not hear of the end of what it follows'
    }
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

function blockedBy(unit: Unit): string | null {
  if (unit.call !== null) {
    const open = unit.call.refs.filter((ref) => ref.phase !== 'done')
    if (open.length !== unit.missing) return `counts ${unit.missing} missing results, has ${open.length}`
    if (open.some((ref) => ref.referrers?.includes(unit) !== true)) return 'does not hear of a result that it needs'
    return open.length === 0 ? 'blocked by nothing' : null
  }
  if (unit.parent !== null) return hasPlace(unit) ? 'an item is blocked by nothing' : null
  const open = unit.step.needs.filter((need) => unit.run.steps.get(need)?.phase !== 'done')
  if (open.length !== unit.missing) return `counts ${unit.missing} missing needs, has ${open.length}`
  return open.length === 0 ? 'blocked by nothing' : null
}

function suspendedBy(unit: Unit): string | null {
  const steps = unit.resumeOn?.steps ?? []
  const open = steps.filter((other) => other.phase !== 'done')
  if (open.some((other) => other.watchers?.has(unit) !== true)) return 'does not hear of the end of what it waits for'
  const isOver = steps.length > 0 && (unit.resumeOn?.mode === 'any' ? open.length < steps.length : open.length === 0)
  if (isOver) return 'what it waits for has ended'
  return open.length === 0 && unit.wakeAt === null ? 'waits for nothing' : null
}
