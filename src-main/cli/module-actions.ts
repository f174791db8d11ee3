import type { TargetDetail } from '../../src-shared/contract/index.ts'
import { defaultText, firstParagraph, optionWords, schemaText } from '../../src-shared/targets/words.ts'
import type { Session } from './connect.ts'
import type { ExitName } from './exit-codes.ts'
import { CliError } from './failure.ts'
import type { Output } from './output.ts'
import { allPages } from './pages.ts'
import { renderFields, renderTable } from './table.ts'
import { formatTime } from './times.ts'

type Done = Promise<ExitName | undefined>

const DEFAULT_LIMIT = 1000

export async function listModules(session: Session, { workspace }: { readonly workspace: string }): Done {
  const { client, routes, project, output } = session
  const page = await allPages(DEFAULT_LIMIT, (part) =>
    client.call(routes.targets.modules, { params: { project }, query: { ...part, workspace } }),
  )
  await output.result(page, () => {
    if (output.quiet) return page.items.map(({ module }) => module).join('\n')
    if (page.items.length === 0) return ''
    return renderTable(
      [
        { title: 'MODULE' },
        { title: 'VERSION', align: 'right' },
        { title: 'LANGUAGE' },
        { title: 'WORKFLOWS', align: 'right' },
        { title: 'TASKS', align: 'right' },
        { title: 'WORKSPACE' },
        { title: 'REGISTERED' },
        { title: 'DESCRIPTION', flexible: true },
      ],
      page.items.map((each) => [
        each.module,
        String(each.version),
        each.language,
        String(each.workflows),
        String(each.tasks),
        each.workspace,
        formatTime(each.registeredAt),
        firstParagraph(each.description ?? ''),
      ]),
      output.width,
    )
  })
  if (page.items.length === 0) output.note(`No modules in ${workspace}. Connect code with: weir worker start MODULE`)
  return undefined
}

export async function versions(session: Session, { limit }: { readonly limit?: number }, module: string): Done {
  const { client, routes, project, output } = session
  const page = await allPages(limit ?? DEFAULT_LIMIT, (part) =>
    client.call(routes.targets.versions, { params: { project, module }, query: part }),
  )
  await output.result(page, () => {
    if (output.quiet) return page.items.map(({ version }) => String(version)).join('\n')
    return renderTable(
      [
        { title: 'VERSION', align: 'right' },
        { title: 'WORKSPACE' },
        { title: 'LANGUAGE' },
        { title: 'WORKFLOWS', align: 'right' },
        { title: 'TASKS', align: 'right' },
        { title: 'REGISTERED' },
      ],
      page.items.map((each) => [
        String(each.version),
        each.workspace,
        each.language,
        String(each.workflows),
        String(each.tasks),
        formatTime(each.registeredAt),
      ]),
      output.width,
    )
  })
  return undefined
}

interface TargetFilter {
  readonly workspace: string
  readonly search?: string
  readonly module?: string
  readonly limit?: number
}

export async function listTargets(session: Session, { limit, ...filter }: TargetFilter): Done {
  const { client, routes, project, output } = session
  const page = await allPages(limit ?? DEFAULT_LIMIT, (part) =>
    client.call(routes.targets.list, { params: { project }, query: { ...part, ...filter } }),
  )
  await output.result(page, () => {
    if (output.quiet) return page.items.map(({ path }) => path).join('\n')
    if (page.items.length === 0) return ''
    return renderTable(
      [
        { title: 'TARGET' },
        { title: 'KIND' },
        { title: 'VERSION', align: 'right' },
        { title: 'PARAMETERS', flexible: true },
        { title: 'DESCRIPTION', flexible: true },
      ],
      page.items.map((each) => [
        each.path,
        each.kind,
        String(each.version),
        each.parameters.map(({ name }) => name).join(', '),
        firstParagraph(each.description ?? ''),
      ]),
      output.width,
    )
  })
  if (page.items.length === 0) output.note(`No targets found in ${filter.workspace}.`)
  return undefined
}

export async function inspectTarget(
  session: Session,
  options: { readonly workspace: string; readonly version?: number },
  path: string,
): Done {
  const { client, routes, project, output } = session
  const [module = '', target = '', ...rest] = path.split('/')
  if (module === '' || target === '' || rest.length > 0) {
    throw new CliError('usage', 'usage', `"${path}" is no target.`, 'Write the module and the target: digits/train.')
  }
  const found = await client.call(routes.targets.get, { params: { project, module, target }, query: options })
  await output.result(found, () => details(output, found))
  return undefined
}

function details(output: Output, target: TargetDetail): string {
  const { source, result } = target
  const fields = renderFields([
    ['Target', output.colors.bold(target.path)],
    ['Kind', target.kind],
    ['Module', `${target.module} version ${target.version} (${target.language}, ${target.workspace})`],
    ['Source', source === undefined ? null : `${source.file}:${source.line}`],
    ['Returns', result === undefined ? null : schemaText(result)],
    ...optionWords(target.options).map(({ name, text }): [string, string] => [name, text]),
    ['Code', target.code],
    ['Registered', formatTime(target.registeredAt)],
  ])
  const parameters =
    target.parameters.length === 0
      ? ''
      : renderTable(
          [{ title: 'PARAMETER' }, { title: 'TYPE' }, { title: 'DEFAULT' }, { title: 'DESCRIPTION', flexible: true }],
          target.parameters.map((each, i) => [
            target.inputs[i] ?? each.name,
            schemaText(each.schema),
            defaultText(each) ?? '(needed)',
            each.description ?? '',
          ]),
          output.width,
        )
  return [fields, target.description ?? '', parameters].filter((part) => part !== '').join('\n\n')
}
