import { expect, it } from 'vitest'
import { firstSteps } from './steps.ts'

it('leads from the sample to an own run, and disappears then', () => {
  const nothing = { hasSucceeded: false, hasOwn: false, hasRunOwn: false }
  const done = (known: Partial<typeof nothing>) =>
    firstSteps({ ...nothing, ...known }).map(({ id, isDone }) => `${id}:${isDone}`)
  expect(done({})).toEqual(['sample:false', 'draw:false', 'runOwn:false'])
  expect(done({ hasSucceeded: true })).toEqual(['sample:true', 'draw:false', 'runOwn:false'])
  expect(done({ hasSucceeded: true, hasOwn: true })).toEqual(['sample:true', 'draw:true', 'runOwn:false'])
  expect(done({ hasOwn: true, hasRunOwn: true })).toEqual([])
})
