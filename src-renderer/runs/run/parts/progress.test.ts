import { describe, expect, it } from 'vitest'
import { progressOf } from './progress.ts'

describe('progress', () => {
  it('is read with what is done now', () => {
    expect(progressOf('12 of 40: sample 12: again')).toEqual({
      done: 12,
      total: 40,
      share: 0.3,
      text: 'sample 12: again',
    })
    expect(progressOf('0.5 of 2')).toMatchObject({ share: 0.25, text: '' })
  })

  it('stays within its bar', () => {
    expect(progressOf('9 of 3')?.share).toBe(1)
  })

  it.each(['12', '12: sample', 'pulls the image', '1 of 0', 'one of two'])('is none in %j', (told) => {
    expect(progressOf(told)).toBeNull()
  })
})
