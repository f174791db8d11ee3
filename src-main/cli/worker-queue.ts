import type { Session } from './connect.ts'
import type { ExitName } from './exit-codes.ts'
import { renderTable } from './table.ts'
import { formatTime, localTimes } from './times.ts'

export interface QueueOptions {
  readonly workspace?: string
  readonly limit?: number
}

/** What could run and does not yet. `count` steps of a run that ask for the same are one line. */
export async function queue(session: Session, options: QueueOptions): Promise<ExitName | undefined> {
  const { client, routes, project, output } = session
  const answer = await client.call(routes.runs.queue, { params: { project }, query: options })
  await output.result(answer, () => {
    if (output.quiet) return answer.items.map(({ run, step }) => `${run} ${step}`).join('\n')
    if (answer.items.length === 0) return 'Nothing is queued.'
    return renderTable(
      [
        { title: 'RUN' },
        { title: 'STEP' },
        { title: 'COUNT', align: 'right' },
        { title: 'WORKFLOW' },
        { title: 'WORKSPACE' },
        { title: 'PRIORITY', align: 'right' },
        { title: 'SINCE' },
        { title: 'WHY', flexible: true },
      ],
      answer.items.map((entry) => [
        entry.run,
        entry.step,
        String(entry.count),
        entry.workflow,
        entry.workspace,
        String(entry.priority),
        formatTime(entry.since),
        localTimes(entry.why),
      ]),
      output.width,
    )
  })
  const shown = answer.items.reduce((sum, { count }) => sum + count, 0)
  if (answer.total > shown) output.note(`There are ${answer.total} in all; these are ${shown}. See more with --limit`)
  return undefined
}
