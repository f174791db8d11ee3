import { describe, expect, it } from 'vitest'
import { isSame } from './same.ts'
import { EMPTY_BOOK, inOrder, mergeSteps, nameOfKey, replaceSteps } from './step-book.ts'
import { step } from './test-steps.ts'

const keys = (book: Parameters<typeof inOrder>[0]): string[] => Array.from(inOrder(book), ({ key }) => key)

describe('the steps of a run', () => {
  it('keep the objects that say the same, and the order, when one changes', () => {
    const first = replaceSteps(EMPTY_BOOK, [step('a'), step('f'), step('f[0]'), step('f[1]'), step('z')])
    const second = mergeSteps(first, [step('f[1]', { status: 'running' }), step('a')])
    expect(second.byKey.get('f[1]')?.status).toBe('running')
    for (const key of ['a', 'f', 'f[0]', 'z']) expect(second.byKey.get(key)).toBe(first.byKey.get(key))
    expect(second.tops).toBe(first.tops)
    expect(second.items).toBe(first.items)
    expect(first.byKey.get('f[1]')?.status).toBe('blocked')
  })

  it('are the same book when nothing changed', () => {
    const book = replaceSteps(EMPTY_BOOK, [step('a'), step('b')])
    expect(mergeSteps(book, [step('a')])).toBe(book)
    expect(replaceSteps(book, [step('a'), step('b')])).toBe(book)
  })

  it('put new items after their fan-out, by number', () => {
    const book = replaceSteps(EMPTY_BOOK, [step('a'), step('f'), step('z')])
    const grown = mergeSteps(book, [step('f[10]'), step('f[2]'), step('f[0]'), step('f', { status: 'running' })])
    expect(keys(grown)).toEqual(['a', 'f', 'f[0]', 'f[2]', 'f[10]', 'z'])
    expect(grown.tops).toBe(book.tops)
  })

  it('are gone when a whole answer leaves them out', () => {
    const book = replaceSteps(EMPTY_BOOK, [step('a'), step('f'), step('f[0]'), step('z')])
    const fewer = replaceSteps(book, [step('a'), step('f'), step('z')])
    expect(keys(fewer)).toEqual(['a', 'f', 'z'])
    expect(fewer.byKey.get('z')).toBe(book.byKey.get('z'))
  })

  it('have names without their number', () => {
    expect([nameOfKey('stats[12]'), nameOfKey('stats')]).toEqual(['stats', 'stats'])
  })
})

describe('sameness', () => {
  it('looks into lists and objects, and takes absent for undefined', () => {
    expect(isSame({ a: [1, { b: null }] }, { a: [1, { b: null }] })).toBe(true)
    expect(isSame({ a: 1, b: undefined }, { a: 1 })).toBe(true)
    expect(isSame({ a: 1 }, { a: 1, b: undefined })).toBe(true)
    expect(isSame({ a: 1 }, { a: 1, b: 2 })).toBe(false)
    expect(isSame([1, 2], [2, 1])).toBe(false)
    expect(isSame([], {})).toBe(false)
    expect(isSame(null, {})).toBe(false)
  })
})
