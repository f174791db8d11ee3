import { IconChevronRight } from '@tabler/icons-react'
import { memo, useMemo } from 'react'
import type { RunStep } from '../../../../src-shared/contract/index.ts'
import { formatDuration } from '../../../ui/format.ts'
import { Status } from '../../../ui/Status.tsx'
import { Elapsed } from '../../../ui/Time.tsx'
import { useRunStore, useStep } from '../data/run-store.ts'
import { clockOf, durationOf, type RoundStarts } from '../data/step-times.ts'
import { FanOutBar } from '../parts/FanOutBar.tsx'
import { itemInOneLine } from '../parts/item-text.ts'
import type { Column, Facts } from './columns.ts'
import type { Row } from './rows.ts'
import { factsOf } from './rows.ts'
import classes from './steps.module.css'

interface StepRowProps {
  readonly id: string
  readonly index: number
  readonly row: Row
  readonly top: number
  readonly columns: readonly Column[]
  readonly template: string
  readonly starts: RoundStarts
  readonly isActive: boolean
  readonly isSelected: boolean
  /** Null where nothing can be unfolded */
  readonly isExpanded: boolean | null
  readonly onToggle: (key: string) => void
  readonly onSelect: (key: string) => void
}

/** Rendered again when its own step changes, and not when others do. */
export const StepRow = memo(function StepRow(props: StepRowProps) {
  const { row, columns, starts, isActive, isSelected, onSelect } = props
  const step = useStep(row.key)
  const store = useRunStore()
  const facts = useMemo(
    () => (step === undefined ? null : factsOf(step, store.getState().book, starts)),
    [step, store, starts],
  )
  if (facts === null) return null
  return (
    // Keys are the grid's: it holds the focus and names this row as its active one.
    <div
      id={props.id}
      role="row"
      aria-rowindex={props.index + 2}
      aria-selected={isSelected}
      data-active={isActive || undefined}
      data-depth={row.depth}
      className={classes.row}
      style={{ gridTemplateColumns: props.template, transform: `translateY(${props.top}px)` }}
      onClick={() => onSelect(row.key)}
    >
      {columns.map((column) => (
        <div
          key={column.id}
          role="gridcell"
          className={column.isNumber === true ? `${classes.number} tabular` : classes.cell}
        >
          <Cell column={column} facts={facts} {...props} />
        </div>
      ))}
    </div>
  )
})

function Cell({
  column,
  facts,
  isExpanded,
  onToggle,
}: StepRowProps & { readonly column: Column; readonly facts: Facts }) {
  const { step, times } = facts
  switch (column.id) {
    case 'status':
      return <Status status={step.status} compact={column.isCompact === true} />
    case 'step':
      return <Name step={step} isExpanded={isExpanded} onToggle={onToggle} />
    case 'duration':
      if (times.startedAt === null) return null
      return <Elapsed ms={durationOf(times)} from={clockOf(times)} />
    case 'queued':
      if (step.status === 'queued' && times.startedAt === null && times.readyAt !== null) {
        return <Elapsed ms={null} from={new Date(times.readyAt).toISOString()} />
      }
      return <>{column.text(facts)}</>
    case 'started':
      return times.startedAt === null ? null : (
        <span
          title={`${new Date(times.startedAt).toLocaleString()}, ${formatDuration(times.startedAt - (times.readyAt ?? times.startedAt))} after it was ready`}
        >
          {column.text(facts)}
        </span>
      )
    default:
      return <>{column.text(facts)}</>
  }
}

interface NameProps {
  readonly step: RunStep
  readonly isExpanded: boolean | null
  readonly onToggle: (key: string) => void
}

/** Statuses that need a reason beside them. */
const HAS_NOTE: ReadonlySet<RunStep['status']> = new Set(['queued', 'waiting', 'blocked', 'cancelled'])

function Name({ step, isExpanded, onToggle }: NameProps) {
  const { fanOut, item, call, why, status, workspace } = step
  const note = HAS_NOTE.has(status) && why !== status ? why : null
  return (
    <div className={classes.name}>
      {fanOut !== undefined && isExpanded !== null && (
        <button
          type="button"
          tabIndex={-1}
          className={classes.fold}
          data-open={isExpanded || undefined}
          aria-label={isExpanded ? `Fold the items of ${step.key}` : `Show the items of ${step.key}`}
          onClick={(event) => {
            event.stopPropagation()
            onToggle(step.key)
          }}
        >
          <IconChevronRight size={14} />
        </button>
      )}
      <span className={classes.key}>{step.key}</span>
      {workspace !== undefined && <span className={classes.workspace}>in {workspace}</span>}
      {fanOut !== undefined && <FanOutBar fanOut={fanOut} />}
      {item !== undefined && <span className={`${classes.item} mono truncate`}>{itemInOneLine(item)}</span>}
      {call !== undefined && <span className={`${classes.item} mono truncate`}>{call.brief}</span>}
      {note !== null && fanOut === undefined && <span className={`${classes.note} truncate`}>{note}</span>}
    </div>
  )
}
