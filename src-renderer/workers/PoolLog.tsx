import { useEffect, useRef } from 'react'
import { poolRoutes } from '../../src-shared/contract/index.ts'
import { PROJECT, useAsk } from '../api/index.ts'
import { CopyButton } from '../ui/Copy.tsx'
import { plural } from '../ui/format.ts'
import { Failed, Loading } from '../ui/Notes.tsx'
import classes from './workers.module.css'

const LINES = 500
const LOOK_AGAIN_MS = 2_000

/** The last lines that the workers of a pool have written, the newest in sight. */
export function PoolLog({ pool }: { readonly pool: string }) {
  const asked = useAsk(
    poolRoutes.logs,
    { params: { project: PROJECT, pool }, query: { tail: LINES } },
    { refetchInterval: LOOK_AGAIN_MS },
  )
  const end = useRef<HTMLPreElement>(null)
  const lines = asked.data?.lines
  const count = lines?.length ?? 0
  // biome-ignore lint/correctness/useExhaustiveDependencies: to the end when lines come
  useEffect(() => end.current?.scrollTo({ top: end.current.scrollHeight }), [count])
  if (asked.isError) return <Failed error={asked.error} what="The lines could not be read" />
  if (lines === undefined) return <Loading what="Reading the lines." />
  if (lines.length === 0) return <p className={classes.none}>They have written nothing yet.</p>
  return (
    <>
      <div className={classes.logHead}>
        <span className="dim">{lines.length === LINES ? `The last ${LINES} lines` : plural(lines.length, 'line')}</span>
        <CopyButton value={lines.join('\n')} label="Copy the lines" />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard must be able to scroll it */}
      <pre ref={end} className={`${classes.log} mono`} tabIndex={0}>
        {lines.join('\n')}
      </pre>
    </>
  )
}
