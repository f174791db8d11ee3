import { resolve } from 'node:path'
import type { Pool } from '../../src-shared/contract/index.ts'
import { confirmDeletion } from './ask.ts'
import { connect, type Session } from './connect.ts'
import type { Context } from './context.ts'
import type { ExitName } from './exit-codes.ts'
import { CliError } from './failure.ts'
import { renderFields, renderTable } from './table.ts'
import { formatDuration, formatTime } from './times.ts'

type Done = Promise<ExitName | undefined>

export interface CreateOptions {
  readonly workspace: string
  readonly command?: string
  readonly dir?: string
  readonly dev?: boolean
  readonly register?: boolean
  readonly min: number
  readonly max: number
  readonly idleStop: number
  readonly concurrency?: number
  readonly env?: string[]
  readonly tag?: string[]
  readonly python?: string
}

export async function create(context: Context, options: CreateOptions, name: string, modules: readonly string[]): Done {
  const session = await connect(context)
  try {
    const { client, routes, project, output } = session
    const pool = await client.call(routes.pools.create, {
      params: { project },
      body: {
        name,
        workspace: options.workspace,
        modules: [...modules],
        command: options.command ?? null,
        folder: resolve(options.dir ?? '.'),
        register: options.dev === true ? 'always' : options.register === true ? 'once' : 'never',
        min: options.min,
        max: Math.max(options.max, options.min),
        idleStopMs: options.idleStop,
        concurrency: options.concurrency ?? null,
        env: Object.fromEntries((options.env ?? []).map(variable)),
        tags: options.tag ?? [],
        python: options.python ?? null,
      },
    })
    const when = pool.min > 0 ? `keeps ${pool.min} to ${pool.max} workers` : 'starts a worker when there is work for it'
    await output.result(pool, () => `Made pool ${name}: it ${when}.`)
    return undefined
  } finally {
    session.close()
  }
}

function variable(text: string): [string, string] {
  const at = text.indexOf('=')
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)]
  throw new CliError('usage', 'usage', `--env ${text} has no value.`, 'Write it as NAME=VALUE.')
}

export async function list(session: Session): Done {
  const { client, routes, project, output } = session
  const page = await client.call(routes.pools.list, { params: { project } })
  await output.result(page, () => {
    if (output.quiet) return page.items.map(({ name }) => name).join('\n')
    return renderTable(
      [
        { title: 'POOL' },
        { title: 'WORKSPACE' },
        { title: 'STATE' },
        { title: 'WORKERS', align: 'right' },
        { title: 'QUEUED', align: 'right' },
        { title: 'STARTS', flexible: true },
      ],
      page.items.map((pool) => [
        pool.name,
        pool.workspace,
        stateOf(pool),
        `${pool.workers.length} of ${pool.min === pool.max ? pool.max : `${pool.min} to ${pool.max}`}`,
        String(pool.queued),
        pool.command ?? pool.modules.join(' '),
      ]),
      output.width,
    )
  })
  return undefined
}

export async function inspect(session: Session, name: string): Done {
  const { client, routes, output } = session
  const pool = await client.call(routes.pools.get, at(session, name))
  await output.result(pool, () =>
    renderFields([
      ['Pool', pool.name],
      ['Workspace', pool.workspace],
      ['State', stateOf(pool)],
      ['Problem', pool.problem],
      ['Next start', pool.nextStart === null ? null : formatTime(pool.nextStart)],
      ['Starts', pool.command ?? pool.modules.join(' ')],
      ['In', pool.folder],
      ['Hosts', pool.hosts.join(', ') || null],
      ['Tags', pool.tags.join(', ') || null],
      ['Variables', pool.env.join(', ') || null],
      ['Workers', `${pool.min} to ${pool.max}; one without work for ${formatDuration(pool.idleStopMs)} is stopped`],
      ['Queued', String(pool.queued)],
      ['Run now', pool.workers.map((one) => `process ${one.pid} ${one.worker ?? ''} ${one.state}`).join('\n') || null],
    ]),
  )
  return undefined
}

export async function start(session: Session, name: string): Done {
  const { client, routes } = session
  const pool = await client.call(routes.pools.start, at(session, name))
  return said(session, pool, `Pool ${name} starts workers when there is work for them.`)
}

export async function stop(session: Session, name: string): Done {
  const { client, routes } = session
  const pool = await client.call(routes.pools.stop, at(session, name))
  const rest = pool.workers.length === 0 ? '' : ' Its workers finish what they run and end.'
  return said(session, pool, `Pool ${name} starts no more workers.${rest}`)
}

export async function remove(session: Session, options: { readonly yes?: boolean }, name: string): Done {
  const { client, routes, output } = session
  await confirmDeletion(`Delete the pool ${name}?`, options.yes === true, output)
  await client.call(routes.pools.remove, at(session, name))
  await output.result({ deleted: name }, () => `Deleted pool ${name}.`)
  return undefined
}

export async function logs(session: Session, { tail }: { readonly tail: number }, name: string): Done {
  const { client, routes, output } = session
  const found = await client.call(routes.pools.logs, { ...at(session, name), query: { tail } })
  await output.result(found, () => found.lines.join('\n'))
  return undefined
}

const at = ({ project }: Session, pool: string) => ({ params: { project, pool } })

async function said(session: Session, pool: Pool, sentence: string): Done {
  await session.output.result(pool, () => sentence)
  return undefined
}

function stateOf({ enabled, problem, workers }: Pool): string {
  if (!enabled) return 'stopped'
  if (problem !== null) return 'failing'
  return workers.length > 0 ? 'running' : 'idle'
}
