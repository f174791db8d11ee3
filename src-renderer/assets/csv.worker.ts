/// <reference lib="webworker" />
import { ProblemError } from '../../src-shared/contract/index.ts'
import { readBytes } from './bytes.ts'
import { drawn, parseTable, type Sorting, sortedRows, type Table } from './csv.ts'
import type { FromTable, ToTable } from './table-protocol.ts'

/** Bytes of a table that are read; what is longer is shown in part, and the person is told. */
const MAX_BYTES = 96 * 1024 * 1024
const DEFAULT_ROWS: Table = { header: [], rows: [], columns: 0, numeric: [], problem: null }

let table = DEFAULT_ROWS
let order: Uint32Array = new Uint32Array(0)

self.onmessage = ({ data }: MessageEvent<ToTable>) => {
  if (data.type === 'open') void open(data.address, data.size)
  else if (data.type === 'sort') sort(data.sorting)
  else {
    const { from, to, turn } = data
    const rows = [...order.subarray(from, to)].map((index) => ({
      line: index + 1,
      cells: drawn(table.rows[index] ?? []),
    }))
    post({ type: 'rows', from, rows, turn })
  }
}

async function open(address: string, size: number): Promise<void> {
  try {
    const isWhole = size <= MAX_BYTES
    const range = isWhole ? null : { from: 0, to: MAX_BYTES }
    const bytes = await readBytes(address, range, new AbortController().signal)
    table = parseTable(new TextDecoder().decode(bytes), isWhole)
    order = sortedRows(table, null)
    const { header, columns, numeric, problem, rows } = table
    post({ type: 'opened', header, columns, numeric, problem, count: rows.length, isWhole })
  } catch (error) {
    const isProblem = error instanceof ProblemError
    const message = error instanceof Error ? error.message : String(error)
    post({ type: 'failed', code: isProblem ? error.code : null, message, context: isProblem ? error.context : {} })
  }
}

function sort(sorting: Sorting | null): void {
  order = sortedRows(table, sorting)
  post({ type: 'sorted', sorting })
}

const post = (message: FromTable): void => self.postMessage(message)
