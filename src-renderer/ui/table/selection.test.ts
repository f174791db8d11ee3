import { describe, expect, it } from 'vitest'
import { compareValues } from './features.ts'
import { allOrNone, moved, moveOf, stillThere, toggled } from './selection.ts'

const keys = ['a', 'b', 'c', 'd']
const of = (...chosen: string[]): ReadonlySet<string> => new Set(chosen)

describe('selection', () => {
  it('ticks one, and all between two', () => {
    expect(toggled(of(), keys, 'b')).toEqual(of('b'))
    expect(toggled(of('b'), keys, 'b')).toEqual(of())
    expect(toggled(of('a'), keys, 'c', 'a')).toEqual(of('a', 'b', 'c'))
    expect(toggled(of('d'), keys, 'b', 'd')).toEqual(of('b', 'c', 'd'))
    expect(toggled(of('a', 'b', 'c'), keys, 'c', 'a')).toEqual(of())
    expect(toggled(of(), keys, 'c', 'gone')).toEqual(of('c'))
  })

  it('ticks all or none', () => {
    expect(allOrNone(of('a'), keys)).toEqual(of(...keys))
    expect(allOrNone(of(...keys), keys)).toEqual(of())
  })

  it('loses rows that have gone, and stays the same object otherwise', () => {
    const chosen = of('a', 'x')
    expect(stillThere(chosen, keys)).toEqual(of('a'))
    const there = of('a', 'b')
    expect(stillThere(there, keys)).toBe(there)
  })
})

describe('moved', () => {
  it('stays inside the list', () => {
    expect(moved(-1, 4, 'next', 10)).toBe(0)
    expect(moved(-1, 4, 'previous', 10)).toBe(3)
    expect(moved(3, 4, 'next', 10)).toBe(3)
    expect(moved(2, 4, 'pageUp', 10)).toBe(0)
    expect(moved(0, 0, 'next', 10)).toBe(-1)
    expect(moved(1, 4, 'last', 10)).toBe(3)
  })

  it('knows its keys', () => {
    expect(moveOf('j')).toBe('next')
    expect(moveOf('ArrowUp')).toBe('previous')
    expect(moveOf('q')).toBeNull()
  })
})

it('sorts numbers as numbers and texts as people do', () => {
  expect([10, 9, 2].sort(compareValues)).toEqual([2, 9, 10])
  expect(['run 10', 'run 9'].sort(compareValues)).toEqual(['run 9', 'run 10'])
})
