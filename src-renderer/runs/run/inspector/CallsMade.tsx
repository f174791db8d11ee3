import { useMemo } from 'react'
import type { RunStep } from '../../../../src-shared/contract/index.ts'
import { formatCount } from '../../../ui/format.ts'
import { Status } from '../../../ui/Status.tsx'
import { useRunState } from '../data/run-store.ts'
import type { StepBook } from '../data/step-book.ts'
import { useCalm } from '../data/use-calm.ts'
import classes from './inspector.module.css'
import { Part } from './Part.tsx'

interface CallsMadeProps {
  readonly stepKey: string
  readonly attempt: number
  readonly onSelect: (key: string) => void
}

/** Calls that are listed; the tree of steps has all of them. */
const SHOWN = 50

/** What an attempt called: steps of its own, and those that were there already. */
export function CallsMade({ stepKey, attempt, onSelect }: CallsMadeProps) {
  const book = useCalm(
    useRunState((state) => state.book),
    true,
  )
  const made = useMemo(() => callsOf(book, stepKey, attempt), [book, stepKey, attempt])
  if (made.length === 0) return null
  return (
    <Part title={`Calls made (${formatCount(made.length)})`}>
      <ul className={classes.calls}>
        {made.slice(0, SHOWN).map(({ step, isShared }) => (
          <li key={step.key}>
            <button type="button" className={classes.itemButton} onClick={() => onSelect(step.key)}>
              <Status status={step.status} compact size={13} />
              <span>{step.key}</span>
              <span className={`${classes.itemText} mono truncate`}>{step.call?.brief}</span>
              {isShared && (
                <span className="dim" title="The same call was there already: it was answered with that one">
                  shared
                </span>
              )}
            </button>
          </li>
        ))}
      </ul>
      {made.length > SHOWN && (
        <p className={classes.note}>and {formatCount(made.length - SHOWN)} more, in the tab Steps</p>
      )}
    </Part>
  )
}

interface Made {
  readonly step: RunStep
  readonly isShared: boolean
}

export function callsOf(book: StepBook, caller: string, attempt: number): readonly Made[] {
  const found: Made[] = []
  for (const step of book.byKey.values()) {
    const { call } = step
    if (call === undefined) continue
    if (call.by === caller && call.attempt === attempt) found.push({ step, isShared: false })
    else if (call.links.some((link) => link.by === caller && link.attempt === attempt)) {
      found.push({ step, isShared: true })
    }
  }
  return found.sort((a, b) => ((a.step.call?.at ?? '') < (b.step.call?.at ?? '') ? -1 : 1))
}
