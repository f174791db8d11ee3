import type { Finding } from '../../src-shared/contract/index.ts'
import { plural } from '../ui/format.ts'

const ORDER: Record<Finding['status'], number> = { error: 0, warning: 1, absent: 2, ok: 3 }

export const STATUS_WORDS: Record<Finding['status'], string> = {
  error: 'Wrong',
  warning: 'Worth a look',
  absent: 'Not there',
  ok: 'All right',
}

/** The worst first; what is alike stays in the doctor's order. */
export const worstFirst = (findings: readonly Finding[]): readonly Finding[] =>
  [...findings].sort((a, b) => ORDER[a.status] - ORDER[b.status])

/** How it stands, in a sentence. */
export function verdict(findings: readonly Finding[]): string {
  const count = (status: Finding['status']): number => findings.filter((one) => one.status === status).length
  const errors = count('error')
  const warnings = count('warning')
  if (errors > 0 && warnings > 0)
    return `${plural(errors, 'thing')} ${errors === 1 ? 'is' : 'are'} wrong, and ${plural(warnings, 'thing')} worth a look.`
  if (errors > 0) return `${plural(errors, 'thing')} ${errors === 1 ? 'is' : 'are'} wrong.`
  if (warnings > 0)
    return `Nothing is wrong; ${plural(warnings, 'thing')} ${warnings === 1 ? 'is' : 'are'} worth a look.`
  const absent = findings.filter((one) => one.status === 'absent').map(({ title }) => title)
  return absent.length === 0 ? 'All is well.' : `All is well. Not on this machine: ${absent.join(', ')}.`
}

/** Everything as text, for a report. */
export const reportOf = (findings: readonly Finding[], head: string): string =>
  [
    head,
    verdict(findings),
    ...worstFirst(findings).map(
      ({ title, status, detail, fix }) =>
        `${STATUS_WORDS[status].padEnd(12)} ${title}: ${detail}${fix === undefined ? '' : `\n${' '.repeat(13)}${fix}`}`,
    ),
  ].join('\n')
