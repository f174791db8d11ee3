import { Loader } from '@mantine/core'
import { IconCircleFilled, IconPlugConnectedX } from '@tabler/icons-react'
import { formatBytes, formatCount, plural } from '../../ui/format.ts'
import classes from './Log.module.css'
import type { LogState } from './protocol.ts'

/** How much is there, and whether more comes. */
export function LogStatus({ state }: { readonly state: LogState }) {
  const { phase, lines, rows, textBytes, rate } = state
  const size = `${plural(lines, 'line')} · ${formatBytes(textBytes)}`
  return (
    <div className={classes.status} role="status" data-phase={phase}>
      {phase === 'reading' && (
        <>
          <Loader size={11} aria-hidden />
          <span>
            Reading: {size}
            {rate > 0 && `, ${formatBytes(rate)}/s`}
          </span>
        </>
      )}
      {phase === 'live' && (
        <>
          <IconCircleFilled size={8} className={classes.live} aria-hidden />
          <span>Live · {size}</span>
        </>
      )}
      {phase === 'complete' && <span>{size}</span>}
      {phase === 'cut' && (
        <>
          <IconPlugConnectedX size={13} aria-hidden />
          <span>The connection was cut at {size}. It goes on by itself when the engine is back.</span>
        </>
      )}
      {phase === 'full' && (
        <span>
          {size}: more than a window can hold. The rest is in the files of the run: weir run logs prints all of it.
        </span>
      )}
      {rows !== lines && phase !== 'cut' && <span>· {formatCount(rows)} shown</span>}
      {state.queryProblem !== null && <span className={classes.problem}>{state.queryProblem}</span>}
    </div>
  )
}
