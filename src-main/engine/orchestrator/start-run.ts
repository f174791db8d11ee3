import { type Json, ProblemError } from '../../../src-shared/contract/index.ts'
import type { Blobs } from '../assets/index.ts'
import type { ProjectStorage } from '../storage/index.ts'
import { checkParams, type Plan, planOf, unseenWorkflow } from '../workflows/index.ts'
import { asRecord, chainOf, type Keep, nameOfWorkspace, type RunState, sees } from './core/index.ts'
import type { Asked } from './idempotency.ts'
import { changedParams, childOf, keepable } from './keep.ts'
import type { Orchestrator } from './orchestrator.ts'
import { refuseProblems } from './refuse.ts'
import type { Secrets } from './secrets.ts'
import { assetDigests, type Values } from './values.ts'

export interface StartRequest {
  readonly workflow: string
  readonly version?: number
  readonly params: Record<string, Json>
  /** Its name; here and in the core, its identifier */
  readonly workspace: string
  readonly priority?: number
  /** An ended run whose results are taken over as far as they are still right */
  readonly keep?: string
}

interface Parts {
  readonly orchestrator: Orchestrator
  readonly storage: ProjectStorage
  readonly blobs: Blobs
  readonly values: Values
  readonly secrets: Secrets
  readonly now: () => number
  readonly newRunId: () => string
}

/** Starts a run: checks its parameters, keeps its secrets apart, and answers when it is on disk. */
export async function startRun(
  parts: Parts,
  request: StartRequest,
  idempotency: Asked | null,
): Promise<{ run: string }> {
  const { orchestrator, storage, values } = parts
  const chain = chainOf(orchestrator.state, request.workspace)
  const workflow = await storage.workflow(request.workflow, request.version, chain)
  if (workflow === null) throw await notSeen(parts, request)
  const plan = planOf(workflow)
  const checked = checkParams(plan, request.params)
  refuseProblems(checked.problems, 'body.params', `the parameters do not fit ${request.workflow}`)
  await refuseMissingBlobs(parts.blobs, checked.values)
  const keep =
    request.keep === undefined ? null : await kept(parts, { ...request, keep: request.keep }, plan, checked.values)
  const run = await freeId(parts)
  const shown: Record<string, Json> = { ...checked.values }
  const secrets: Record<string, string> = {}
  for (const name of checked.secrets) {
    const value = checked.values[name]
    secrets[name] = typeof value === 'string' ? value : JSON.stringify(value ?? '')
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
      ...(keep === null ? {} : { keep }),
    },
    idempotency === null ? null : { ...idempotency, answer, at: parts.now() },
  )
  return answer
}

/** Why a workflow is not there for the workspace that a run is to be started in. */
async function notSeen(
  { orchestrator, storage }: Parts,
  { workflow: name, version, workspace }: StartRequest,
): Promise<ProblemError> {
  const which = `${name}${version === undefined ? '' : ` in version ${version}`}`
  const origin = (await storage.workflow(name, version))?.origin
  if (origin == null) {
    return new ProblemError('workflow_not_found', `there is no workflow ${which}`, {
      fix: 'save it with "weir workflow apply FILE"',
    })
  }
  return unseenWorkflow(which, {
    module: origin.module,
    here: nameOfWorkspace(orchestrator.state, workspace),
    there: nameOfWorkspace(orchestrator.state, origin.workspace),
    field: 'body.workspace',
  })
}

/** What is taken over from the run `id`. */
async function kept(
  parts: Parts,
  { keep: id, workspace }: Pick<StartRequest, 'workspace'> & { readonly keep: string },
  plan: Plan,
  params: Readonly<Record<string, Json>>,
): Promise<Keep> {
  const { orchestrator, storage, values, secrets } = parts
  return orchestrator.withRun(id, async (base) => {
    const at = { field: 'body.keep' }
    if (base === null) throw new ProblemError('run_not_found', `there is no run ${id} whose results could be kept`, at)
    if (base.finished === null) {
      throw new ProblemError('run_not_finished', `run ${id} has not ended: what will be kept of it is not known`, {
        ...at,
        fix: 'wait for its end, or cancel it first',
      })
    }
    if (base.workflow !== plan.name) {
      throw new ProblemError('bad_request', `run ${id} is one of ${base.workflow}, not of ${plan.name}`, {
        ...at,
        fix: `name a run of ${plan.name}: weir run list --workflow ${plan.name}`,
      })
    }
    const { state } = orchestrator
    if (!sees(state, workspace, base.workspace)) {
      const [here, there] = [workspace, base.workspace].map((one) => nameOfWorkspace(state, one))
      throw new ProblemError('workspace_unrelated', `run ${id} is one of the workspace ${there}, unknown to ${here}`, {
        ...at,
        fix: `start in ${there} or a workspace below it, or keep nothing`,
      })
    }
    const before = { ...asRecord(await values.load(base.params)), ...(await secrets.read(id)) }
    const children = await changedChildren(storage, base, chainOf(state, workspace))
    return { run: id, steps: keepable(plan, base, { params: changedParams(before, params), children }) }
  })
}

/** Steps whose child workflow was changed or deleted since; one child stands for all of a fan-out. */
async function changedChildren(
  storage: ProjectStorage,
  base: RunState,
  workspaces: readonly string[],
): Promise<Set<string>> {
  const changed = new Set<string>()
  for (const unit of base.steps.values()) {
    const { step, fanOut } = unit
    const run = (fanOut?.units ?? [unit]).map(childOf).find((id) => id !== null)
    if (step.workflow === null || run === undefined) continue
    const [row, newest] = [await storage.run(run), await storage.workflow(step.workflow, undefined, workspaces)]
    if (row === null || row.plan !== newest?.digest) changed.add(step.name)
  }
  return changed
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
