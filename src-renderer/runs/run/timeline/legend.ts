import type { RunStep } from '../../../../src-shared/contract/index.ts'
import { statusLooks } from '../../../ui/status.ts'
import type { StepBook } from '../data/step-book.ts'
import type { RoundStarts } from '../data/step-times.ts'
import { type Bar, barsOf } from './bars.ts'
import type { TimeRow } from './time-rows.ts'

export interface LegendEntry {
  readonly look: 'hatched' | 'solid' | 'pale' | 'pause'
  readonly word: string
  /** Whose colour it has; null for the pause of the axis */
  readonly status: Bar['status'] | null
}

/** Rows that are looked at: what is not among the first thousand is hardly of another kind. */
const LOOKED_AT = 1_000

/** One entry for each kind of bar that is drawn, in the order in which they come in a life. */
export function legendOf(
  rows: readonly TimeRow[],
  book: StepBook,
  starts: RoundStarts,
  reruns: number,
): readonly LegendEntry[] {
  const found = new Map<string, LegendEntry>()
  for (const { key } of rows.slice(0, LOOKED_AT)) {
    const step = book.byKey.get(key)
    if (step === undefined) continue
    for (const bar of barsOf(step, (name) => book.byKey.get(name), starts)) {
      const entry = entryOf(step, bar)
      found.set(`${entry.look} ${entry.word}`, entry)
    }
  }
  if (reruns > 0) found.set('pause', { look: 'pause', word: 'Pause before a re-run, cut short', status: null })
  return [...found.values()].sort((a, b) => ORDER.indexOf(a.look) - ORDER.indexOf(b.look))
}

const ORDER: readonly LegendEntry['look'][] = ['hatched', 'solid', 'pale', 'pause']

function entryOf(step: RunStep, { kind, status }: Bar): LegendEntry {
  switch (kind) {
    case 'queued':
      return { look: 'hatched', word: 'Waits for its turn', status: 'queued' }
    case 'between':
      return { look: 'hatched', word: 'Waits for the next attempt', status: 'waiting' }
    case 'attempt':
      return { look: 'solid', word: statusLooks[status].word, status }
    case 'span':
      if (step.fanOut !== undefined) return { look: 'pale', word: `Items at work: ${wordOf(status)}`, status }
      if (step.kind === 'workflow') return { look: 'solid', word: statusLooks[status].word, status }
      return {
        look: 'pale',
        word: `${step.kind === 'approval' ? 'Question to a person' : 'Pause'}: ${wordOf(status)}`,
        status,
      }
  }
}

const wordOf = (status: Bar['status']): string => statusLooks[status].word.toLowerCase()
