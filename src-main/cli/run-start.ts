import type { AssetValue, Failure, Json, Run, Workflow } from '../../src-shared/contract/index.ts'
import type { Session } from './connect.ts'
import { type ExitName, exitOfRun } from './exit-codes.ts'
import { readParams } from './params.ts'
import { detailsText, resultText } from './run-show.ts'
import { type WaitOptions as Waiting, waitForRun } from './run-wait.ts'
import { endWords, hasEnded, lastExecution, runTime } from './run-words.ts'
import { isLocalSource, readSource } from './source.ts'
import { formatDuration } from './times.ts'
import { uploadParam } from './upload.ts'
import { applySource } from './workflow-apply.ts'

/** Where a run is started that is put nowhere else: the root of every project's tree. */
const MAIN_WORKSPACE = 'main'

export interface WaitOptions extends Waiting {
  readonly wait?: boolean
}

export interface StartOptions extends WaitOptions {
  readonly param?: readonly string[]
  readonly paramsFile?: string
  readonly version?: number
  readonly workspace?: string
  readonly priority?: number
  readonly keep?: string
}

export async function start(session: Session, options: StartOptions, what: string): Promise<ExitName | undefined> {
  const { client, routes, project, output } = session
  const workflow = await workflowOf(session, what, options)
  const given = await readParams(
    workflow.definition.params ?? {},
    options.param ?? [],
    options.paramsFile,
    process.cwd(),
  )
  const params: Record<string, Json> = { ...given.values }
  for (const path of given.paths) params[path.name] = assetJson(await uploadParam(session, path))
  const run = await client.call(routes.runs.start, {
    params: { project },
    body: {
      workflow: workflow.name,
      version: workflow.version,
      params,
      ...(options.workspace === undefined ? {} : { workspace: options.workspace }),
      ...(options.priority === undefined ? {} : { priority: options.priority }),
      ...(options.keep === undefined ? {} : { keep: options.keep }),
    },
  })
  if (waits(options)) return await waitAndTell(session, run.id, options, 'err')
  await output.result(run, () =>
    output.quiet ? run.id : `Run ${run.id} of ${run.workflow} v${run.version} has started.`,
  )
  output.note(`Watch it with: weir run watch ${run.id}`)
  return undefined
}

/** An asset value is plain JSON; its optional field is what its type cannot say of itself. */
const assetJson = (value: AssetValue): Json => value as unknown as Json

/** A definition of this machine is saved first; otherwise the engine knows the workflow by its name. */
async function workflowOf(
  session: Session,
  what: string,
  { version, workspace = MAIN_WORKSPACE }: StartOptions,
): Promise<Workflow> {
  const { client, routes, project } = session
  if (await isLocalSource(what)) return await applySource(session, await readSource(what))
  return await client.call(routes.workflows.get, {
    params: { project, workflow: what },
    // As the run will see it: in another workspace there may be newer code of the same name.
    query: version === undefined ? { workspace } : { workspace, version },
  })
}

export async function watch(session: Session, options: WaitOptions, id: string): Promise<ExitName | undefined> {
  return await waitAndTell(session, id, options, session.output.format === 'table' ? 'out' : 'err')
}

export interface RerunOptions extends WaitOptions {
  readonly from: string
  readonly workspace?: string
}

export async function rerun(session: Session, options: RerunOptions, id: string): Promise<ExitName | undefined> {
  const { client, routes, project, output } = session
  const { from, workspace } = options
  const body = workspace === undefined ? { from } : { from, workspace }
  const run = await client.call(routes.runs.rerun, { params: { project, run: id }, body })
  if (waits(options)) return await waitAndTell(session, id, options, 'err')
  await output.result(run, () => (output.quiet ? run.id : `Run ${run.id} goes on (from ${options.from}).`))
  output.note(`Watch it with: weir run watch ${run.id}`)
  return undefined
}

/** A time limit or output to follow says that one waits. */
const waits = (options: WaitOptions): boolean =>
  options.wait === true || options.follow === true || options.timeout !== undefined

async function waitAndTell(
  session: Session,
  id: string,
  options: WaitOptions,
  stream: 'out' | 'err',
): Promise<ExitName> {
  const { output } = session
  const run = await waitForRun(session, id, options, stream)
  await output.result(run, () => (output.quiet ? '' : endText(session, run)))
  await session.stopStarted()
  return exitOfRun(run.status)
}

function endText(session: Session, run: Run): string {
  const { output } = session
  const lines = [`Run ${run.id} ${endWords(run.status)} after ${formatDuration(runTime(run, Date.now()))}.`]
  if (run.result !== null && hasEnded(run)) lines.push(resultText(run.result, output))
  const culprit = run.status === 'failed' && run.result?.error?.details === undefined ? firstFailure(run) : undefined
  if (culprit?.details !== undefined) lines.push(detailsText(culprit.details, output.colors))
  if (run.status === 'failed')
    lines.push(output.colors.dim(`See why with: weir run why ${run.id}; its output with: weir run logs ${run.id}`))
  return lines.filter((line) => line !== '').join('\n')
}

/** Why the first step failed that did: what it wrote last helps more than that it failed. */
const firstFailure = (run: Run): Failure | undefined =>
  run.steps.filter((step) => step.status === 'failed').flatMap((step) => lastExecution(step)?.error ?? [])[0]
