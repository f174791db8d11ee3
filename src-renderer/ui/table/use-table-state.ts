import {
  type ColumnSizingState,
  type ColumnVisibilityState,
  type RowData,
  type SortingState,
  type Updater,
  useTable,
} from '@tanstack/react-table'
import { useCallback, useMemo, useState } from 'react'
import { readPersisted, writePersisted } from '../persisted.ts'
import { definitionsOf, features } from './features.ts'
import type { Column } from './types.ts'

interface Kept {
  readonly widths: ColumnSizingState
  readonly shown: ColumnVisibilityState
  readonly sorting: SortingState
}

const applied = <V>(updater: Updater<V>, before: V): V =>
  typeof updater === 'function' ? (updater as (before: V) => V)(before) : updater

/** Columns with the person's widths, choice and order of rows; remembered under the table's name. */
export function useTableState<T extends RowData>(
  name: string,
  columns: readonly Column<T>[],
  rows: readonly T[],
  keyOf: (row: T) => string,
) {
  const first = useMemo<Kept>(
    () => ({
      widths: {},
      shown: Object.fromEntries(columns.filter(({ isHidden }) => isHidden === true).map(({ id }) => [id, false])),
      sorting: [],
    }),
    [columns],
  )
  const [kept, setKept] = useState<Kept>(() => ({ ...first, ...readPersisted<Partial<Kept>>(`table.${name}`, {}) }))
  const change = useCallback(
    (part: (before: Kept) => Partial<Kept>) =>
      setKept((before) => {
        const after = { ...before, ...part(before) }
        writePersisted(`table.${name}`, after)
        return after
      }),
    [name],
  )
  const definitions = useMemo(() => definitionsOf(columns), [columns])
  const table = useTable({
    features,
    columns: definitions,
    data: rows,
    getRowId: keyOf,
    columnResizeMode: 'onChange',
    state: { columnSizing: kept.widths, columnVisibility: kept.shown, sorting: kept.sorting },
    onColumnSizingChange: (updater) => change((before) => ({ widths: applied(updater, before.widths) })),
    onColumnVisibilityChange: (updater) => change((before) => ({ shown: applied(updater, before.shown) })),
    onSortingChange: (updater) => change((before) => ({ sorting: applied(updater, before.sorting) })),
  })
  return {
    table,
    widths: kept.widths,
    isChanged: kept !== first && JSON.stringify(kept) !== JSON.stringify(first),
    reset: () => change(() => first),
  }
}
