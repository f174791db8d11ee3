import type { Execution, Json, Run, RunResult, RunStep, RunSummary } from '../../src-shared/contract/index.ts'
import { lastRound, progressWords, rerunWords } from '../../src-shared/runs/index.ts'
import type { Session } from './connect.ts'
import { type ExitName, exitOfRun } from './exit-codes.ts'
import { statusCell } from './glyphs.ts'
import type { Colors, Output } from './output.ts'
import { allPages } from './pages.ts'
import { cut } from './progress.ts'
import { treeOf } from './run-tree.ts'
import { endWords, runTime, stepNote, stepTime } from './run-words.ts'
import { renderFields, renderTable } from './table.ts'
import { formatBytes, formatDuration, formatTime } from './times.ts'
import { isAssetJson, shortValue } from './values.ts'

export interface ListOptions {
  readonly status?: string
  readonly workflow?: string
  readonly workspace?: string
  readonly trigger?: string
  readonly search?: string
  /** Moments in ISO 8601 */
  readonly since?: string
  readonly until?: string
  readonly limit?: number
}

/** Runs that a list shows unless more are asked for. */
const DEFAULT_LIMIT = 20
/** Steps beyond this are summed up in `inspect`; `-o json` has all. */
const MAX_SHOWN_STEPS = 200

export async function list(session: Session, options: ListOptions): Promise<ExitName | undefined> {
  const { client, routes, project, output } = session
  const { limit = DEFAULT_LIMIT, status, workflow, workspace, trigger, search, since, until } = options
  const filters = { status, workflow, workspace, trigger, search, since, until }
  const page = await allPages(limit, (part) =>
    client.call(routes.runs.list, { params: { project }, query: { ...part, ...filters } }),
  )
  await output.result(page, () =>
    output.quiet ? page.items.map((run) => run.id).join('\n') : runTable(page.items, output),
  )
  const isFiltered = Object.values(filters).some((filter) => filter !== undefined)
  if (page.items.length === 0) {
    output.note(
      isFiltered ? 'No such runs. See all with: weir run list' : 'No runs. Start one with: weir run start FILE',
    )
  } else if (page.next !== null && output.format === 'table') output.note(`There are more: --limit ${limit * 2}`)
  return undefined
}

function runTable(runs: readonly RunSummary[], output: Output): string {
  if (runs.length === 0) return ''
  const now = Date.now()
  return renderTable(
    [
      { title: 'RUN' },
      { title: 'WORKFLOW', flexible: true },
      { title: 'STATUS' },
      { title: 'STARTED' },
      { title: 'TIME', align: 'right' },
      { title: 'STEPS', flexible: true },
    ],
    runs.map((run) => [
      run.id,
      `${run.workflow} v${run.version}`,
      statusCell(run.status, output.colors, output.unicode),
      formatTime(run.startedAt ?? run.createdAt),
      formatDuration(runTime(run, now)),
      progressWords(run.counts, run.status),
    ]),
    output.width,
  )
}

/** The definition that a run is pinned to. */
export async function workflowOf(session: Session, id: string): Promise<ExitName | undefined> {
  const { client, routes, project, output } = session
  const workflow = await client.call(routes.runs.workflow, { params: { project, run: id } })
  await output.result(workflow, () => workflow.source)
  output.note(`Run ${id} is pinned to ${workflow.name} v${workflow.version}.`)
  return undefined
}

export async function inspect(session: Session, id: string): Promise<ExitName | undefined> {
  const { client, routes, project, output } = session
  const run = await client.call(routes.runs.get, { params: { project, run: id } })
  await output.result(run, () => runDetails(run, output))
  return undefined
}

function runDetails(run: Run, output: Output): string {
  const { colors } = output
  const now = Date.now()
  const fields = renderFields([
    ['Run', colors.bold(run.id)],
    ['Workflow', `${run.workflow} v${run.version}`],
    ['Status', statusCell(run.status, colors, output.unicode)],
    ['Workspace', `${run.project} / ${run.workspace}`],
    ['Trigger', run.trigger],
    ['Parent', run.parent === null ? null : `${run.parent.run} ${run.parent.step}`],
    ['Created', formatTime(run.createdAt)],
    ['Finished', run.finishedAt === null ? null : formatTime(run.finishedAt)],
    ['Time', [formatDuration(runTime(run, now)), rerunWords(run.reruns)].filter(Boolean).join(', ')],
    ['Steps', progressWords(run.counts, run.status)],
    [
      'Parameters',
      Object.keys(run.params).length === 0
        ? null
        : Object.entries(run.params)
            .map(([name, value]) => `${name}=${shortValue(value)}`)
            .join('  '),
    ],
  ])
  const parts = [fields, stepTable(run, output, now)]
  const hidden = treeOf(run.steps).length - MAX_SHOWN_STEPS
  if (hidden > 0) parts.push(colors.dim(`… and ${hidden} more; all with -o json`))
  if (run.result !== null) parts.push(resultText(run.result, output))
  return parts.filter((part) => part !== '').join('\n\n')
}

function stepTable(run: Run, output: Output, now: number): string {
  const lines = treeOf(run.steps)
  const row = (step: RunStep, depth: number): string[] => {
    const last = step.executions.at(-1)
    const time = stepTime(step, now)
    return [
      '  '.repeat(depth) + step.key,
      statusCell(step.status, output.colors, output.unicode),
      time === null ? '' : formatDuration(time),
      String(lastRound(step).length || ''),
      last?.executor ?? (step.fanOut === undefined ? step.kind : ''),
      last?.exitCode === undefined ? '' : String(last.exitCode),
      last?.usage?.peakMemoryBytes == null ? '' : formatBytes(last.usage.peakMemoryBytes),
      noteOf(step, last),
    ]
  }
  const rows = lines
    .slice(0, MAX_SHOWN_STEPS)
    .map(({ step, depth, text }) =>
      step === null ? [`${'  '.repeat(depth)}…`, '', '', '', '', '', '', text] : row(step, depth),
    )
  return renderTable(
    [
      { title: 'STEP' },
      { title: 'STATUS' },
      { title: 'TIME', align: 'right' },
      { title: 'TRIES', align: 'right' },
      { title: 'BY' },
      { title: 'EXIT', align: 'right' },
      { title: 'MEMORY', align: 'right' },
      { title: 'NOTE', flexible: true },
    ],
    rows,
    output.width,
  )
}

function noteOf(step: RunStep, last: Execution | undefined): string {
  const place = step.workspace === undefined ? '' : `in ${step.workspace}`
  const note = [place, step.call?.brief ?? '', stepNote(step)].filter(Boolean).join(' · ')
  return note === '' && last?.cache?.hit === false && last.cache.reason !== undefined
    ? `no cache: ${last.cache.reason}`
    : note
}

/** The outputs of a run, one a line, or its error with what to do. */
export function resultText(result: RunResult, { colors, width }: Pick<Output, 'colors' | 'width'>): string {
  const { outputs, error } = result
  if (error !== null) {
    const lines = [`${colors.red('error:')} ${error.message} ${colors.dim(`(${error.code})`)}`]
    if (error.fix !== undefined) lines.push(`  ${colors.cyan('fix:')} ${error.fix}`)
    if (error.details !== undefined) lines.push(detailsText(error.details, colors))
    return lines.join('\n')
  }
  const fields = renderFields(Object.entries(outputs ?? {}).map(([name, value]) => [name, outputText(value)] as const))
  return fields
    .split('\n')
    .map((line) => (Number.isFinite(width) ? cut(line, width) : line))
    .join('\n')
}

/** Lines of a failure's details that are shown; `run logs` has all. */
const MAX_DETAIL_LINES = 20

/** The end of what a failed command wrote, set apart by a bar. */
export function detailsText(details: string, colors: Colors): string {
  const lines = details.trimEnd().split('\n').slice(-MAX_DETAIL_LINES)
  return lines.map((line) => `  ${colors.dim('|')} ${line}`).join('\n')
}

/** Values stand in full; a terminal's width cuts them later, a pipe does not. */
function outputText(value: Json): string {
  if (typeof value === 'string' && !value.includes('\n')) return value
  return isAssetJson(value) ? shortValue(value) : JSON.stringify(value)
}

export async function result(session: Session, id: string): Promise<ExitName | undefined> {
  const { client, routes, project, output } = session
  const answer = await client.call(routes.runs.result, { params: { project, run: id } })
  await output.result(
    answer,
    () => resultText(answer, output) || `The run ${endWords(answer.status)}; it has no outputs.`,
  )
  return exitOfRun(answer.status)
}

export interface CancelOptions {
  readonly step?: string
  readonly reason?: string
  readonly wait?: boolean
}

export async function cancel(session: Session, options: CancelOptions, id: string): Promise<ExitName | undefined> {
  const { client, routes, project, output } = session
  if (options.step !== undefined) {
    const { step } = options
    const answer = await client.call(routes.runs.cancelStep, { params: { project, run: id, step } })
    await output.result(answer, () => `${step} of run ${id} is being cancelled; the run goes on.`)
    return undefined
  }
  const body = options.reason === undefined ? {} : { reason: options.reason }
  const answer = await client.call(routes.runs.cancel, { params: { project, run: id }, body })
  if (options.wait !== true) {
    await output.result(answer, () => `Run ${id} is being cancelled.`)
    return undefined
  }
  const { waitForRun } = await import('./run-wait.ts')
  const run = await waitForRun(session, id, {}, 'err')
  await output.result(run, () => `Run ${id} ${endWords(run.status)}.`)
  return run.status === 'cancelled' ? undefined : exitOfRun(run.status)
}

export async function remove(
  session: Session,
  options: { readonly yes?: boolean },
  id: string,
): Promise<ExitName | undefined> {
  const { client, routes, project, output } = session
  const { confirmDeletion } = await import('./ask.ts')
  await confirmDeletion(`Delete the run ${id} with its logs and files?`, options.yes === true, output)
  await client.call(routes.runs.remove, { params: { project, run: id } })
  await output.result({ deleted: id }, () => `Deleted run ${id}.`)
  return undefined
}
