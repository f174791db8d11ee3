import { join } from 'node:path'
import type { Job } from '../executors/index.ts'
import { callJob } from './code/call-job.ts'
import { contextOf } from './context.ts'
import { asRecord, type ExecutionState, type Unit } from './core/index.ts'
import type { Secrets } from './secrets.ts'
import type { Values } from './values.ts'

interface Needs {
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
export async function jobOf(needs: Needs, unit: Unit, execution: ExecutionState): Promise<Job> {
  const { step, run } = unit
  const context = await contextOf(needs.values, unit, needs.workspaceName)
  const inputsRef = unit.resolved?.inputs ?? null
  const inputs = inputsRef === null ? {} : asRecord(await needs.values.load(inputsRef))
  const secrets = run.secrets.length === 0 ? {} : await needs.secrets.read(run.id)
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
    context: { ...context, params: { ...context.params, ...secrets }, inputs },
    outputs: step.outputs,
    resources: step.resources,
    secrets: Object.values(secrets),
    ...(step.kind === 'target' ? { call: await callJob(needs.values, unit, execution) } : {}),
  }
}
