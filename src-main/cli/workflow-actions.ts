import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import {
  isAbsent,
  type Param,
  type Step,
  type Workflow,
  type WorkflowSummary,
} from '../../src-shared/contract/index.ts'
import { firstParagraph, schemaText } from '../../src-shared/targets/words.ts'
import type { Session } from './connect.ts'
import { download } from './download.ts'
import type { ExitName } from './exit-codes.ts'
import { CliError } from './failure.ts'
import { isStatus, statusCell } from './glyphs.ts'
import type { Output } from './output.ts'
import { allPages } from './pages.ts'
import { readSource } from './source.ts'
import { renderFields, renderTable } from './table.ts'
import { formatBytes, formatTime } from './times.ts'
import { hashSourceFiles } from './upload.ts'
import { shortValue } from './values.ts'
import { applySource } from './workflow-apply.ts'

const DEFAULT_LIMIT = 1000

export async function validate(session: Session, file: string): Promise<ExitName | undefined> {
  const { client, routes, project, output } = session
  const source = await readSource(file)
  const files = await hashSourceFiles(source)
  const answer = await client.call(routes.workflows.validate, {
    params: { project },
    body: { source: source.text, files },
  })
  const { problemCount, renderProblems } = await import('./carets.ts')
  if (answer.problems.length > 0 && output.format === 'table') {
    output.error(renderProblems(answer.problems, source.label, source.text, output.errColors))
    output.error('')
  }
  await output.result(answer, () =>
    answer.valid ? `${source.label}: valid (${answer.name ?? ''}), ${problemCount(answer.problems)}` : '',
  )
  if (!answer.valid && output.format === 'table') output.error(`${source.label}: ${problemCount(answer.problems)}`)
  return answer.valid ? undefined : 'invalid'
}

export async function apply(
  session: Session,
  options: { readonly base?: number },
  file: string,
): Promise<ExitName | undefined> {
  const { output } = session
  const applied = await applySource(session, await readSource(file), options.base)
  await output.result(applied, () => {
    if (output.quiet) return applied.name
    return applied.created
      ? `Saved ${applied.name} as version ${applied.version}.`
      : `${applied.name} is unchanged: version ${applied.version} is the same.`
  })
  output.note(`Run it with: weir run start ${applied.name}`)
  return undefined
}

export async function list(
  session: Session,
  options: { readonly search?: string; readonly workspace?: string; readonly limit?: number },
): Promise<ExitName | undefined> {
  const { client, routes, project, output } = session
  const { limit, ...search } = options
  const page = await allPages(limit ?? DEFAULT_LIMIT, (part) =>
    client.call(routes.workflows.list, { params: { project }, query: { ...part, ...search } }),
  )
  await output.result(page, () => {
    if (output.quiet) return page.items.map((each) => each.name).join('\n')
    if (page.items.length === 0) return ''
    return renderTable(
      [
        { title: 'WORKFLOW' },
        { title: 'VERSION', align: 'right' },
        { title: 'STEPS', align: 'right' },
        { title: 'UPDATED' },
        { title: 'LAST RUN' },
        { title: 'CODE' },
        { title: 'DESCRIPTION', flexible: true },
      ],
      page.items.map((each) => [
        each.name,
        String(each.version),
        String(each.steps),
        formatTime(each.updatedAt),
        lastRunCell(each.lastRun, output),
        each.code === null ? '' : `${each.code.module} ${each.code.version}`,
        firstParagraph(each.description ?? ''),
      ]),
      output.width,
    )
  })
  if (page.items.length === 0) output.note('No workflows. Save one with: weir workflow apply FILE')
  return undefined
}

function codeText({ code }: Workflow): string | null {
  if (code === null) return null
  const { module, target, version, language, workspace, current } = code
  const state = current ? '' : '; the newest version of the module does not have it any more'
  return `${module}/${target} in version ${version} (${language}, ${workspace}${state})`
}

function lastRunCell(run: WorkflowSummary['lastRun'], output: Output): string {
  if (run === null) return ''
  return isStatus(run.status) ? statusCell(run.status, output.colors, output.unicode) : run.status
}

interface Which {
  readonly version?: number
  readonly workspace?: string
}

export async function inspect(session: Session, options: Which, name: string): Promise<ExitName | undefined> {
  const { client, routes, project, output } = session
  const workflow = await client.call(routes.workflows.get, {
    params: { project, workflow: name },
    query: options,
  })
  await output.result(workflow, () => details(session, workflow))
  return undefined
}

function details({ output }: Session, workflow: Workflow): string {
  const { definition } = workflow
  const fields = renderFields([
    ['Workflow', output.colors.bold(workflow.name)],
    ['Description', workflow.description],
    [
      'Version',
      workflow.version === workflow.latest ? String(workflow.version) : `${workflow.version} of ${workflow.latest}`,
    ],
    ['Code', codeText(workflow)],
    ['Digest', workflow.digest],
    ['Saved', formatTime(workflow.updatedAt)],
  ])
  const params = Object.entries(definition.params ?? {})
  const tables = [
    fields,
    params.length === 0
      ? ''
      : renderTable(
          [{ title: 'PARAMETER' }, { title: 'TYPE' }, { title: 'DEFAULT' }, { title: 'DESCRIPTION', flexible: true }],
          params.map(([name, param]) => [name, paramType(param), defaultCell(param), param.description ?? '']),
          output.width,
        ),
    renderTable(
      [
        { title: 'STEP' },
        { title: 'KIND' },
        { title: 'NEEDS', flexible: true },
        { title: 'DESCRIPTION', flexible: true },
      ],
      Object.entries(definition.steps).map(([name, step]) => [
        name,
        stepKind(step),
        [step.needs ?? []].flat().join(', '),
        step.description ?? '',
      ]),
      output.width,
    ),
    workflow.files.length === 0
      ? ''
      : renderTable(
          [{ title: 'FILE' }, { title: 'SIZE', align: 'right' }],
          workflow.files.map((file) => [file.path, formatBytes(file.size)]),
          output.width,
        ),
  ]
  return tables.filter((table) => table !== '').join('\n\n')
}

function defaultCell({ default: value, required }: Param): string {
  if (value === undefined) return required === false ? '' : '(needed)'
  return isAbsent(value) ? '(as the code says)' : shortValue(value)
}

const paramType = (param: Param): string =>
  param.enum !== undefined
    ? param.enum.map((each) => shortValue(each)).join(' | ')
    : param.type === 'json' && param.schema !== undefined
      ? schemaText(param.schema)
      : param.type

function stepKind(step: Step): string {
  const kind =
    step.workflow !== undefined
      ? 'workflow'
      : step.approval !== undefined
        ? 'approval'
        : step.sleep !== undefined
          ? 'sleep'
          : step.target !== undefined
            ? 'target'
            : step.image !== undefined
              ? 'container'
              : 'process'
  return step.forEach === undefined ? kind : `${kind} ×`
}

interface ExportOptions {
  readonly dir?: string
  readonly version?: number
  readonly force?: boolean
}

export async function exportTo(session: Session, options: ExportOptions, name: string): Promise<ExitName | undefined> {
  const { client, routes, project, output } = session
  const workflow = await client.call(routes.workflows.get, {
    params: { project, workflow: name },
    query: options.version === undefined ? {} : { version: options.version },
  })
  const dir = options.dir ?? workflow.name
  const target = join(dir, 'weir.yaml')
  await mkdir(dir, { recursive: true })
  await writeFile(target, workflow.source, { flag: options.force === true ? 'w' : 'wx' }).catch((error: unknown) => {
    throw alreadyThere(error, target)
  })
  for (const file of workflow.files) await download(session, file, dir, { force: options.force === true })
  await output.result(
    {
      name: workflow.name,
      version: workflow.version,
      dir,
      files: ['weir.yaml', ...workflow.files.map((file) => file.path)],
    },
    () =>
      `Wrote ${workflow.name} v${workflow.version} to ${dirname(target)}: weir.yaml and ${workflow.files.length} other files.`,
  )
  return undefined
}

function alreadyThere(error: unknown, path: string): unknown {
  if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) return error
  return new CliError(
    'usage',
    'file_exists',
    `${path} is there already.`,
    'Choose another folder with --dir, or write over it with --force.',
  )
}

export async function remove(
  session: Session,
  options: { readonly yes?: boolean },
  name: string,
): Promise<ExitName | undefined> {
  const { client, routes, project, output } = session
  const { confirmDeletion } = await import('./ask.ts')
  await confirmDeletion(
    `Delete the workflow ${name} with all its versions? Its runs stay.`,
    options.yes === true,
    output,
  )
  await client.call(routes.workflows.remove, { params: { project, workflow: name } })
  await output.result({ deleted: name }, () => `Deleted workflow ${name}.`)
  return undefined
}
