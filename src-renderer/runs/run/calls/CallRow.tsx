import { IconChevronRight } from '@tabler/icons-react'
import { memo, useMemo } from 'react'
import type { RunStep } from '../../../../src-shared/contract/index.ts'
import { lastRound, stepTime } from '../../../../src-shared/runs/index.ts'
import { formatCount } from '../../../ui/format.ts'
import { Status } from '../../../ui/Status.tsx'
import { Elapsed } from '../../../ui/Time.tsx'
import { useRunState, useStep } from '../data/run-store.ts'
import { clockOf, durationOf, hasEnded } from '../data/step-times.ts'
import { useCalm } from '../data/use-calm.ts'
import { FanOutBar } from '../parts/FanOutBar.tsx'
import { StepProgressBar } from '../parts/StepProgressBar.tsx'
import type { TreeRow } from './call-tree.ts'
import classes from './calls.module.css'

interface CallRowProps {
  readonly id: string
  readonly row: TreeRow
  readonly top: number
  readonly isNarrow: boolean
  readonly isActive: boolean
  readonly isSelected: boolean
  readonly isExpanded: boolean
  readonly onToggle: (key: string) => void
  readonly onSelect: (key: string) => void
}

const INDENT = 18
const INDENT_NARROW = 10
/** Deeper calls stand under each other: a recursion of 100 levels must not leave the screen. */
const DEEPEST = 24

/** Rendered again when its own step changes, and not when others do. */
export const CallRow = memo(function CallRow(props: CallRowProps) {
  const { row, isNarrow, isExpanded, onToggle, onSelect } = props
  const indent = Math.min(row.depth, DEEPEST) * (isNarrow ? INDENT_NARROW : INDENT)
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree itself has the keys
    <div
      id={props.id}
      role="treeitem"
      aria-level={row.depth + 1}
      aria-selected={props.isSelected}
      {...(row.isExpandable ? { 'aria-expanded': isExpanded } : {})}
      tabIndex={-1}
      data-active={props.isActive || undefined}
      className={classes.row}
      style={{ transform: `translateY(${props.top}px)`, paddingLeft: 8 + indent }}
      onClick={() => (row.type === 'step' ? onSelect(row.key) : onToggle(row.key))}
    >
      <button
        type="button"
        tabIndex={-1}
        className={classes.fold}
        data-open={isExpanded || undefined}
        data-leaf={!row.isExpandable || undefined}
        aria-hidden
        onClick={(event) => {
          event.stopPropagation()
          onToggle(row.key)
        }}
      >
        <IconChevronRight size={14} />
      </button>
      {row.type === 'step' ? <Call stepKey={row.key} isNarrow={isNarrow} /> : <Bundle row={row} />}
    </div>
  )
})

function Call({ stepKey, isNarrow }: { readonly stepKey: string; readonly isNarrow: boolean }) {
  const step = useStep(stepKey)
  if (step === undefined) return null
  const attempts = lastRound(step).length
  const time = stepTime(step)
  const worker = step.executions.at(-1)?.worker
  return (
    <>
      <Status status={step.status} compact size={14} />
      <span className={classes.key}>{step.key}</span>
      <span className={`${classes.brief} mono truncate`} title={step.call?.brief}>
        {step.call?.brief}
      </span>
      {step.workspace !== undefined && <span className={classes.tag}>in {step.workspace}</span>}
      <span className={`${classes.note} truncate`}>
        <Note step={step} />
      </span>
      {!isNarrow && attempts > 1 && <span className={classes.tag}>{attempts} attempts</span>}
      {!isNarrow && worker !== undefined && (
        <span className={`${classes.worker} truncate`} title={`Ran on ${worker}`}>
          {worker}
        </span>
      )}
      <span className={`${classes.time} tabular`}>
        {time.startedAt !== null && <Elapsed ms={durationOf(time)} from={clockOf(time)} />}
      </span>
    </>
  )
}

/** Why it does not run, or failed; how far it is. */
function Note({ step }: { readonly step: RunStep }) {
  const progress = step.status === 'running' ? step.executions.at(-1)?.progress : undefined
  return progress === undefined ? noteOf(step) : <StepProgressBar told={progress} />
}

function noteOf({ status, why, executions, follows }: RunStep): string {
  const last = executions.at(-1)
  if (status === 'failed') return firstLine(last?.error?.message ?? why ?? '')
  if (follows !== undefined) return `follows ${follows}`
  return SAYS_ENOUGH.has(status) || why === status ? '' : (why ?? '')
}

const SAYS_ENOUGH: ReadonlySet<RunStep['status']> = new Set(['running', 'succeeded', 'cached'])

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? ''

function Bundle({ row }: { readonly row: Extract<TreeRow, { type: 'bundle' }> }) {
  const book = useCalm(
    useRunState((state) => state.book),
    true,
  )
  const fanOut = useMemo(() => countsOf(row.keys, (key) => book.byKey.get(key)), [row.keys, book])
  return (
    <>
      <span className={classes.key}>{row.title}</span>
      <span className={`${classes.count} dim tabular`}>
        {row.isGroup ? 'group, ' : ''}
        {formatCount(row.keys.length)} {row.keys.length === 1 ? 'call' : 'calls'}
      </span>
      <FanOutBar fanOut={fanOut} />
      {fanOut.failed > 0 && <span className={classes.failed}>{formatCount(fanOut.failed)} failed</span>}
    </>
  )
}

function countsOf(keys: readonly string[], find: (key: string) => RunStep | undefined): NonNullable<RunStep['fanOut']> {
  const counts = { total: keys.length, done: 0, succeeded: 0, failed: 0, dropped: 0 }
  for (const key of keys) {
    const step = find(key)
    if (step === undefined || !hasEnded(step)) continue
    counts.done += 1
    if (step.status === 'failed') counts.failed += 1
    if (step.status === 'succeeded' || step.status === 'cached') counts.succeeded += 1
  }
  return counts
}
