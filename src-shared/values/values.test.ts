import { describe, expect, it } from 'vitest'
import type { Json } from '../contract/index.ts'
import { briefArguments, briefSize, briefValue, bytesSize, namedArguments } from './index.ts'

const brief: readonly (readonly [Json, string])[] = [
  [3, '3'],
  ['a "b"', '"a \\"b\\""'],
  ['x'.repeat(50), `"${'x'.repeat(31)}…"`],
  [[1, 2, 3], '[1, 2, 3]'],
  [[1, 2, 3, 4], '[4 items]'],
  [{ a: 1, b: { c: { d: 1 } } }, '{a: 1, b: {c: {…}}}'],
  [{ $weir: 'step', run: 'k3m9abcd', step: 'train[3]' }, 'train[3]'],
  [{ $weir: 'integer', value: '9007199254740993' }, '9007199254740993'],
  [{ $weir: 'bytes', base64: 'AAE=' }, 'bytes (2 B)'],
  [{ $weir: 'bytes', blob: 'f'.repeat(64), size: 40_960 }, 'bytes (40 KB)'],
  [{ $weir: 'stored', blob: 'f'.repeat(64), size: 3_145_728 }, 'a value of 3.0 MB'],
  [{ $weir: 'set', items: [1, 2] }, '{1, 2}'],
  [{ $weir: 'tuple', items: ['a', 2] }, '("a", 2)'],
  [{ $weir: 'map', entries: [[1, 2]] }, 'map of 1'],
  [{ $weir: 'duration', seconds: 1.5 }, '1.5 s'],
  [{ $weir: 'object', type: 'digits.Score', value: { f1: 0.9 } }, 'Score {f1: 0.9}'],
  [{ kind: 'asset', name: 'model', files: [{ path: 'm.json', digest: 'f'.repeat(64), size: 1 }] }, 'model (1 file)'],
]

describe('a value in a few words', () => {
  it.each(brief)('%j is %s', (value, text) => expect(briefValue(value)).toBe(text))

  it('has sizes as people read them', () => {
    expect([0, 1023, 1024, 15_000, 5_000_000_000].map(briefSize)).toEqual([
      '0 B',
      '1023 B',
      '1.0 KB',
      '15 KB',
      '4.7 GB',
    ])
    expect(bytesSize({ base64: '' })).toBe(0)
  })
})

describe('arguments', () => {
  const x = { name: 'x', kind: 'positional' } as const
  const files = { name: 'files', kind: 'variadic' } as const

  it('have the names of their parameters', () => {
    expect(namedArguments([1, 'a', 'b'], { fast: true }, [x, files])).toEqual({
      x: 1,
      'files[0]': 'a',
      'files[1]': 'b',
      fast: true,
    })
    expect(namedArguments([{ $weir: 'absent' }, 2], {}, [x, { name: 'y', kind: 'positional' }])).toEqual({ y: 2 })
    expect(namedArguments([1], {}, [])).toEqual({ '[0]': 1 })
  })

  it('are one line, cut where they are long', () => {
    expect(briefArguments({ x: 3, data: { $weir: 'step', run: 'k3m9abcd', step: 'load[0]' } })).toBe(
      'x=3, data=load[0]',
    )
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`parameter${i}`, i]))
    expect(briefArguments(many)).toHaveLength(120)
    expect(briefArguments(many)).toMatch(/…$/)
  })
})
