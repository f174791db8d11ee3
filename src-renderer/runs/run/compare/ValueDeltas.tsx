import type { Json } from '../../../../src-shared/contract/index.ts'
import { JsonTree } from '../parts/JsonTree.tsx'
import classes from './compare.module.css'
import type { Difference } from './compare.ts'

interface ValueDeltasProps {
  readonly values: readonly Difference<Json>[]
  /** Said when there are none */
  readonly nothing: string
}

/** Named values of both runs, side by side. */
export function ValueDeltas({ values, nothing }: ValueDeltasProps) {
  if (values.length === 0) return <p className={classes.nothing}>{nothing}</p>
  return (
    <div className={classes.wide}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Other run</th>
            <th scope="col">This run</th>
          </tr>
        </thead>
        <tbody>
          {values.map(({ name, before, after, isSame }) => (
            <tr key={name} data-changed={!isSame || undefined}>
              <th scope="row">{name}</th>
              <td>{before === undefined ? <span className="dim">is not there</span> : <JsonTree value={before} />}</td>
              <td>{after === undefined ? <span className="dim">is not there</span> : <JsonTree value={after} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
