import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Json, type Manifest, ProblemError, type StepStatus } from '../../../src-shared/contract/index.ts'
import type { Blobs } from '../assets/index.ts'
import type { WorkerHub } from '../executors/index.ts'
import type { DraftSummaryRow, NewDraft, NewWorkflowVersion, ProjectStorage, WorkflowRow } from '../storage/index.ts'
import type { Register } from '../targets/index.ts'
import { checkAnswers } from '../workflows/index.ts'
import { cancelStep, rerunCall, type Waiting, questions as waiting } from './code/step-calls.ts'
import {
  createAhead,
  findUnit,
  type Queued,
  queued,
  queuePhase,
  reasonText,
  reopened,
  reopening,
  stepStatus,
  type Unit,
  unitKey,
  why,
} from './core/index.ts'
import { createOnce } from './idempotency.ts'
import type { Orchestrator } from './orchestrator.ts'
import { parseKey } from './parse-key.ts'
import { refuseProblems } from './refuse.ts'
import type { Secrets } from './secrets.ts'
import { type StartRequest, startRun } from './start-run.ts'
import type { Values } from './values.ts'
import { workerCalls } from './worker-calls.ts'
import { Workspaces, workspaceCalls } from './workspaces.ts'

const LIST_RUNS = 'list the runs with: weir run list'

/** Who calls, for the record, and the key that makes a repeated call harmless. */
export interface Caller {
  readonly actor: string
  readonly idempotencyKey: string | null
}

/** What the main thread knows of a run only by asking, by unit: reasons, and what executors are at before a start. */
export interface LiveRun {
  readonly why: Record<string, string>
  readonly progress: Record<string, string>
  /** Of what is queued, or waits for the result of another execution: the journal tells neither from a retry that waits */
  readonly status: Record<string, StepStatus>
}

interface Parts {
  readonly orchestrator: Orchestrator
  readonly storage: ProjectStorage
  readonly blobs: Blobs
  readonly values: Values
  readonly secrets: Secrets
  readonly runsFolder: string
  readonly now: () => number
  readonly newRunId: () => string
  /** Null where no workers can connect */
  readonly hub: WorkerHub | null
}

/** Every change to a project, and the questions that only its orchestrator can answer. Runs inside its thread. */
export type Calls = ReturnType<typeof createCalls>

export function createCalls(parts: Parts) {
  const workspaces = new Workspaces(parts)
  return {
    ...changes(parts, workspaces),
    ...questions(parts),
    ...definitions(parts, workspaces),
    ...workspaceCalls(workspaces),
    ...workerCalls(parts.orchestrator.state, parts.hub),
  }
}

function changes(parts: Parts, workspaces: Workspaces) {
  const { orchestrator, storage } = parts
  const once = createOnce<{ run: string }>(storage)
  /** Changes of which only one can come true, while they are being committed: whoever comes second is not told that his did */
  const underway = new Set<string>()
  const alone = async (key: string, taken: ProblemError, act: () => Promise<void>): Promise<void> => {
    if (underway.has(key)) throw taken
    underway.add(key)
    try {
      await act()
    } finally {
      underway.delete(key)
    }
  }
  return {
    start(request: StartRequest, caller: Caller): Promise<{ run: string }> {
      const asked: Record<string, Json> = { call: 'start', ...request }
      return once(caller.idempotencyKey, asked, (row) =>
        workspaces.using(request.workspace, 'body.workspace', (workspace) =>
          startRun(parts, { ...request, workspace }, row),
        ),
      )
    },

    async cancel(id: string, caller: Caller, reason: string | null): Promise<void> {
      const run = orchestrator.state.runs.get(id)
      if (run === undefined || run.finished !== null) {
        await known(storage, id)
        throw new ProblemError('run_finished', `run ${id} has ended and cannot be cancelled`)
      }
      await orchestrator.post({ type: 'run.cancel', run: id, by: caller.actor, reason })
    },

    /** Ends one step, item or call, or all calls of a target, while its run goes on. */
    async cancelStep(id: string, step: string, caller: Caller): Promise<void> {
      await known(storage, id)
      await cancelStep(orchestrator, id, step, caller.actor)
    },

    /** @param workspace name of the one to run in; null for the one in which its steps ran last */
    async rerun(id: string, from: string, caller: Caller, workspace: string | null = null): Promise<void> {
      const taken = new ProblemError('run_not_finished', `run ${id} is being run again by another call`, {
        fix: 'wait for its end, or cancel it first',
      })
      await alone(`rerun ${id}`, taken, () => rerun(parts, workspaces, { id, from, caller, workspace }))
    },

    async approve(id: string, step: string, request: Approval, caller: Caller): Promise<void> {
      const taken = new ProblemError(
        'approval_not_waiting',
        `step ${step} of run ${id} is being answered by another call`,
      )
      await alone(`approve ${id} ${step}`, taken, () => approve(parts, id, step, request, caller))
    },

    async remove(id: string): Promise<void> {
      const row = await known(storage, id)
      if (row.finishedAt === null || orchestrator.state.runs.has(id)) {
        throw new ProblemError('run_not_finished', `run ${id} has not ended`, { fix: 'cancel it first' })
      }
      await storage.deleteRuns([id])
      await rm(join(parts.runsFolder, id), { recursive: true, force: true })
    },
  }
}

function questions({ orchestrator, storage }: Parts) {
  return {
    async why(id: string, step: string | null) {
      await known(storage, id)
      return orchestrator.withRun(id, (run) => {
        if (run === null) throw new ProblemError('run_not_found', `there is no run ${id}`, { fix: LIST_RUNS })
        const unit = step === null ? null : unitOf(orchestrator, id, step)
        return why(orchestrator.state, run, unit)
      })
    },

    /** @param units keys of the units that are asked about; progress comes for all, because it is only there for a few */
    live(id: string, units: readonly string[]): LiveRun {
      const { state, progress } = orchestrator
      const answer: LiveRun = { why: {}, progress: {}, status: {} }
      if (!state.runs.has(id)) return answer
      for (const [token, text] of progress) {
        const unit = state.executions.get(token)?.unit
        if (unit?.run.id === id) answer.progress[unitKey(unit)] = text
      }
      const ahead = createAhead(state)
      for (const key of units) {
        const { step, index } = parseKey(key)
        const unit = findUnit(state, id, step, index)
        if (unit === undefined || unit.phase === 'done' || unit.phase === 'running') continue
        answer.why[key] = reasonText(state, unit, ahead)
        if (queuePhase(unit.phase)) answer.status[key] = stepStatus(unit)
      }
      return answer
    },

    /** What waits for an answer of a person. */
    questions: (): Waiting[] => waiting(orchestrator.state),

    /** What could run and does not yet, with why, in its order. */
    queued: (): Queued[] => queued(orchestrator.state),

    stats: () => ({
      activeRuns: [...orchestrator.state.runs.values()].filter((run) => run.finished === null).length,
      /** What its executions have set aside */
      reserved: { ...orchestrator.state.used },
    }),

    /** Faults found in the state, as sentences; none when all is well. */
    check: () => orchestrator.check(),
  }
}

/** Workflows, and drafts of them: nothing of a run's state depends on them, so they are written at once. */
function definitions({ storage, orchestrator, now }: Parts, workspaces: Workspaces) {
  return {
    /** @param workspace its name */
    declareModules(
      workspace: string,
      manifests: readonly Manifest[],
      register: Register,
    ): Promise<Record<string, number>> {
      return workspaces.using(workspace, 'body.workspace', (id) =>
        orchestrator.targets.declare(id, manifests, register),
      )
    },

    async saveWorkflow(version: NewWorkflowVersion): Promise<{ version: WorkflowRow; created: boolean }> {
      return storage.saveWorkflow({ ...version, at: now() })
    },

    async deleteWorkflow(name: string): Promise<boolean> {
      return storage.deleteWorkflow(name)
    },

    async saveDraft(draft: Omit<NewDraft, 'at'>): Promise<DraftSummaryRow> {
      return storage.saveDraft({ ...draft, at: now() })
    },

    async deleteDraft(id: string): Promise<boolean> {
      return storage.deleteDraft(id)
    },
  }
}

interface Approval {
  readonly approved: boolean
  readonly answers: Record<string, Json>
  readonly comment: string | null
}

async function known(storage: ProjectStorage, id: string) {
  const row = await storage.run(id)
  if (row === null) throw new ProblemError('run_not_found', `there is no run ${id}`, { fix: LIST_RUNS })
  return row
}

/** `stats[3]` → the unit; refuses what is not there. */
function unitOf(orchestrator: Orchestrator, run: string, key: string): Unit {
  const { step, index } = parseKey(key)
  const unit = findUnit(orchestrator.state, run, step, index)
  if (unit === undefined)
    throw new ProblemError('step_not_found', `run ${run} has no step ${key}`, {
      field: 'step',
      fix: `see its steps with: weir run inspect ${run}`,
    })
  return unit
}

interface Rerun {
  readonly id: string
  readonly from: string
  readonly caller: Caller
  readonly workspace: string | null
}

async function rerun(parts: Parts, workspaces: Workspaces, { id, from, caller, workspace }: Rerun): Promise<void> {
  const { orchestrator, storage } = parts
  await known(storage, id)
  await orchestrator.withRun(id, async (run) => {
    if (run === null) throw new ProblemError('run_not_found', `there is no run ${id}`, { fix: LIST_RUNS })
    if (run.finished === null) {
      if (await rerunCall(orchestrator, workspaces, { run, from, by: caller.actor, workspace })) return
      throw new ProblemError('run_not_finished', `run ${id} has not ended`, {
        fix: 'wait for its end, or cancel it first',
      })
    }
    const target = from === 'failed' || from === 'start' ? from : parseKey(from)
    if (typeof target === 'object') unitOf(orchestrator, id, from)
    const parts = reopening(run, target)
    if (parts === null) {
      throw new ProblemError('rerun_nothing', `run ${id} has no step that failed or was cancelled`, {
        fix: 'name a step to run again, or "start" for all',
      })
    }
    await workspaces.forRerun([...reopened(run, parts)], workspace, (chosen) =>
      orchestrator.post({ type: 'run.reopen', run: id, by: caller.actor, from: target, workspace: chosen }),
    )
  })
}

async function approve(parts: Parts, id: string, step: string, request: Approval, caller: Caller): Promise<void> {
  const { orchestrator, storage, values } = parts
  await known(storage, id)
  const run = orchestrator.state.runs.get(id)
  const unit = run === undefined ? undefined : unitOf(orchestrator, id, step)
  if (unit?.phase !== 'approval') {
    const how = unit === undefined ? 'the run has ended' : `it is ${stepStatus(unit)}`
    throw new ProblemError('approval_not_waiting', `step ${step} of run ${id} does not wait for an answer: ${how}`)
  }
  const checked = request.approved
    ? checkAnswers(unit.step.approval?.form ?? {}, request.answers)
    : { values: {}, problems: [] }
  refuseProblems(checked.problems, 'body.answers', 'the answers do not fit the form')
  const outputs = await values.refer(checked.values)
  const { step: name, index } = parseKey(step)
  await orchestrator.post({
    type: 'approval.answer',
    run: id,
    step: name,
    ...(index === undefined ? {} : { index }),
    approved: request.approved,
    outputs,
    by: caller.actor,
    comment: request.comment,
  })
}
