import { expect, it } from 'vitest'
import { EMPTY_BOOK, replaceSteps } from '../data/step-book.ts'
import { step } from '../data/test-steps.ts'
import { leavesOf } from './leaves.ts'

it('are the steps that nothing needs, and that have done something', () => {
  const book = replaceSteps(EMPTY_BOOK, [
    step('a', { status: 'succeeded' }),
    step('f', { status: 'succeeded', needs: ['a'] }),
    step('f[0]', { status: 'succeeded', needs: ['a'] }),
    step('b', { status: 'cached', needs: ['a'] }),
    step('c', { status: 'skipped', needs: ['a'] }),
  ])
  expect(leavesOf(book).map(({ key }) => key)).toEqual(['f', 'b'])
})
