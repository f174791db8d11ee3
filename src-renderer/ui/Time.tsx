import { Tooltip } from '@mantine/core'
import { useNow } from './clock.ts'
import { formatDuration, formatRelative, formatTime } from './format.ts'

/** When something was, relative to now, with the exact time on hover. */
export function RelativeTime({ at }: { readonly at: string }) {
  const now = useNow()
  const ms = Date.parse(at)
  return (
    <Tooltip label={formatTime(ms)}>
      <time dateTime={at} className="tabular">
        {formatRelative(ms, now)}
      </time>
    </Tooltip>
  )
}

/** How long something took, or takes since `from` while it has no end. */
export function Elapsed({ ms, from }: { readonly ms: number | null; readonly from: string | null }) {
  if (ms !== null) return <span className="tabular">{formatDuration(ms)}</span>
  if (from === null) return <span className="dim">not started</span>
  return <Ticking from={from} />
}

function Ticking({ from }: { readonly from: string }) {
  const now = useNow()
  return <span className="tabular">{formatDuration(Math.max(0, now - Date.parse(from)))}</span>
}
