import type { Project } from '../../src-shared/contract/index.ts'
import { confirmDeletion } from './ask.ts'
import type { Session } from './connect.ts'
import type { ExitName } from './exit-codes.ts'
import { renderTable } from './table.ts'
import { formatTime } from './times.ts'

type Done = Promise<ExitName | undefined>

export async function list(session: Session, { archived = false }: { readonly archived?: boolean }): Done {
  const { client, routes, output } = session
  const page = await client.call(routes.projects.list, { query: { archived: archived ? 'true' : 'false' } })
  await output.result(page, () => {
    if (output.quiet) return page.items.map(({ name }) => name).join('\n')
    return renderTable(
      [
        { title: 'PROJECT' },
        { title: 'STATE' },
        { title: 'ACTIVE RUNS', align: 'right' },
        { title: 'MADE' },
        { title: 'ABOUT', flexible: true },
      ],
      page.items.map((project) => [
        project.name,
        project.state,
        String(project.activeRuns),
        formatTime(project.createdAt),
        project.description,
      ]),
      output.width,
    )
  })
  return undefined
}

export async function create(session: Session, options: { readonly description?: string }, name: string): Done {
  const { client, routes } = session
  const made = await client.call(routes.projects.create, { body: { name, description: options.description ?? '' } })
  return said(session, made, `Made project ${name}. Use it with: --project ${name}`)
}

export async function inspect(session: Session, name: string): Done {
  const project = await session.client.call(session.routes.projects.get, { params: { project: name } })
  await session.output.result(project, () => {
    const rows: [string, string][] = [
      ['Project', project.name],
      ['About', project.description],
      ['State', project.state],
      ['Active runs', String(project.activeRuns)],
      ['Made', formatTime(project.createdAt)],
    ]
    if (project.archivedAt !== null) rows.push(['Archived', formatTime(project.archivedAt)])
    return rows
      .filter(([, value]) => value !== '')
      .map(([name, value]) => `${name.padEnd(13)}${value}`)
      .join('\n')
  })
  return undefined
}

export async function rename(session: Session, name: string, to: string): Done {
  return change(session, name, { name: to }, `Renamed project ${name} to ${to}.`)
}

export async function describe(session: Session, name: string, description: string): Done {
  return change(session, name, { description }, `Described project ${name}.`)
}

export async function setArchived(session: Session, name: string, isArchived: boolean): Done {
  const { client, routes } = session
  const route = isArchived ? routes.projects.archive : routes.projects.unarchive
  const project = await client.call(route, { params: { project: name } })
  return said(session, project, isArchived ? `Archived project ${name}.` : `Project ${name} is in use again.`)
}

export async function remove(session: Session, options: { readonly yes?: boolean }, name: string): Done {
  const { client, routes, output } = session
  const what = `Delete the project ${name} with all its workflows, runs, logs and files? This cannot be undone.`
  await confirmDeletion(what, options.yes === true, output)
  await client.call(routes.projects.remove, { params: { project: name } })
  await output.result({ deleted: name }, () => `Deleted project ${name}.`)
  return undefined
}

async function change(
  session: Session,
  project: string,
  to: { readonly name?: string; readonly description?: string },
  sentence: string,
): Done {
  const { client, routes } = session
  const { name, description } = await client.call(routes.projects.get, { params: { project } })
  const changed = await client.call(routes.projects.update, { params: { project }, body: { name, description, ...to } })
  return said(session, changed, sentence)
}

async function said(session: Session, project: Project, sentence: string): Done {
  await session.output.result(project, () => sentence)
  return undefined
}
