import { expect, test } from 'vitest'
import { backoff, FIRST_WAIT_MS, LONGEST_WAIT_MS } from './backoff.ts'

test('doubles from the first wait to the longest', () => {
  expect([1, 2, 3, 4].map(backoff)).toEqual([500, 1000, 2000, 4000])
  expect(backoff(0)).toBe(FIRST_WAIT_MS)
  expect(backoff(7)).toBe(LONGEST_WAIT_MS)
  expect(backoff(1e6)).toBe(LONGEST_WAIT_MS)
})
