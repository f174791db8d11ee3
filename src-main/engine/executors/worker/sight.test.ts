import { expect, test } from 'vitest'
import { isSeenGone, ownSpace } from './sight.ts'

/** No process has it: the largest number of one is 2^22 on Linux. */
const NOBODY = 2 ** 22 + 1

test('an execution of which the process is not known is given the time that executors take to end', (context) => {
  const space = ownSpace()
  if (space === null) return context.skip('processes are seen on Linux')
  const worker = { pid: NOBODY, process: { space, start: '1' } }
  expect(isSeenGone(worker, [], 0)).toBe(true)
  expect(isSeenGone(worker, [NOBODY], 0)).toBe(true)
  expect(isSeenGone(worker, [NOBODY, null], 4999)).toBe(false)
  expect(isSeenGone(worker, [NOBODY, null], 5000)).toBe(true)
  expect(isSeenGone(worker, [NOBODY, process.pid], 60_000)).toBe(false)
  expect(isSeenGone({ pid: NOBODY, process: null }, [], 60_000)).toBe(false)
})
