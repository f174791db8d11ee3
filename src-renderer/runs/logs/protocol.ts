import type { LogStream, ProblemCode, ProblemContext } from '../../../src-shared/contract/index.ts'
import type { Query, Range } from './query.ts'
import type { Level, Source } from './store.ts'

/** Between a window and the worker that holds the lines. Rows are the lines that are shown, from 0. */

/** Which lines of the log are shown; null: all. */
export interface Filter {
  readonly step: string | null
  readonly attempt: number | null
  readonly stream: LogStream | null
  /** Of what code logged, only this level and those that matter more */
  readonly level: Level | null
}

export type ToWorker =
  | {
      readonly type: 'open'
      readonly origin: string
      readonly path: string
      readonly token: string | null
      readonly isTail: boolean
    }
  | {
      readonly type: 'show'
      readonly filter: Filter
      readonly query: Query | null
      readonly onlyMatches: boolean
      /** Changes with every `show`: answers for an older one are of no use */
      readonly revision: number
    }
  | { readonly type: 'rows'; readonly id: number; readonly from: number; readonly count: number }
  | { readonly type: 'find'; readonly id: number; readonly row: number; readonly direction: 1 | -1 }
  | {
      readonly type: 'text'
      readonly id: number
      readonly from: number
      readonly to: number
    }
  | { readonly type: 'file'; readonly id: number; readonly onlyShown: boolean }
  | { readonly type: 'line'; readonly id: number; readonly row: number }
  /** The engine was away and is back: a connection from before is dead, even where nobody has said so */
  | { readonly type: 'again' }

export interface Row {
  /** Number of the line in the log, from 1 */
  readonly line: number
  readonly at: number
  readonly source: number
  readonly stream: LogStream
  readonly partial: boolean
  /** With its colours; what was written last, cut to what a row shows */
  readonly text: string
  /** Characters that were cut off */
  readonly hidden: number
  /** How often a carriage return went back and wrote over what stood in the line */
  readonly overwritten: number
  readonly marks: readonly Range[]
}

export type Phase =
  /** Reads what is there */
  | 'reading'
  /** All that the engine has is here, and the run may write more */
  | 'live'
  /** The run has ended and all is here */
  | 'complete'
  /** The connection was cut: what was read stays, and it is read again */
  | 'cut'
  | 'full'
  | 'failed'

export interface LogState {
  readonly revision: number
  readonly phase: Phase
  readonly lines: number
  readonly textBytes: number
  readonly memory: number
  /** Bytes that came from the engine in the last second */
  readonly rate: number
  readonly rows: number
  readonly matches: number
  /** Lines that were looked through for the filter and the query */
  readonly scanned: number
  readonly sources: readonly Source[]
  readonly problem: LogProblem | null
  /** Why the query cannot be answered, in words */
  readonly queryProblem: string | null
  /** Grows when the lines were read again: rows that were asked for before may be others now */
  readonly readings: number
}

/** An error that crossed from the worker. */
export interface LogProblem {
  readonly code: ProblemCode | null
  readonly message: string
  readonly context: ProblemContext
}

/** The last rows travel with the state, so that following the end never waits. */
export interface Tail {
  readonly from: number
  readonly rows: readonly Row[]
}

export type FromWorker =
  | {
      readonly type: 'state'
      readonly state: Omit<LogState, 'sources'>
      /** Null: as before; there may be ten thousand */
      readonly sources: readonly Source[] | null
      readonly tail: Tail
    }
  | {
      readonly type: 'rows'
      readonly id: number
      readonly revision: number
      readonly from: number
      readonly rows: readonly Row[]
    }
  /** `place` counts the matching lines from 1; null: there is none */
  | {
      readonly type: 'found'
      readonly id: number
      readonly found: { readonly row: number; readonly place: number } | null
    }
  | { readonly type: 'text'; readonly id: number; readonly body: Blob | string | null }
  | { readonly type: 'line'; readonly id: number; readonly text: string }

/** To the worker that tries regular expressions, which may take forever. */
export interface TryExpression {
  readonly id: number
  readonly source: string
  readonly flags: string
  /** Their places are wanted */
  readonly texts: readonly string[]
  /** Only whether they match is wanted */
  readonly packed: Packed | null
}

/** Many lines as one piece of UTF-8: a string for each would cost more than the search. */
export interface Packed {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Where each line ends */
  readonly ends: Uint32Array<ArrayBuffer>
}

export interface Tried {
  readonly id: number
  readonly hits: Uint8Array
  readonly ranges: readonly (readonly Range[])[] | null
}
