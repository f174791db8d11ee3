import { createHash } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Json, ProblemError } from '../../../src-shared/contract/index.ts'
import type { Blobs } from '../assets/index.ts'
import type { NewWorkflowVersion, ProjectStorage, WorkflowRow } from '../storage/index.ts'
import { checkAnswers, checkParams, planOf } from '../workflows/index.ts'
import { findUnit, reasonText, reopening, stepStatus, type Unit, unitKey, unitsOf, why } from './core/index.ts'
import type { Orchestrator } from './orchestrator.ts'
import type { Secrets } from './secrets.ts'
import { assetDigests, type Values } from './values.ts'

/** Who calls, for the record, and the key that makes a repeated call harmless. */
export interface Caller {
  readonly actor: string
  readonly idempotencyKey: string | null
}

export interface StartRequest {
  readonly workflow: string
  readonly version?: number
  readonly params: Record<string, Json>
  readonly workspace: string
  readonly priority?: number
}

/** What the main thread knows of a run only by asking: reasons and progress of what has not ended. */
export interface LiveRun {
  readonly why: Record<string, string>
  readonly progress: Record<string, string>
}

/** How many units one answer explains. */
const LIVE_LIMIT = 2_000

interface Parts {
  readonly orchestrator: Orchestrator
  readonly storage: ProjectStorage
  readonly blobs: Blobs
  readonly values: Values
  readonly secrets: Secrets
  readonly runsFolder: string
  readonly now: () => number
  readonly newRunId: () => string
}

/** Every change to a project, and the questions that only its orchestrator can answer. Runs inside its thread. */
export type Calls = ReturnType<typeof createCalls>

export function createCalls(parts: Parts) {
  const { orchestrator, storage } = parts
  /** Calls with an idempotency key that have not been answered: the same key joins them. */
  const inFlight = new Map<string, { fingerprint: string; answer: Promise<{ run: string }> }>()

  const once = async (caller: Caller, request: Json, act: (row: Row | null) => Promise<{ run: string }>) => {
    const key = caller.idempotencyKey
    if (key === null) return act(null)
    const fingerprint = createHash('sha256').update(JSON.stringify(request)).digest('hex')
    const refuse = (): never => {
      throw new ProblemError('idempotency_conflict', `the Idempotency-Key ${key} was used for another request`, {
        fix: 'use a new key for a new request',
      })
    }
    const pending = inFlight.get(key)
    if (pending !== undefined) return pending.fingerprint === fingerprint ? pending.answer : refuse()
    const answer = (async () => {
      const before = await storage.idempotent(key)
      if (before !== null) return before.fingerprint === fingerprint ? (before.answer as { run: string }) : refuse()
      return act({ key, fingerprint })
    })()
    inFlight.set(key, { fingerprint, answer })
    try {
      return await answer
    } finally {
      inFlight.delete(key)
    }
  }

  return {
    start: (request: StartRequest, caller: Caller): Promise<{ run: string }> =>
      once(caller, { call: 'start', ...request } as unknown as Json, (row) => start(parts, request, row)),

    async cancel(id: string, caller: Caller, reason: string | null): Promise<void> {
      const run = orchestrator.state.runs.get(id)
      if (run === undefined || run.finished !== null) {
        await known(storage, id)
        throw new ProblemError('run_finished', `run ${id} has ended and cannot be cancelled`)
      }
      await orchestrator.post({ type: 'run.cancel', run: id, by: caller.actor, reason })
    },

    async rerun(id: string, from: 'failed' | 'start' | string, caller: Caller): Promise<void> {
      await rerun(parts, id, from, caller)
    },

    async approve(id: string, step: string, request: Approval, caller: Caller): Promise<void> {
      await approve(parts, id, step, request, caller)
    },

    async remove(id: string): Promise<void> {
      const row = await known(storage, id)
      if (row.finishedAt === null || orchestrator.state.runs.has(id)) {
        throw new ProblemError('run_not_finished', `run ${id} has not ended`, { fix: 'cancel it first' })
      }
      await storage.deleteRuns([id])
      await rm(join(parts.runsFolder, id), { recursive: true, force: true })
    },

    async why(id: string, step: string | null) {
      await known(storage, id)
      return orchestrator.withRun(id, (run) => {
        if (run === null) throw new ProblemError('run_not_found', `there is no run ${id}`)
        const unit = step === null ? null : unitOf(orchestrator, id, step)
        return why(orchestrator.state, run, unit)
      })
    },

    live(id: string): LiveRun {
      const answer: LiveRun = { why: {}, progress: {} }
      const run = orchestrator.state.runs.get(id)
      if (run === undefined) return answer
      let count = 0
      for (const unit of unitsOf(run)) {
        if (count >= LIVE_LIMIT) break
        const token = unit.executions.at(-1)?.token
        const progress = token === undefined ? undefined : orchestrator.progress.get(token)
        if (progress !== undefined) answer.progress[unitKey(unit)] = progress
        if (unit.phase === 'done' || unit.phase === 'running') continue
        count += 1
        answer.why[unitKey(unit)] = progress ?? reasonText(orchestrator.state, unit)
      }
      return answer
    },

    async saveWorkflow(version: NewWorkflowVersion): Promise<{ version: WorkflowRow; created: boolean }> {
      return storage.saveWorkflow({ ...version, at: parts.now() })
    },

    async deleteWorkflow(name: string): Promise<boolean> {
      return storage.deleteWorkflow(name)
    },

    stats: () => ({ activeRuns: [...orchestrator.state.runs.values()].filter((run) => run.finished === null).length }),

    /** Faults found in the state, as sentences; none when all is well. */
    check: () => orchestrator.check(),
  }
}

type Row = { readonly key: string; readonly fingerprint: string }

interface Approval {
  readonly approved: boolean
  readonly answers: Record<string, Json>
  readonly comment: string | null
}

async function known(storage: ProjectStorage, id: string) {
  const row = await storage.run(id)
  if (row === null) throw new ProblemError('run_not_found', `there is no run ${id}`)
  return row
}

async function start(parts: Parts, request: StartRequest, idempotency: Row | null): Promise<{ run: string }> {
  const { orchestrator, storage, values } = parts
  const workflow = await storage.workflow(request.workflow, request.version)
  if (workflow === null) {
    const version = request.version === undefined ? '' : ` in version ${request.version}`
    throw new ProblemError('workflow_not_found', `there is no workflow ${request.workflow}${version}`, {
      fix: 'save it with "weir workflow apply FILE"',
    })
  }
  const plan = planOf(workflow)
  const checked = checkParams(plan, request.params)
  refuseProblems(checked.problems, 'body.params', `the parameters do not fit ${request.workflow}`)
  await refuseMissingBlobs(parts.blobs, checked.values)
  const run = await freeId(parts)
  const shown: Record<string, Json> = { ...checked.values }
  const secrets: Record<string, string> = {}
  for (const name of checked.secrets) {
    secrets[name] = String(checked.values[name] ?? '')
    shown[name] = null
  }
  if (checked.secrets.length > 0) await parts.secrets.write(run, secrets)
  const params = await values.refer(shown)
  const answer = { run }
  await orchestrator.post(
    {
      type: 'run.create',
      run,
      workflow: workflow.name,
      version: workflow.version,
      plan,
      workspace: request.workspace,
      params,
      secrets: checked.secrets,
      priority: request.priority ?? plan.priority,
      trigger: 'manual',
      parent: null,
    },
    idempotency === null ? null : { ...idempotency, answer, at: parts.now() },
  )
  return answer
}

async function freeId({ storage, newRunId }: Parts): Promise<string> {
  for (;;) {
    const id = newRunId()
    if ((await storage.run(id)) === null) return id
  }
}

async function refuseMissingBlobs(blobs: Blobs, params: Record<string, Json>): Promise<void> {
  for (const [name, value] of Object.entries(params)) {
    for (const digest of assetDigests(value)) {
      if ((await blobs.stat(digest)) !== null) continue
      throw new ProblemError('blob_not_found', `the file of parameter ${name} was not uploaded (${digest})`, {
        field: `body.params.${name}`,
        fix: 'upload its body first: POST …/blobs',
      })
    }
  }
}

function refuseProblems(
  problems: readonly { field: string; message: string; fix?: string }[],
  field: string,
  text: string,
): void {
  const first = problems[0]
  if (first === undefined) return
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''
  throw new ProblemError('params_invalid', `${text}: ${first.field}: ${first.message}${more}`, {
    field: `${field}.${first.field}`,
    problems: problems.map((problem) => ({ ...problem })),
    ...(first.fix === undefined ? {} : { fix: first.fix }),
  })
}

/** `stats[3]` → the unit; refuses what is not there. */
function unitOf(orchestrator: Orchestrator, run: string, key: string): Unit {
  const { step, index } = parseKey(key)
  const unit = findUnit(orchestrator.state, run, step, index)
  if (unit === undefined) throw new ProblemError('step_not_found', `run ${run} has no step ${key}`, { field: 'step' })
  return unit
}

export function parseKey(key: string): { step: string; index?: number } {
  const match = /^(\w+)\[(\d+)\]$/.exec(key)
  return match === null ? { step: key } : { step: match[1] ?? key, index: Number(match[2]) }
}

async function rerun(parts: Parts, id: string, from: string, caller: Caller): Promise<void> {
  const { orchestrator, storage } = parts
  await known(storage, id)
  await orchestrator.withRun(id, async (run) => {
    if (run === null) throw new ProblemError('run_not_found', `there is no run ${id}`)
    if (run.finished === null) {
      throw new ProblemError('run_not_finished', `run ${id} has not ended`, {
        fix: 'wait for its end, or cancel it first',
      })
    }
    const target = from === 'failed' || from === 'start' ? from : parseKey(from)
    if (typeof target === 'object') unitOf(orchestrator, id, from)
    if (reopening(run, target) === null) {
      throw new ProblemError('rerun_nothing', `run ${id} has no step that failed or was cancelled`, {
        fix: 'name a step to run again, or "start" for all',
      })
    }
    await orchestrator.post({ type: 'run.reopen', run: id, by: caller.actor, from: target })
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
