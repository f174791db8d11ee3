import {
  type ColumnDef,
  columnResizingFeature,
  columnSizingFeature,
  columnVisibilityFeature,
  createSortedRowModel,
  type RowData,
  rowSortingFeature,
  tableFeatures,
} from '@tanstack/react-table'
import type { Column } from './types.ts'

export const features = tableFeatures({
  columnResizingFeature,
  columnSizingFeature,
  columnVisibilityFeature,
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
})
export type Features = typeof features

const MIN_WIDTH = 48
const MAX_WIDTH = 900

type Sortable = string | number | undefined

/** Numbers before texts would be a mistake of the column; texts as people sort them: `run 9` before `run 10`. */
export function compareValues(a: Sortable, b: Sortable): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  return String(a).localeCompare(String(b), undefined, { numeric: true })
}

/** Our columns as the library wants them. */
export function definitionsOf<T extends RowData>(columns: readonly Column<T>[]): ColumnDef<Features, T>[] {
  return columns.map(({ id, width, isKey, sortBy }) => ({
    id,
    accessorFn: (row: T) => sortBy?.(row) ?? undefined,
    size: width,
    minSize: MIN_WIDTH,
    maxSize: MAX_WIDTH,
    enableHiding: isKey !== true,
    enableSorting: sortBy !== undefined,
    sortUndefined: 'last',
    sortFn: (a, b, column) => compareValues(a.getValue<Sortable>(column), b.getValue<Sortable>(column)),
  }))
}
