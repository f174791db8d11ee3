import { assertNever, type Failure } from '../../../../src-shared/contract/index.ts'
import { apply } from './apply.ts'
import { takeCached } from './cached.ts'
import { lineOf } from './called.ts'
import { call, cancelCalls, cancelSteps, rerunStep } from './calls.ts'
import type { CacheHit, Command, Finish, Resolution } from './commands.ts'
import { EMPTY, type Event, type ExecutionFinished, type ValueRef } from './events.ts'
import { cancelRun, followUp } from './follow.ts'
import { setWaiting } from './ledger.ts'
import { impossible } from './obstacle.ts'
import { reopen } from './reopen.ts'
import { type FailureKind, hasAttemptLeft, LOSSES_LIMIT, retries, retryDelay } from './retry.ts'
import { enqueue, schedule } from './schedule.ts'
import type { Resolved, RunState, State, Unit } from './state.ts'
import { surroundingsChanged } from './surroundings.ts'
import type { Turn } from './turn.ts'
import { currentExecution, findUnit, isEnding, nextAttempt, place } from './units.ts'
import { asRecord } from './view.ts'

/**
 * Decides what a command means and advances the state. Pure but for the state that it owns: the same state, command
 * and moment always give the same events. What the outside must do stands in `state.effects`.
 */
export function handle(state: State, command: Command, now: number): Event[] {
  const { turn, events } = openTurn(state, now)
  decide(turn, command)
  settle(turn)
  return events
}

/** After a replay: asks every unit what follows, takes executions back, and ends in the state that a live engine has. */
export function recover(state: State, now: number): Event[] {
  state.effects = []
  state.followUps = []
  for (const { unit, execution } of state.executions.values()) {
    state.effects.push({ type: 'adopt', unit, execution })
    if (execution.cancelling !== null) state.effects.push({ type: 'kill', unit, execution })
  }
  for (const run of state.runs.values()) {
    state.followUps.push(run)
    for (const unit of run.steps.values()) state.followUps.push(unit, ...(unit.fanOut?.units ?? []))
  }
  const { turn, events } = openTurn(state, now)
  settle(turn)
  return events
}

function openTurn(state: State, now: number): { turn: Turn; events: Event[] } {
  const events: Event[] = []
  const emit = (event: Event): void => {
    apply(state, event)
    events.push(event)
  }
  return { turn: { state, now, emit }, events }
}

function settle(turn: Turn): void {
  const { state } = turn
  // Whose turn it is may find that its result was made meanwhile, and end at once: then others follow again.
  do {
    for (let index = 0; index < state.followUps.length; index++) {
      const next = state.followUps[index]
      if (next !== undefined) followUp(turn, next)
    }
    state.followUps = []
    schedule(turn)
  } while (state.followUps.length > 0)
}

function decide(turn: Turn, command: Command): void {
  const { state } = turn
  switch (command.type) {
    case 'run.create':
      return createRun(turn, command)
    case 'run.cancel': {
      const run = state.runs.get(command.run)
      if (run !== undefined) cancelRun(turn, run, command.by, command.reason)
      return
    }
    case 'run.reopen': {
      const run = state.runs.get(command.run)
      if (run !== undefined) reopen(turn, run, command)
      return
    }
    case 'unit.resolved': {
      const unit = findUnit(state, command.run, command.step, command.index)
      if (unit?.phase === 'ready' && unit.generation === command.generation) resolved(turn, unit, command.outcome)
      return
    }
    case 'run.resolved': {
      const run = state.runs.get(command.run)
      if (run !== undefined) finishRun(turn, run, command.outcome)
      return
    }
    case 'approval.answer':
      return answer(turn, command)
    case 'step.call':
      return call(turn, command)
    case 'step.cancel':
      return cancelSteps(turn, command.units, command.by)
    case 'step.rerun':
      return rerunStep(turn, command)
    case 'execution.waiting':
    case 'execution.assets':
    case 'execution.suspended':
    case 'execution.started':
    case 'execution.finished':
    case 'execution.lost':
      return reported(turn, command)
    case 'worker':
    case 'executor.availability':
    case 'capacity':
    case 'room':
    case 'workspaces':
      return surroundingsChanged(state, command)
    case 'clock.jumped':
      state.timers.shift('timeout', command.byMs)
      return
    case 'tick':
      return tick(turn)
    default:
      assertNever(command)
  }
}

type Of<T extends Command['type']> = Extract<Command, { type: T }>

/** What executors say about executions. */
function reported(
  turn: Turn,
  command: Of<
    | 'execution.waiting'
    | 'execution.assets'
    | 'execution.suspended'
    | 'execution.started'
    | 'execution.finished'
    | 'execution.lost'
  >,
): void {
  const { state } = turn
  switch (command.type) {
    case 'execution.waiting': {
      const held = state.executions.get(command.token)
      if (held !== undefined) setWaiting(state, held, command.waiting)
      return
    }
    case 'execution.assets': {
      const held = state.executions.get(command.token)
      if (held === undefined) return
      const { token, assets } = command
      return turn.emit({ type: 'execution.assets', ...place(held.unit), at: turn.now, token, assets })
    }
    case 'execution.suspended':
      return suspended(turn, command)
    case 'execution.started':
      return started(turn, command)
    case 'execution.finished':
      return finished(turn, command.token, command)
    case 'execution.lost':
      return lost(turn, command.token, command.reason)
  }
}

/** It gave up its process until other steps have ended. When its end was ordered meanwhile, this is it. */
function suspended(turn: Turn, command: Of<'execution.suspended'>): void {
  const held = turn.state.executions.get(command.token)
  if (held === undefined) return stale(turn, command.token, 'suspended')
  if (held.execution.cancelling !== null) return finished(turn, command.token, { status: 'cancelled' })
  const { token, steps, mode, delayMs } = command
  const until = delayMs === null ? null : turn.now + delayMs
  turn.emit({
    type: 'execution.finished',
    ...place(held.unit),
    at: turn.now,
    token,
    status: 'suspended',
    awaits: { steps, mode, until },
  })
}

function createRun(turn: Turn, command: Of<'run.create'>): void {
  const { state, now } = turn
  if (command.parent !== null) {
    const parent = findUnit(state, command.parent.run, command.parent.step, command.parent.index)
    if (parent?.phase !== 'ready' || parent.generation !== command.generation) return
  }
  state.plans.set(command.plan.digest, command.plan)
  turn.emit({
    type: 'run.created',
    run: command.run,
    at: now,
    workflow: command.workflow,
    version: command.version,
    plan: command.plan.digest,
    workspace: command.workspace,
    params: command.params,
    secrets: command.secrets,
    priority: command.priority,
    trigger: command.trigger,
    parent: command.parent,
    ...(command.keep === undefined ? {} : { keep: command.keep }),
  })
  if (command.parent === null) return
  turn.emit({ type: 'step.waiting', ...command.parent, at: now, for: 'child', child: command.run })
}

function resolved(turn: Turn, unit: Unit, outcome: Resolution): void {
  const { now, emit } = turn
  switch (outcome.type) {
    case 'skip':
      return emit({ type: 'step.skipped', ...place(unit), at: now, reason: outcome.reason })
    case 'kept':
      return emit({
        type: 'step.cached',
        ...place(unit),
        at: now,
        attempt: nextAttempt(unit),
        key: '',
        source: outcome.source,
        outputs: outcome.outputs,
      })
    case 'error':
      return emit({ type: 'step.finished', ...place(unit), at: now, status: 'failed', error: outcome.error })
    case 'bound':
      return emit({ type: 'step.bound', ...place(unit), at: now, definition: outcome.definition })
    case 'items':
      return emit({ type: 'step.expanded', ...place(unit), at: now, items: outcome.items, count: outcome.count })
    case 'sleep':
      return emit({ type: 'step.waiting', ...place(unit), at: now, for: 'time', until: now + outcome.ms })
    case 'approval':
      return emit({ type: 'step.waiting', ...place(unit), at: now, for: 'approval', message: outcome.message })
    case 'run':
      return ready(turn, unit, outcome.resolved, outcome.hit)
    default:
      assertNever(outcome)
  }
}

function ready(turn: Turn, unit: Unit, found: Resolved, hit: CacheHit | null): void {
  const { state, now } = turn
  const never = impossible(state, unit.step.resources)
  if (never !== null) {
    turn.emit({ type: 'step.finished', ...place(unit), at: now, status: 'failed', error: never })
    return
  }
  if (found.cache !== null && takeCached(turn, unit, found.cache, hit)) return
  enqueue(state, unit, found, now)
}

function finishRun(turn: Turn, run: RunState, outcome: { outputs: ValueRef } | { error: Failure }): void {
  if (run.finished !== null || run.open > 0 || run.cancelling !== null) return
  const base = { type: 'run.finished', run: run.id, at: turn.now } as const
  if ('outputs' in outcome) turn.emit({ ...base, status: 'succeeded', outputs: outcome.outputs, error: null })
  else turn.emit({ ...base, status: 'failed', outputs: null, error: outcome.error })
}

function answer(turn: Turn, command: Of<'approval.answer'>): void {
  const unit = findUnit(turn.state, command.run, command.step, command.index)
  if (unit?.phase !== 'approval') return
  const base = { type: 'step.finished', ...place(unit), at: turn.now, by: command.by } as const
  if (command.approved) return turn.emit({ ...base, status: 'succeeded', outputs: command.outputs })
  const comment = command.comment === null ? '' : `: ${command.comment}`
  turn.emit({ ...base, status: 'failed', error: { code: 'rejected', message: `${command.by} said no${comment}` } })
}

function started(turn: Turn, command: Of<'execution.started'>): void {
  const held = turn.state.executions.get(command.token)
  if (held === undefined) return
  const base = { ...place(held.unit), at: turn.now, token: command.token }
  if (command.adopted) turn.emit({ type: 'execution.adopted', ...base })
  if (held.execution.startedAt === null) turn.emit({ type: 'execution.started', ...base, detail: command.detail })
}

function finished(turn: Turn, token: string, finish: Finish): void {
  const held = turn.state.executions.get(token)
  if (held === undefined) return stale(turn, token, finish.status)
  const { unit, execution } = held
  const kind: FailureKind = execution.cancelling === 'timeout' ? 'timeout' : (finish.kind ?? 'error')
  const status = endStatus(execution.cancelling, finish.status, kind)
  const error =
    status === 'timeout' ? timeoutError(unit) : (finish.error ?? (status === 'abandoned' ? TAKEN_AWAY : undefined))
  turn.emit({
    type: 'execution.finished',
    ...place(unit),
    at: turn.now,
    token,
    status,
    ...(status === 'succeeded' ? { outputs: finish.outputs ?? EMPTY } : {}),
    ...(error === undefined || status === 'succeeded' ? {} : { error }),
    ...(finish.exitCode === undefined ? {} : { exitCode: finish.exitCode }),
    ...(finish.signal === undefined ? {} : { signal: finish.signal }),
    ...(finish.usage === undefined ? {} : { usage: finish.usage }),
    ...retryOf(turn, unit, finish, status, status === 'abandoned' ? status : kind),
  })
  endCalls(turn, unit)
}

/** What an attempt called and nobody waits for any more ends with it, unless it succeeded or the next one finds its calls. */
function endCalls(turn: Turn, unit: Unit): void {
  // When it was the last one, the end of its unit says what ends with it.
  if (unit.phase !== 'retry' || unit.resumes !== null || unit.executions.at(-1)?.status === 'succeeded') return
  cancelCalls(turn, unit, lineOf(unit), 'the execution that called it', true)
}

const TAKEN_AWAY: Failure = { code: 'abandoned', message: 'it was ended from outside, not by Weir' }

/** A success counts even when the end was ordered meanwhile: the work is done. */
function endStatus(
  ordered: 'timeout' | 'cancel' | null,
  reported: Finish['status'],
  kind: FailureKind,
): ExecutionFinished['status'] {
  if (reported === 'succeeded') return 'succeeded'
  if (ordered === 'cancel') return 'cancelled'
  if (ordered === 'timeout') return 'timeout'
  // Nobody here asked for its end: somebody else took it away.
  return reported === 'cancelled' || kind === 'abandoned' ? 'abandoned' : 'failed'
}

function retryOf(
  turn: Turn,
  unit: Unit,
  finish: Finish,
  status: ExecutionFinished['status'],
  kind: FailureKind,
): { retryAt?: number } {
  if (status === 'cancelled' || !mayGoOn(unit)) return {}
  if (status === 'succeeded') return recurrence(turn, unit, finish)
  if (finish.retry === false) return {}
  const policy = unit.step.retry
  if (!hasAttemptLeft(policy, unit.failures) || !retries(policy, kind, finish.exitCode ?? null)) return {}
  return { retryAt: turn.now + retryDelay(policy, unit.failures + 1, currentExecution(unit)?.token ?? '') }
}

/** A recurrent target that returned nothing runs again. */
function recurrence({ now }: Turn, { step }: Unit, { outputs }: Finish): { retryAt?: number } {
  const { recurrent } = step.rules ?? {}
  if (recurrent === undefined || outputs === undefined || !('json' in outputs)) return {}
  return asRecord(outputs.json)['result'] === null ? { retryAt: now + recurrent.delayMs } : {}
}

const mayGoOn = (unit: Unit): boolean => !isEnding(unit) && unit.again === null

function timeoutError(unit: Unit): Failure {
  return {
    code: 'timeout',
    message: `it ran longer than its time limit of ${(unit.step.timeoutMs ?? 0) / 1000} s and was ended`,
    fix: `raise steps.${unit.step.name}.timeout, or find out in its log what it waited for`,
  }
}

/** An execution that vanished with the machine or its launcher goes again, unless the step's rule says otherwise. */
function lost(turn: Turn, token: string, reason: string): void {
  const held = turn.state.executions.get(token)
  if (held === undefined) return stale(turn, token, 'abandoned')
  const { unit, execution } = held
  const again =
    execution.cancelling !== 'cancel' &&
    mayGoOn(unit) &&
    unit.losses < LOSSES_LIMIT &&
    retries(unit.step.retry, 'abandoned', null)
  turn.emit({
    type: 'execution.finished',
    ...place(unit),
    at: turn.now,
    token,
    status: execution.cancelling === 'cancel' ? 'cancelled' : 'abandoned',
    error: { code: 'abandoned', message: reason },
    lost: true,
    ...(again ? { retryAt: turn.now } : {}),
  })
}

/** A late answer of an attempt that is over: kept for the record when its run is still known. */
function stale(turn: Turn, token: string, status: string): void {
  const run = token.split('/')[0] ?? ''
  if (turn.state.runs.has(run)) turn.emit({ type: 'execution.stale', run, at: turn.now, token, status })
}

function tick(turn: Turn): void {
  const { state, now } = turn
  for (let timer = state.timers.take(now); timer !== null; timer = state.timers.take(now)) {
    const unit = timer.target
    if (state.runs.get(unit.run.id) !== unit.run) continue
    if (timer.kind === 'timeout') {
      const execution = currentExecution(unit)
      if (execution === undefined || execution.token !== timer.token || execution.cancelling !== null) continue
      turn.emit({ type: 'execution.cancelling', ...place(unit), at: now, token: execution.token, reason: 'timeout' })
    } else if (unit.wakeAt !== null && unit.wakeAt <= now) {
      if (unit.phase === 'suspended' || (unit.phase === 'sleeping' && unit.step.kind !== 'sleep')) {
        state.followUps.push(unit)
      } else if (unit.phase === 'sleeping') {
        turn.emit({ type: 'step.finished', ...place(unit), at: now, status: 'succeeded', outputs: EMPTY })
      } else if (unit.phase === 'retry') {
        unit.wakeAt = null
        state.followUps.push(unit)
      }
    }
  }
}
