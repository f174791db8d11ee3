import type { RunCounts, RunStatus, RunStep } from '../contract/index.ts'

type Write = (count: number) => string

/**
 * How far a run is, or how its steps ended: `2 of 5 steps done, 1 failed`; `3 steps succeeded`; `1 succeeded, 1 failed, 1 skipped`.
 * Steps are counted as they are drawn; items of fan-outs are named after them.
 */
export function progressWords(counts: RunCounts, status: RunStatus, write: Write = String): string {
  const isOver = status === 'succeeded' || status === 'failed' || status === 'cancelled'
  const steps = isOver ? endWords(counts, write) : wayWords(counts, write)
  return [...steps, ...itemWords(counts, isOver, write)].join(', ')
}

function endWords({ total, succeeded, failed, skipped, cancelled }: RunCounts, write: Write): string[] {
  if (succeeded === total) return [`${plural(total, 'step', write)} succeeded`]
  return parts(
    [
      [succeeded, 'succeeded'],
      [failed, 'failed'],
      [skipped, 'skipped'],
      [cancelled, 'cancelled'],
    ],
    write,
  )
}

function wayWords({ total, done, failed, skipped, cancelled }: RunCounts, write: Write): string[] {
  const bad = parts(
    [
      [failed, 'failed'],
      [skipped, 'skipped'],
      [cancelled, 'cancelled'],
    ],
    write,
  )
  return [`${write(done)} of ${plural(total, 'step', write)} done`, ...bad]
}

function itemWords({ items }: RunCounts, isOver: boolean, write: Write): string[] {
  if (items.total === 0) return []
  const word = items.calls === items.total ? 'call' : 'item'
  const all = plural(items.total, word, write)
  const lost = items.failed - items.dropped
  return [
    isOver || items.done === items.total ? all : `${write(items.done)} of ${all}`,
    ...(lost > 0 ? [`${plural(lost, word, write)} failed`] : []),
    ...(items.dropped > 0 ? [`${plural(items.dropped, word, write)} failed and left out`] : []),
    ...(items.cancelled > 0 ? [`${plural(items.cancelled, word, write)} cancelled`] : []),
  ]
}

/** `3 of 9 items done, 1 failed and left out` */
export function fanOutWords(fanOut: NonNullable<RunStep['fanOut']>, write: Write = String): string {
  const { total, done, failed, dropped } = fanOut
  const lost = failed - dropped
  return [
    done === total ? plural(total, 'item', write) : `${write(done)} of ${plural(total, 'item', write)} done`,
    ...(lost > 0 ? [`${write(lost)} failed`] : []),
    ...(dropped > 0 ? [`${write(dropped)} failed and left out`] : []),
  ].join(', ')
}

const parts = (each: readonly (readonly [number, string])[], write: Write): string[] =>
  each.filter(([count]) => count > 0).map(([count, word]) => `${write(count)} ${word}`)

const plural = (count: number, word: string, write: Write): string => `${write(count)} ${word}${count === 1 ? '' : 's'}`
