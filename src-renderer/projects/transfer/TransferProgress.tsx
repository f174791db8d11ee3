import { Progress } from '@mantine/core'
import { useState } from 'react'
import { formatBytes, formatDuration } from '../../ui/format.ts'
import classes from './transfer.module.css'

interface TransferProgressProps {
  /** What goes on, e.g. "Packing" */
  readonly what: string
  /** Bytes */
  readonly done: number
  readonly total: number
}

/** Before this, in ms, a rate says nothing. */
const RATE_AFTER_MS = 1_000

/** How far a transfer is, how fast it goes and how long it takes. */
export function TransferProgress({ what, done, total }: TransferProgressProps) {
  const [begun] = useState(() => ({ at: Date.now(), done }))
  const ms = Date.now() - begun.at
  const rate = ms < RATE_AFTER_MS ? 0 : (done - begun.done) / (ms / 1000)
  return (
    <div className={classes.progress}>
      <Progress value={total === 0 ? 100 : (100 * done) / total} size="sm" aria-label={what} />
      <div className={`${classes.numbers} tabular`}>
        <span>
          {what}: {formatBytes(done)} of {formatBytes(total)}
        </span>
        {rate > 0 && (
          <span className="dim">
            {formatBytes(rate)}/s, {formatDuration(((total - done) / rate) * 1000)} left
          </span>
        )}
      </div>
    </div>
  )
}
