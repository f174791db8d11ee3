import { Link } from '@tanstack/react-router'
import type { RunSummary } from '../../src-shared/contract/index.ts'
import { useChosenWorkspace } from '../api/index.ts'
import { RunProgress } from '../ui/RunProgress.tsx'
import { RunTime } from '../ui/RunTime.tsx'
import { Status } from '../ui/Status.tsx'
import { RelativeTime } from '../ui/Time.tsx'
import classes from './home.module.css'

/** A few runs, one a line; each leads to its screen. */
export function RunRows({ runs, label }: { readonly runs: readonly RunSummary[]; readonly label: string }) {
  const chosen = useChosenWorkspace()
  return (
    <ul className={classes.rows} aria-label={label}>
      {runs.map((run) => (
        <li key={run.id}>
          <Link to="/runs/$run" params={{ run: run.id }} className={classes.row}>
            <span className={classes.rowStatus}>
              <Status status={run.status} />
            </span>
            <span className={`${classes.rowName} truncate`}>{run.workflow}</span>
            {chosen === null && <span className={`${classes.rowWorkspace} truncate`}>{run.workspace}</span>}
            <span className={`${classes.rowId} mono`}>{run.id}</span>
            <span className={classes.rowSteps}>
              <RunProgress {...run} />
            </span>
            <span className={classes.rowTime}>
              <RunTime run={run} />
            </span>
            <span className={classes.rowWhen}>
              <RelativeTime at={run.createdAt} />
            </span>
          </Link>
        </li>
      ))}
    </ul>
  )
}
