import { describe, expect, it } from 'vitest'
import { EMPTY_BOOK, replaceSteps } from '../data/step-book.ts'
import { step } from '../data/test-steps.ts'
import { firstFailed } from './use-first-failed.ts'

const first = (...steps: Parameters<typeof replaceSteps>[1]) => firstFailed(replaceSteps(EMPTY_BOOK, steps))?.key

describe('the step that a failed run opens on', () => {
  it('is the first that failed, and of a fan-out its first failed item', () => {
    expect(first(step('a'), step('b', { status: 'failed' }), step('c', { status: 'failed' }))).toBe('b')
    expect(first(step('f', { status: 'failed' }), step('f[0]'), step('f[1]', { status: 'failed' }))).toBe('f[1]')
    expect(first(step('f', { status: 'failed' }), step('f[0]'))).toBe('f')
  })

  it('is no item that was left out', () => {
    const left = [step('f', { status: 'succeeded' }), step('f[0]', { status: 'failed' })] as const
    expect(first(...left, step('z', { status: 'failed' }))).toBe('z')
    expect(first(...left)).toBeUndefined()
  })
})
