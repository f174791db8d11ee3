import { join } from 'node:path'
import type { CallJob, Job } from '../executors/index.ts'
import { callJob } from './code/call-job.ts'
import { contextOf } from './context.ts'
import { asRecord, type ExecutionState, type Unit } from './core/index.ts'
import type { Secrets } from './secrets.ts'
import type { Values } from './values.ts'

export interface JobNeeds {
  readonly project: string
  readonly runsFolder: string
  readonly values: Values
  readonly secrets: Secrets
  /** Name of a workspace, by its identifier */
  readonly workspaceName: (id: string) => string
}

/** Folder of an execution below the runs of its project. */
export function executionPath(runsFolder: string, unit: Unit, attempt: number): string {
  const index = unit.index === null ? [] : [String(unit.index)]
  return join(runsFolder, unit.run.id, unit.step.name, ...index, String(attempt))
}

/** All that an executor needs for an execution that was dispatched; the same after a restart, for adoption. */
export function jobOf(needs: JobNeeds, unit: Unit, execution: ExecutionState): Job | Promise<Job> {
  if (unit.step.kind !== 'target') return commandJob(needs, unit, execution)
  const call = callJob(needs.values, unit, execution)
  if (!(call instanceof Promise) && unit.run.secrets.length === 0) {
    return { ...common(needs, unit, execution), context: contextOfCode(needs, unit), call }
  }
  return codeJob(needs, unit, execution, call)
}

async function codeJob(
  needs: JobNeeds,
  unit: Unit,
  execution: ExecutionState,
  pending: CallJob | Promise<CallJob>,
): Promise<Job> {
  const call = await pending
  const secrets = unit.run.secrets.length === 0 ? {} : await needs.secrets.read(unit.run.id)
  const job = common(needs, unit, execution)
  return { ...job, context: contextOfCode(needs, unit), call, secrets: Object.values(secrets) }
}

/** What is called has arguments: no expression of it reads anything. */
function contextOfCode(needs: JobNeeds, { run, workspace }: Unit): Job['context'] {
  const place = { id: run.id, workflow: run.workflow, workspace: needs.workspaceName(workspace) }
  return { params: {}, steps: {}, run: place, inputs: {} }
}

async function commandJob(needs: JobNeeds, unit: Unit, execution: ExecutionState): Promise<Job> {
  const { run } = unit
  const context = await contextOf(needs.values, unit, needs.workspaceName)
  const inputsRef = unit.resolved?.inputs ?? null
  const inputs = inputsRef === null ? {} : asRecord(await needs.values.load(inputsRef))
  const secrets = run.secrets.length === 0 ? {} : await needs.secrets.read(run.id)
  return {
    ...common(needs, unit, execution),
    context: { ...context, params: { ...context.params, ...secrets }, inputs },
    secrets: Object.values(secrets),
  }
}

function common(needs: JobNeeds, unit: Unit, execution: ExecutionState): Omit<Job, 'context'> {
  const { step, run } = unit
  return {
    token: execution.token,
    project: needs.project,
    run: run.id,
    workflow: run.workflow,
    workspace: needs.workspaceName(execution.workspace),
    step: step.name,
    index: unit.index,
    attempt: execution.attempt,
    folder: executionPath(needs.runsFolder, unit, execution.attempt),
    command: step.run ?? '',
    image: step.image,
    env: step.env,
    workdir: step.workdir,
    files: step.files,
    outputs: step.outputs,
    resources: step.resources,
  }
}
