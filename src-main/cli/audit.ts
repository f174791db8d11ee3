import { Command } from 'commander'
import { engineAction } from './action.ts'
import { examples } from './examples.ts'
import { wholeNumber } from './numbers.ts'

interface AuditOptions {
  readonly actor?: string
  readonly action?: string
  readonly limit?: number
}

const DEFAULT_LIMIT = 50

export function auditCommand(): Command {
  const audit = new Command('audit').description('Who changed what')
  audit
    .command('list')
    .description('Changes, newest first')
    .option('--actor <name>', 'only by this key or token')
    .option('--action <operation>', 'only this operation, e.g. runs.start')
    .option('--limit <n>', `at most so many (${DEFAULT_LIMIT})`, wholeNumber(1))
    .addHelpText('after', examples('weir audit list', 'weir audit list --action runs.cancel -o json'))
    .action(
      engineAction<AuditOptions>(async (session, options) => {
        const { client, routes, output } = session
        const [{ allPages }, { renderTable }, { formatTime }] = await Promise.all([
          import('./pages.ts'),
          import('./table.ts'),
          import('./times.ts'),
        ])
        const filter = {
          ...(options.actor === undefined ? {} : { actor: options.actor }),
          ...(options.action === undefined ? {} : { action: options.action }),
        }
        const page = await allPages(options.limit ?? DEFAULT_LIMIT, (part) =>
          client.call(routes.audit.list, { query: { ...part, ...filter } }),
        )
        await output.result(page, () =>
          renderTable(
            [
              { title: 'TIME' },
              { title: 'WHO' },
              { title: 'FROM' },
              { title: 'ACTION' },
              { title: 'ANSWER', align: 'right' },
              { title: 'ON', flexible: true },
            ],
            page.items.map((entry) => [
              formatTime(entry.at),
              entry.actor,
              entry.from,
              entry.action,
              entry.code === null ? String(entry.status) : `${entry.status} ${entry.code}`,
              entry.target,
            ]),
            output.width,
          ),
        )
        return undefined
      }),
    )
  return audit
}
