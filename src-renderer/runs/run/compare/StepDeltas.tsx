import { formatDuration, plural } from '../../../ui/format.ts'
import { Status } from '../../../ui/Status.tsx'
import { EXECUTOR_WORDS } from '../parts/executor-words.ts'
import classes from './compare.module.css'
import type { StepDifference, StepSide } from './compare.ts'
import { Delta } from './Delta.tsx'

interface StepDeltasProps {
  readonly steps: readonly StepDifference[]
  readonly onSelect: (key: string) => void
}

/** Each step in both runs. */
export function StepDeltas({ steps, onSelect }: StepDeltasProps) {
  return (
    <div className={classes.wide}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">Step</th>
            <th scope="col">Other run</th>
            <th scope="col" className={classes.number}>
              Duration
            </th>
            <th scope="col">This run</th>
            <th scope="col" className={classes.number}>
              Duration
            </th>
            <th scope="col" className={classes.number}>
              Difference
            </th>
          </tr>
        </thead>
        <tbody>
          {steps.map((step) => (
            <tr key={step.name} data-changed={!step.isSame || undefined}>
              <th scope="row">
                {step.after === undefined ? (
                  step.name
                ) : (
                  <button type="button" className={classes.step} onClick={() => onSelect(step.name)}>
                    {step.name}
                  </button>
                )}
                {step.items > 0 && (
                  <div className={classes.note}>{plural(step.items, 'item')} ended in another way</div>
                )}
              </th>
              <Side side={step.before} other={step.after} />
              <Side side={step.after} other={step.before} />
              <td className={classes.number}>
                <Delta ms={step.deltaMs} base={step.before?.durationMs} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Side({ side, other }: { readonly side: StepSide | undefined; readonly other: StepSide | undefined }) {
  if (side === undefined) {
    return (
      <>
        <td className="dim">is not there</td>
        <td />
      </>
    )
  }
  return (
    <>
      <td>
        <Status status={side.status} />
        {side.executor !== null && side.executor !== other?.executor && (
          <div className={classes.note}>{EXECUTOR_WORDS[side.executor] ?? side.executor}</div>
        )}
        {side.attempts > 1 && <div className={classes.note}>{side.attempts} attempts</div>}
        {side.fanOut !== undefined && (
          <div className={classes.note}>
            {side.fanOut.succeeded} of {plural(side.fanOut.total, 'item')}
          </div>
        )}
      </td>
      <td className={classes.number}>{side.durationMs === null ? '' : formatDuration(side.durationMs)}</td>
    </>
  )
}
