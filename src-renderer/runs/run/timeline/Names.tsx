import { IconChevronRight } from '@tabler/icons-react'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, memo, useEffect, useState } from 'react'
import type { RunStep } from '../../../../src-shared/contract/index.ts'
import { stepTime } from '../../../../src-shared/runs/index.ts'
import { formatCount, formatDuration } from '../../../ui/format.ts'
import { Status } from '../../../ui/Status.tsx'
import { useStep } from '../data/run-store.ts'
import { durationOf } from '../data/step-times.ts'
import { AXIS_PX, ROW_PX } from './draw.ts'
import type { TimeRow } from './time-rows.ts'
import classes from './timeline.module.css'
import type { Chart } from './use-chart.ts'

interface NamesProps {
  readonly rows: readonly TimeRow[]
  readonly scroller: HTMLDivElement | null
  readonly onToggle: (key: string) => void
  readonly selected: string | undefined
  readonly onSelect: (key: string) => void
  readonly chart: Chart
}

/** The names beside the bars. One of them holds the focus; arrows move it, plus and minus zoom. */
export function Names({ rows, scroller, onToggle, selected, onSelect, chart }: NamesProps) {
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller,
    estimateSize: () => ROW_PX,
    overscan: 10,
    paddingStart: AXIS_PX,
    scrollPaddingStart: AXIS_PX,
  })
  const [active, setActive] = useState(0)
  const [isMoving, setMoving] = useState(false)
  const at = Math.min(active, Math.max(0, rows.length - 1))
  useEffect(() => {
    if (!isMoving) return
    setMoving(false)
    scroller?.querySelector<HTMLElement>(`[data-name="${at}"]`)?.focus({ preventScroll: true })
  }, [isMoving, at, scroller])

  const move = (by: number): void => {
    const next = Math.max(0, Math.min(rows.length - 1, at + by))
    virtual.scrollToIndex(next, { align: 'auto' })
    setActive(next)
    setMoving(true)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (actOnKey(event.key, chart, move)) event.preventDefault()
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the buttons in it
    <div className={classes.names} style={{ height: virtual.getTotalSize() }} onKeyDown={onKeyDown}>
      <div className={classes.corner}>Step</div>
      <ul className={classes.nameList} aria-label="Steps by time">
        {virtual.getVirtualItems().map(({ index, start }) => {
          const row = rows[index]
          return (
            row !== undefined && (
              <Name
                key={row.key}
                row={row}
                index={index}
                top={start}
                isActive={index === at}
                isSelected={row.key === selected}
                onFocus={setActive}
                onToggle={onToggle}
                onSelect={onSelect}
              />
            )
          )
        })}
      </ul>
    </div>
  )
}

const ZOOM = 0.7
const PAN = 0.15

/** Does what a key asks of the chart; answers whether it was one of its keys. */
function actOnKey(key: string, chart: Chart, move: (by: number) => void): boolean {
  switch (key) {
    case 'j':
    case 'ArrowDown':
      move(1)
      return true
    case 'k':
    case 'ArrowUp':
      move(-1)
      return true
    case '+':
    case '=':
      chart.zoomBy(ZOOM)
      return true
    case '-':
      chart.zoomBy(1 / ZOOM)
      return true
    case '0':
      chart.fit()
      return true
    case 'ArrowLeft':
      chart.panBy(-PAN)
      return true
    case 'ArrowRight':
      chart.panBy(PAN)
      return true
    default:
      return false
  }
}

interface NameProps {
  readonly row: TimeRow
  readonly index: number
  readonly top: number
  readonly isActive: boolean
  readonly isSelected: boolean
  readonly onFocus: (index: number) => void
  readonly onToggle: (key: string) => void
  readonly onSelect: (key: string) => void
}

/** Deeper ones stand under each other: the names have 240 px. */
const DEEPEST = 8

const Name = memo(function Name(props: NameProps) {
  const { row, index, top, isActive, isSelected, onFocus, onToggle, onSelect } = props
  const step = useStep(row.key)
  const { bundle, isOpen } = row
  if (step === undefined && bundle === undefined) return null
  const depth = Math.min(row.depth, DEEPEST)
  return (
    <li
      className={classes.name}
      data-selected={isSelected || undefined}
      style={{ transform: `translateY(${top}px)`, '--depth': depth } as React.CSSProperties}
    >
      {isOpen !== null && (
        <button
          type="button"
          className={classes.fold}
          aria-expanded={isOpen}
          aria-label={bundle === undefined ? `Steps of ${row.key}` : `Calls of ${bundle.title}`}
          tabIndex={isActive ? 0 : -1}
          onClick={() => onToggle(row.key)}
        >
          <IconChevronRight size={14} />
        </button>
      )}
      <button
        type="button"
        className={classes.nameButton}
        data-name={index}
        tabIndex={isActive ? 0 : -1}
        onFocus={() => onFocus(index)}
        onClick={() => (bundle === undefined ? onSelect(row.key) : onToggle(row.key))}
      >
        {step !== undefined && <StepName step={step} isItem={row.depth === 1 && step.call === undefined} />}
        {bundle !== undefined && (
          <>
            <Status status={bundle.status} compact size={13} />
            <span className="truncate">{bundle.title}</span>
            <span className={`${classes.took} tabular`}>×{formatCount(bundle.keys.length)}</span>
          </>
        )}
      </button>
    </li>
  )
})

/** @param isItem its step stands above it */
function StepName({ step, isItem }: { readonly step: RunStep; readonly isItem: boolean }) {
  const duration = durationOf(stepTime(step))
  return (
    <>
      <Status status={step.status} compact size={13} />
      <span className="truncate">{isItem && step.index !== undefined ? `[${step.index}]` : step.key}</span>
      <span className={`${classes.took} tabular`}>{duration === null ? '' : formatDuration(duration)}</span>
    </>
  )
}
