import { useVirtualizer } from '@tanstack/react-virtual'
import { memo, useMemo, useRef, useState } from 'react'
import type { RunStep, StepStatus } from '../../../../src-shared/contract/index.ts'
import { stepTime } from '../../../../src-shared/runs/index.ts'
import { formatCount, formatDuration } from '../../../ui/format.ts'
import { Status } from '../../../ui/Status.tsx'
import { statusLooks } from '../../../ui/status.ts'
import { holdsCalls } from '../calls/call-groups.ts'
import { useRunState, useStep } from '../data/run-store.ts'
import { durationOf } from '../data/step-times.ts'
import { useCalm } from '../data/use-calm.ts'
import { itemInOneLine } from '../parts/item-text.ts'
import classes from './inspector.module.css'
import { Part } from './Part.tsx'

interface FanOutProps {
  readonly step: RunStep
  readonly fanOut: NonNullable<RunStep['fanOut']>
  readonly onSelect: (key: string) => void
}

const ORDER: readonly StepStatus[] = [
  'failed',
  'running',
  'waiting',
  'queued',
  'blocked',
  'succeeded',
  'cached',
  'skipped',
  'cancelled',
]

/** The items of a fan-out: how many stand where, and all of them in a list. */
export function FanOut({ step, fanOut, onSelect }: FanOutProps) {
  const [only, setOnly] = useState<StepStatus | null>(null)
  const book = useCalm(
    useRunState((state) => state.book),
    fanOut.total > 500,
  )
  const isCode = holdsCalls(step, book)
  const { counts, keys } = useMemo(() => {
    const found = new Map<StepStatus, number>()
    const all = book.items.get(step.name) ?? []
    for (const key of all) {
      const status = book.byKey.get(key)?.status
      if (status !== undefined) found.set(status, (found.get(status) ?? 0) + 1)
    }
    const shown = only === null ? all : all.filter((key) => book.byKey.get(key)?.status === only)
    return { counts: found, keys: shown }
  }, [book, step.name, only])
  return (
    <Part title={`${isCode ? 'Calls' : 'Items'} (${formatCount(fanOut.total)})`}>
      <div className={classes.stack} aria-hidden>
        {ORDER.map((status) => {
          const count = counts.get(status) ?? 0
          return count > 0 && <span key={status} style={{ flexGrow: count, background: statusLooks[status].color }} />
        })}
      </div>
      <div className={classes.legend}>
        {ORDER.filter((status) => (counts.get(status) ?? 0) > 0 || status === only).map((status) => (
          <button
            key={status}
            type="button"
            aria-pressed={only === status}
            className={classes.legendEntry}
            onClick={() => setOnly(only === status ? null : status)}
          >
            <Status status={status} size={13} />
            <span className="tabular">{formatCount(counts.get(status) ?? 0)}</span>
          </button>
        ))}
      </div>
      {fanOut.dropped > 0 && (
        <p className={classes.note}>
          {formatCount(fanOut.dropped)} failed and were left out: the step goes on without them (onFailure: continue).
        </p>
      )}
      <ItemList keys={keys} onSelect={onSelect} />
    </Part>
  )
}

const ROW_PX = 28

function ItemList({ keys, onSelect }: { readonly keys: readonly string[]; readonly onSelect: (key: string) => void }) {
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: keys.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 8,
  })
  return (
    <div ref={scroller} className={classes.items} style={{ height: Math.min(keys.length, 10) * ROW_PX + 2 }}>
      <ul className={classes.itemList} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const key = keys[index]
          return key !== undefined && <Item key={key} itemKey={key} top={start} onSelect={onSelect} />
        })}
      </ul>
    </div>
  )
}

interface ItemProps {
  readonly itemKey: string
  readonly top: number
  readonly onSelect: (key: string) => void
}

const Item = memo(function Item({ itemKey, top, onSelect }: ItemProps) {
  const step = useStep(itemKey)
  if (step === undefined) return null
  const duration = durationOf(stepTime(step))
  return (
    <li className={classes.item} style={{ transform: `translateY(${top}px)` }}>
      <button type="button" className={classes.itemButton} onClick={() => onSelect(itemKey)}>
        <Status status={step.status} compact size={13} />
        <span className="tabular dim">[{step.index}]</span>
        <span className={`${classes.itemText} mono truncate`}>
          {step.item === undefined ? step.call?.brief : itemInOneLine(step.item)}
        </span>
        <span className="tabular dim">{duration === null ? '' : formatDuration(duration)}</span>
      </button>
    </li>
  )
})
