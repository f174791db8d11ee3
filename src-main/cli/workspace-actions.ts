import type { Workspace } from '../../src-shared/contract/index.ts'
import { confirmDeletion } from './ask.ts'
import type { Session } from './connect.ts'
import type { ExitName } from './exit-codes.ts'
import { renderFields, renderTable } from './table.ts'
import { formatTime } from './times.ts'

type Done = Promise<ExitName | undefined>

/** What a name is moved to the right by, for each workspace above it */
const INDENT = '  '

export async function list(session: Session, { archived = false }: { readonly archived?: boolean }): Done {
  const { client, routes, project, output } = session
  const page = await client.call(routes.workspaces.list, {
    params: { project },
    query: { archived: archived ? 'true' : 'false' },
  })
  await output.result(page, () => {
    if (output.quiet) return page.items.map(({ name }) => name).join('\n')
    return renderTable(
      [{ title: 'WORKSPACE' }, { title: 'STATE' }, { title: 'ACTIVE RUNS', align: 'right' }, { title: 'MADE' }],
      page.items.map((workspace) => [
        INDENT.repeat(workspace.depth) + workspace.name,
        workspace.state,
        String(workspace.activeRuns),
        formatTime(workspace.createdAt),
      ]),
      output.width,
    )
  })
  return undefined
}

export async function create(session: Session, { base }: { readonly base: string }, name: string): Done {
  const { client, routes, project } = session
  const made = await client.call(routes.workspaces.create, { params: { project }, body: { name, base } })
  return said(session, made, `Made workspace ${name} on ${base}. Use it with: weir run start … --workspace ${name}`)
}

export async function inspect(session: Session, workspace: string): Done {
  const { client, routes, output } = session
  const found = await client.call(routes.workspaces.get, at(session, workspace))
  await output.result(found, () =>
    renderFields([
      ['Workspace', found.name],
      ['Base', found.base],
      ['State', found.state],
      ['Active runs', String(found.activeRuns)],
      ['Made', formatTime(found.createdAt)],
      ['Archived', found.archivedAt === null ? null : formatTime(found.archivedAt)],
    ]),
  )
  return undefined
}

export async function rename(session: Session, workspace: string, name: string): Done {
  const { client, routes } = session
  const changed = await client.call(routes.workspaces.rename, { ...at(session, workspace), body: { name } })
  return said(session, changed, `Renamed workspace ${workspace} to ${name}.`)
}

export async function rebase(session: Session, workspace: string, base: string): Done {
  const { client, routes } = session
  const changed = await client.call(routes.workspaces.rebase, { ...at(session, workspace), body: { base } })
  return said(session, changed, `Workspace ${workspace} uses the results of ${base} from now on.`)
}

export async function pause(session: Session, workspace: string): Done {
  const { client, routes } = session
  const changed = await client.call(routes.workspaces.pause, at(session, workspace))
  const { activeRuns } = changed
  const runs = activeRuns === 1 ? 'is 1 active run' : `are ${activeRuns} active runs`
  const rest = activeRuns === 0 ? '' : ` There ${runs} in it: what runs comes to its end.`
  return said(session, changed, `Paused workspace ${workspace}.${rest}`)
}

export async function unpause(session: Session, workspace: string): Done {
  const { client, routes } = session
  const changed = await client.call(routes.workspaces.unpause, at(session, workspace))
  return said(session, changed, `Workspace ${workspace} goes on.`)
}

export async function archive(session: Session, workspace: string): Done {
  const { client, routes } = session
  const changed = await client.call(routes.workspaces.archive, at(session, workspace))
  return said(session, changed, `Archived workspace ${workspace}.`)
}

export async function unarchive(session: Session, workspace: string): Done {
  const { client, routes } = session
  const changed = await client.call(routes.workspaces.unarchive, at(session, workspace))
  return said(session, changed, `Workspace ${workspace} is in use again.`)
}

export async function remove(session: Session, options: { readonly yes?: boolean }, workspace: string): Done {
  const { client, routes, output } = session
  await confirmDeletion(`Delete the workspace ${workspace}?`, options.yes === true, output)
  await client.call(routes.workspaces.remove, at(session, workspace))
  await output.result({ deleted: workspace }, () => `Deleted workspace ${workspace}.`)
  return undefined
}

const at = ({ project }: Session, workspace: string) => ({ params: { project, workspace } })

async function said(session: Session, workspace: Workspace, sentence: string): Done {
  await session.output.result(workspace, () => sentence)
  return undefined
}
