/** One line of the table: what Weir takes, what the bare lower bound takes in the same run, and their ratio. */
export interface Measure {
  readonly name: string
  readonly unit: 'ms' | 'MB' | 'MB/s' | '%' | 'fps' | 'lines/s' | '/s'
  readonly weir: number
  /** The bare lower bound, measured in the same run; null where there is none */
  readonly bare: number | null
  readonly bareIs: string
  /** Target of docs/architecture.md; null where none is set */
  readonly target: number | null
  readonly samples: number
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

export interface Pair {
  readonly weir: number[]
  readonly bare: number[]
}

/** Runs both in turn, A B A B …, so that a machine whose speed drifts is fair to both; the first pair warms up. */
export async function inTurn(rounds: number, weir: () => Promise<number>, bare: () => Promise<number>): Promise<Pair> {
  const pair: Pair = { weir: [], bare: [] }
  for (let round = 0; round <= rounds; round++) {
    const a = await weir()
    const b = await bare()
    if (round === 0) continue
    pair.weir.push(a)
    pair.bare.push(b)
  }
  return pair
}

export async function timed(act: () => Promise<unknown> | unknown): Promise<number> {
  const start = performance.now()
  await act()
  return performance.now() - start
}

const number = (value: number | null): string =>
  value === null ? '–' : value >= 100 ? value.toFixed(0) : value.toFixed(2)

/** Units in which the larger number is the better one. */
const MORE_IS_BETTER: ReadonlySet<string> = new Set(['MB/s', 'fps', 'lines/s', '/s'])

export function table(measures: readonly Measure[]): string {
  const head = ['what', 'Weir', 'bare', 'ratio', 'target', 'unit', 'bare is']
  const rows = measures.map((one) => [
    one.name,
    number(one.weir),
    number(one.bare),
    one.bare === null || one.bare === 0 ? '–' : (one.weir / one.bare).toFixed(2),
    one.target === null ? '–' : `${MORE_IS_BETTER.has(one.unit) ? '≥' : '≤'} ${one.target}`,
    one.unit,
    one.bareIs,
  ])
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)))
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) =>
        column === 0 || column > 4 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
  return [line(head), line(widths.map((width) => '─'.repeat(width))), ...rows.map(line)].join('\n')
}
