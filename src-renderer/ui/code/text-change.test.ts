import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { textChange } from './text-change.ts'

const applied = (before: string, after: string): string => {
  const change = textChange(before, after)
  return change === null ? before : before.slice(0, change.from) + change.insert + before.slice(change.to)
}

describe('textChange', () => {
  it('is nothing for equal texts', () => {
    expect(textChange('a: 1\n', 'a: 1\n')).toBeNull()
  })

  it('touches only what differs', () => {
    expect(textChange('timeout: 10m\nrun: x\n', 'timeout: 20m\nrun: x\n')).toEqual({ from: 9, to: 10, insert: '2' })
    expect(textChange('a\nc\n', 'a\nb\nc\n')).toEqual({ from: 2, to: 2, insert: 'b\n' })
  })

  it('does not overlap where the text repeats itself', () => {
    expect(applied('aaa', 'aa')).toBe('aa')
    expect(applied('aa', 'aaaa')).toBe('aaaa')
  })

  it('never cuts a character in two', () => {
    const change = textChange('😀', '😁')
    expect(change).toEqual({ from: 0, to: 2, insert: '😁' })
  })

  it('makes any text of any other', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), fc.string(), (a, b, shared) => {
        expect(applied(shared + a + shared, shared + b + shared)).toBe(shared + b + shared)
      }),
    )
  })
})
