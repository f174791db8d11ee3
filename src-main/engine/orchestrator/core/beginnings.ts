import type { PlanStep } from '../../workflows/index.ts'
import type { CallState, ExecutionState, RunState, Span, Unit } from './state.ts'
import { roundOf } from './units.ts'

/** Shared: a run may have 10,000 units, and few are ever run again. */
const NO_SPANS: readonly Span[] = []

/** What an execution called, or a holder of such calls. */
interface Called {
  readonly grows?: boolean
  readonly call?: CallState
}

/** A unit before anything was done about it. */
export function newUnit(
  run: RunState,
  step: PlanStep,
  index: number | null,
  parent: Unit | null,
  { grows = false, call }: Called = {},
): Unit {
  return {
    run,
    step,
    index,
    parent,
    workspace: call?.by.workspace ?? parent?.workspace ?? run.rerunIn.at(-1) ?? run.workspace,
    phase: 'blocked',
    outcome: null,
    outputs: null,
    error: null,
    missing: call === undefined ? (index === null ? step.needs.length : 0) : call.refs.filter(isOpen).length,
    executions: [],
    failures: 0,
    losses: 0,
    skipCache: parent?.skipCache ?? false,
    resolved: null,
    group: null,
    generation: 0,
    readyAt: 0,
    beganAt: null,
    endedAt: null,
    round: roundOf(run),
    earlier: NO_SPANS,
    wakeAt: null,
    message: null,
    skipReason: null,
    child: null,
    awaits: null,
    fanOut: null,
    former: [],
    grows,
    call: call ?? null,
    referrers: null,
    watchers: null,
    resumeOn: null,
    follows: null,
    delayed: false,
    ending: false,
    endedBy: null,
    again: null,
    resumes: null,
  }
}

export const isOpen = (unit: Unit): boolean => unit.phase !== 'done'

/** An execution that was just dispatched. */
export function blankExecution(
  { round, workspace }: Unit,
  attempt: number,
  token: string,
  executor: string,
  at: number,
): ExecutionState {
  return {
    attempt,
    round,
    workspace,
    token,
    executor,
    dispatchedAt: at,
    startedAt: null,
    finishedAt: null,
    detail: null,
    status: null,
    cancelling: null,
    adopted: 0,
    error: null,
    exitCode: null,
    signal: null,
    usage: null,
    cache: null,
    inputs: null,
    source: null,
    worker: null,
    awaits: null,
    assets: null,
    calls: null,
    resumed: null,
    inherited: null,
    waiting: false,
  }
}
