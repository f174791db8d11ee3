import type { Run } from '../../../../src-shared/contract/index.ts'
import { rerunWords } from '../../../../src-shared/runs/index.ts'
import { RunTime } from '../../../ui/RunTime.tsx'
import { Status } from '../../../ui/Status.tsx'
import { RelativeTime } from '../../../ui/Time.tsx'
import classes from './compare.module.css'
import { Delta } from './Delta.tsx'

interface RunDeltaProps {
  readonly before: Run
  readonly after: Run
  readonly deltaMs: number | null
}

/** Both runs as a whole. */
export function RunDelta({ before, after, deltaMs }: RunDeltaProps) {
  return (
    <table className={classes.table}>
      <thead>
        <tr>
          <th scope="col">Run</th>
          <th scope="col">Status</th>
          <th scope="col">Version</th>
          <th scope="col" className={classes.number}>
            Duration
          </th>
          <th scope="col" className={classes.number}>
            Difference
          </th>
          <th scope="col">Created</th>
        </tr>
      </thead>
      <tbody>
        {[before, after].map((run) => (
          <tr key={run.id}>
            <th scope="row">
              <span className="mono">{run.id}</span>
              {run === after && <span className="dim"> this run</span>}
            </th>
            <td>
              <Status status={run.status} />
            </td>
            <td data-changed={before.version !== after.version || undefined}>
              {run.version}
              {before.workspace !== after.workspace && <div className={classes.note}>workspace {run.workspace}</div>}
            </td>
            <td className={classes.number}>
              <RunTime run={run} />
              {run.reruns > 0 && <div className={classes.note}>{rerunWords(run.reruns)}</div>}
            </td>
            <td className={classes.number}>{run === after && <Delta ms={deltaMs} base={before.durationMs} />}</td>
            <td>
              <RelativeTime at={run.createdAt} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
