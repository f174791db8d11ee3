import type { Session } from './connect.ts'
import type { ExitName } from './exit-codes.ts'
import { allPages } from './pages.ts'
import { renderTable } from './table.ts'
import { formatTime } from './times.ts'

const DEFAULT_LIMIT = 1000

export async function list(
  session: Session,
  options: { readonly workflow?: string; readonly limit?: number },
): Promise<ExitName | undefined> {
  const { client, routes, project, output } = session
  const filter = options.workflow === undefined ? {} : { workflow: options.workflow }
  const page = await allPages(options.limit ?? DEFAULT_LIMIT, (part) =>
    client.call(routes.drafts.list, { params: { project }, query: { ...part, ...filter } }),
  )
  await output.result(page, () => {
    if (output.quiet) return page.items.map((each) => each.id).join('\n')
    if (page.items.length === 0) return ''
    return renderTable(
      [{ title: 'DRAFT' }, { title: 'OF' }, { title: 'CHANGED' }, { title: 'FILE', flexible: true }],
      page.items.map((each) => [
        each.id,
        each.workflow === null ? '(new)' : `${each.workflow}${each.base === null ? '' : ` v${each.base}`}`,
        formatTime(each.updatedAt),
        each.origin ?? '',
      ]),
      output.width,
    )
  })
  if (page.items.length === 0) output.note('No drafts.')
  return undefined
}

export async function inspect(session: Session, id: string): Promise<ExitName | undefined> {
  const { client, routes, project, output } = session
  const draft = await client.call(routes.drafts.get, { params: { project, draft: id } })
  await output.result(draft, () => draft.source)
  return undefined
}

export async function remove(
  session: Session,
  options: { readonly yes?: boolean },
  id: string,
): Promise<ExitName | undefined> {
  const { client, routes, project, output } = session
  const { confirmDeletion } = await import('./ask.ts')
  await confirmDeletion(`Throw the draft ${id} away? What was published stays.`, options.yes === true, output)
  await client.call(routes.drafts.remove, { params: { project, draft: id } })
  await output.result({ deleted: id }, () => `Deleted draft ${id}.`)
  return undefined
}
