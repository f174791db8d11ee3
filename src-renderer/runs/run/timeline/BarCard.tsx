import { useLayoutEffect, useRef, useState } from 'react'
import { formatDuration, formatTime, plural } from '../../../ui/format.ts'
import { Status } from '../../../ui/Status.tsx'
import { statusLooks } from '../../../ui/status.ts'
import { useRunStore } from '../data/run-store.ts'
import { useDefinition } from '../data/use-definition.ts'
import { useRoundStarts } from '../data/use-round-starts.ts'
import { itemInOneLine } from '../parts/item-text.ts'
import type { Bar } from './bars.ts'
import type { Hover } from './chart-view.ts'
import classes from './timeline.module.css'
import { whyWaited } from './why-waited.ts'

const GAP_PX = 14

/** What the bar under the pointer is, and why it waited there. */
export function BarCard({ hover: { step, bar, x, y } }: { readonly hover: Hover }) {
  const { book, seen } = useRunStore().getState()
  const forEach = useDefinition()?.definition.steps[step.name]?.forEach
  const starts = useRoundStarts()
  const card = useRef<HTMLDivElement>(null)
  const [place, setPlace] = useState({ left: x + GAP_PX, top: y + GAP_PX })
  useLayoutEffect(() => {
    const box = card.current?.getBoundingClientRect()
    if (box === undefined) return
    setPlace({
      left: x + GAP_PX + box.width > innerWidth ? Math.max(4, x - GAP_PX - box.width) : x + GAP_PX,
      top: y + GAP_PX + box.height > innerHeight ? Math.max(4, y - GAP_PX - box.height) : y + GAP_PX,
    })
  }, [x, y])
  const maxParallel =
    forEach !== null && typeof forEach === 'object' && !Array.isArray(forEach) ? forEach.maxParallel : undefined
  const why =
    bar === null
      ? step.why
      : whyWaited(step, bar, { find: (key) => book.byKey.get(key), seen: seen.get(step.key), maxParallel })
  const runAt = starts.findLast((start) => bar !== null && start <= bar.from) ?? starts[0] ?? 0
  return (
    <div ref={card} className={classes.card} style={place}>
      <div className={classes.cardHead}>
        <strong>{step.key}</strong>
        <Status status={step.status} size={13} />
      </div>
      {step.item !== undefined && <div className="mono truncate">{itemInOneLine(step.item)}</div>}
      {step.fanOut !== undefined && (
        <div>
          {step.fanOut.done} of {plural(step.fanOut.total, 'item')} have ended
        </div>
      )}
      {bar !== null && (
        <>
          <div className={classes.cardLine}>
            <span>{titleOf(bar, step.kind)}</span>
            <span className="tabular">{formatDuration((bar.to ?? Date.now()) - bar.from)}</span>
          </div>
          <div className="dim tabular">
            +{formatDuration(bar.from - runAt)} to {bar.to === null ? 'now' : `+${formatDuration(bar.to - runAt)}`},{' '}
            {formatTime(bar.from)}
          </div>
        </>
      )}
      {why !== null && <div className={classes.cardWhy}>{why}</div>}
    </div>
  )
}

const SPANS: Readonly<Record<Hover['step']['kind'], string>> = {
  run: 'Items',
  target: 'Items',
  workflow: 'Child run',
  approval: 'Waited for a person',
  sleep: 'Pause',
}

function titleOf(bar: Bar, kind: Hover['step']['kind']): string {
  switch (bar.kind) {
    case 'queued':
      return 'Queued'
    case 'between':
      return 'Waited for the next attempt'
    case 'attempt':
      return `Attempt ${bar.execution?.attempt ?? ''}: ${statusLooks[bar.status].word.toLowerCase()}`
    case 'span':
      return SPANS[kind]
  }
}
