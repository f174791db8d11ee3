import { isAsset, type Json } from '../../../../src-shared/contract/index.ts'
import { JsonTree } from '../../../assets/JsonTree.tsx'
import { Copyable } from '../../../ui/Copy.tsx'
import { formatBytes, plural } from '../../../ui/format.ts'
import classes from './compare.module.css'
import type { Difference } from './compare.ts'

const FILES_SHOWN = 5
const DIGEST_CHARS = 10

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
              <td>
                <Side value={before} name={`${name}-other`} />
              </td>
              <td>
                <Side value={after} name={name} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Side({ value, name }: { readonly value: Json | undefined; readonly name: string }) {
  if (value === undefined) return <span className="dim">is not there</span>
  if (isAsset(value)) {
    return (
      <ul className={classes.files}>
        {value.files.slice(0, FILES_SHOWN).map(({ path, size, digest }) => (
          <li key={path}>
            <span className="mono">{path}</span> <span className="dim">{formatBytes(size)}</span>{' '}
            <Copyable
              value={digest}
              shown={digest.slice(0, DIGEST_CHARS)}
              label={`Copy the SHA-256 digest of ${path}`}
            />
          </li>
        ))}
        {value.files.length > FILES_SHOWN && (
          <li className="dim">and {plural(value.files.length - FILES_SHOWN, 'more file')}</li>
        )}
      </ul>
    )
  }
  if (value !== null && typeof value === 'object') return <JsonTree value={value} name={name} />
  return <span className="mono">{typeof value === 'string' && value !== '' ? value : JSON.stringify(value)}</span>
}
