import type { Answer, routes as allRoutes } from '../../src-shared/contract/index.ts'
import type { Session } from './connect.ts'
import type { ExitName } from './exit-codes.ts'
import { statusCell } from './glyphs.ts'
import type { Output } from './output.ts'
import { renderTable } from './table.ts'
import { localTimes } from './times.ts'

type Why = Answer<typeof allRoutes.runs.why>
type Reason = Why['reasons'][number]

/** Steps that are named after the first one for which a reason holds. */
const NAMED = 3

export async function why(
  session: Session,
  options: { readonly step?: string },
  id: string,
): Promise<ExitName | undefined> {
  const { client, routes, project, output } = session
  const query = options.step === undefined ? {} : { step: options.step }
  const answer = await client.call(routes.runs.why, { params: { project, run: id }, query })
  await output.result(answer, () => whyText(answer, output))
  return undefined
}

/** The summary, a table of reasons, and what failed steps wrote last. What holds for many steps is told once. */
export function whyText({ summary, reasons }: Why, { colors, unicode }: Pick<Output, 'colors' | 'unicode'>): string {
  const groups = groupsOf(reasons)
  const table = renderTable(
    [{ title: 'STEP' }, { title: 'STATUS' }, { title: 'WHY' }],
    groups.map(([first, ...more]) => [
      first.step,
      statusCell(first.status, colors, unicode),
      localTimes(first.text) + (more.length === 0 ? '' : ` (and ${more.length} more: ${namesOf(more)})`),
    ]),
    Number.POSITIVE_INFINITY, // a reason that is cut is none
  )
  const wrote = groups.flatMap(([{ step, details = '' }]) =>
    details.trim() === '' ? [] : [`${step} wrote last:\n${details.trimEnd().replace(/^/gm, '  ')}`],
  )
  return [localTimes(summary), ...(groups.length === 0 ? [] : [table]), ...wrote].join('\n\n')
}

/** Reasons that say the same, in the order of their first ones. */
function groupsOf(reasons: readonly Reason[]): (readonly [Reason, ...Reason[]])[] {
  const groups = new Map<string, [Reason, ...Reason[]]>()
  for (const reason of reasons) {
    const said = JSON.stringify([reason.status, reason.text, reason.details?.trim() ?? ''])
    const group = groups.get(said)
    if (group === undefined) groups.set(said, [reason])
    else group.push(reason)
  }
  return [...groups.values()]
}

function namesOf(reasons: readonly Reason[]): string {
  const names = reasons.slice(0, NAMED).map(({ step }) => step)
  return `${names.join(', ')}${reasons.length > NAMED ? ', …' : ''}`
}
