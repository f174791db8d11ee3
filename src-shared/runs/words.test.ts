import { expect, it } from 'vitest'
import type { RunCounts } from '../contract/index.ts'
import { fanOutWords, progressWords } from './words.ts'

const counts = (changes: Partial<RunCounts>): RunCounts => ({
  total: 3,
  done: 3,
  succeeded: 0,
  failed: 0,
  skipped: 0,
  cancelled: 0,
  items: { total: 0, done: 0, failed: 0, dropped: 0, cancelled: 0, calls: 0 },
  ...changes,
})

it('says how the steps ended, one way each', () => {
  expect(progressWords(counts({ succeeded: 3 }), 'succeeded')).toBe('3 steps succeeded')
  expect(progressWords(counts({ succeeded: 1, failed: 1, skipped: 1 }), 'failed')).toBe(
    '1 succeeded, 1 failed, 1 skipped',
  )
  expect(progressWords(counts({ cancelled: 3 }), 'cancelled')).toBe('3 cancelled')
})

it('says how far a run is that goes on', () => {
  expect(progressWords(counts({ done: 1, succeeded: 1 }), 'running')).toBe('1 of 3 steps done')
  expect(progressWords(counts({ done: 2, failed: 1, skipped: 1 }), 'running')).toBe(
    '2 of 3 steps done, 1 failed, 1 skipped',
  )
})

it('names items apart from the steps', () => {
  const items = { total: 1_200, done: 400, failed: 3, dropped: 2, cancelled: 0, calls: 0 }
  const write = (count: number): string => count.toLocaleString('en')
  expect(progressWords(counts({ done: 1, succeeded: 1, items }), 'running', write)).toBe(
    '1 of 3 steps done, 400 of 1,200 items, 1 item failed, 2 items failed and left out',
  )
  expect(
    progressWords(
      counts({ total: 5, succeeded: 5, items: { ...items, total: 4, done: 4, failed: 0, dropped: 0 } }),
      'succeeded',
    ),
  ).toBe('5 steps succeeded, 4 items')
})

it('counts calls as such, and says how many were cancelled', () => {
  const items = { total: 6, done: 6, failed: 0, dropped: 0, cancelled: 1, calls: 6 }
  expect(progressWords(counts({ total: 2, succeeded: 2, items }), 'succeeded')).toBe(
    '2 steps succeeded, 6 calls, 1 call cancelled',
  )
  expect(progressWords(counts({ total: 2, done: 1, items: { ...items, done: 3, calls: 2 } }), 'running')).toBe(
    '1 of 2 steps done, 3 of 6 items, 1 item cancelled',
  )
})

it('says how far a fan-out is', () => {
  expect(fanOutWords({ total: 9, done: 3, succeeded: 2, failed: 1, dropped: 0 })).toBe('3 of 9 items done, 1 failed')
  expect(fanOutWords({ total: 9, done: 9, succeeded: 8, failed: 1, dropped: 1 })).toBe('9 items, 1 failed and left out')
})
