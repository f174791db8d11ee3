import { expect, it } from 'vitest'
import { EMPTY_BOOK, mergeSteps, replaceSteps } from './step-book.ts'
import { execution, step } from './test-steps.ts'
import { assetsOfBook } from './use-run-assets.ts'

const outputs = {
  n: 3,
  page: { kind: 'asset', name: 'page', files: [{ path: 'r.html', digest: 'a'.repeat(64), size: 7 }] },
}
const done = (attempt: number) => ({
  status: 'succeeded' as const,
  outputs,
  executions: [execution(attempt, 0, 9)],
})

it('knows what the steps have made, and names the last good attempt', () => {
  const first = replaceSteps(EMPTY_BOOK, [step('a', done(1)), step('b')])
  expect(assetsOfBook('aaaaaaa2', first).assets.map(({ id, size }) => [id, size])).toEqual([['aaaaaaa2:a:1:page', 7]])
  const later = mergeSteps(first, [step('b', done(2))])
  expect(assetsOfBook('aaaaaaa2', later).assets.map(({ id }) => id)).toEqual(['aaaaaaa2:a:1:page', 'aaaaaaa2:b:2:page'])
  expect(assetsOfBook('aaaaaaa2', later, 'b').assets.map(({ id }) => id)).toEqual(['aaaaaaa2:b:2:page'])
})

it('names the steps whose outputs cannot be read', () => {
  const book = replaceSteps(EMPTY_BOOK, [
    step('a', { status: 'succeeded', why: 'its outputs cannot be read: gone', executions: [execution(1, 0, 9)] }),
    step('b', { status: 'failed', why: 'needs a' }),
  ])
  expect(assetsOfBook('aaaaaaa2', book).lost).toEqual([{ step: 'a', why: 'its outputs cannot be read: gone' }])
})
