import type { ProblemCode, ProblemContext } from '../../src-shared/contract/index.ts'
import type { Sorting } from './csv.ts'

/** Between a table on the screen and the worker that holds its rows. */
export type ToTable =
  | { readonly type: 'open'; readonly address: string; readonly size: number }
  | { readonly type: 'sort'; readonly sorting: Sorting | null }
  /** `turn` grows with each sorting: rows of an older one are of no use */
  | { readonly type: 'rows'; readonly from: number; readonly to: number; readonly turn: number }

export interface TableRow {
  /** Position in the file, from 1, without the header */
  readonly line: number
  readonly cells: readonly string[]
}

export type FromTable =
  | {
      readonly type: 'opened'
      readonly header: readonly string[]
      /** In the file, of which the header holds no more than can be drawn */
      readonly columns: number
      readonly numeric: readonly boolean[]
      readonly problem: string | null
      readonly count: number
      readonly isWhole: boolean
    }
  | { readonly type: 'sorted'; readonly sorting: Sorting | null }
  | { readonly type: 'rows'; readonly from: number; readonly rows: readonly TableRow[]; readonly turn: number }
  /** Without a code: the engine did not answer */
  | {
      readonly type: 'failed'
      readonly code: ProblemCode | null
      readonly message: string
      readonly context: ProblemContext
    }
