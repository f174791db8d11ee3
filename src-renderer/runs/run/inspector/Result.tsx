import { useState } from 'react'
import type { Json } from '../../../../src-shared/contract/index.ts'
import { briefValue } from '../../../../src-shared/values/index.ts'
import { tableOf } from '../../../assets/encoded.ts'
import { JsonTree } from '../../../assets/JsonTree.tsx'
import classes from './inspector.module.css'

/** Rows of a table that are shown; the tree has all of them. */
const SHOWN_ROWS = 200

/** Values of a step: a list of records as a table, everything else as a tree. */
export function Result({ values, name }: { readonly values: Record<string, Json>; readonly name: string }) {
  const [isTree, setTree] = useState(false)
  const only = Object.keys(values).length === 1 ? (values['result'] ?? null) : null
  const table = tableOf(only)
  if (table === null || isTree) {
    // The result of a function has no name of its own.
    const shown = only !== null && typeof only === 'object' ? only : values
    return <JsonTree value={shown} name={`${name}-outputs`} />
  }
  const { columns, rows } = table
  return (
    <>
      <section className={classes.table} aria-label={`Result of ${name}`}>
        <table>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, SHOWN_ROWS).map((row, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a result never changes
              <tr key={index}>
                {columns.map((column) => (
                  <td key={column}>{cellOf((row as { [key: string]: Json })[column])}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <button type="button" className={classes.parent} onClick={() => setTree(true)}>
        {rows.length > SHOWN_ROWS ? `Show all ${rows.length} as a tree` : 'Show as a tree'}
      </button>
    </>
  )
}

/** More digits than these are noise to a reader; the tree has all of them. */
const DIGITS = 6

function cellOf(value: Json | undefined): string {
  if (value === undefined) return ''
  if (typeof value === 'number') return String(Number(value.toPrecision(DIGITS)))
  return typeof value === 'string' ? value : briefValue(value)
}
