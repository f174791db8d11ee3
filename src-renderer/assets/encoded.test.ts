import { describe, expect, it } from 'vitest'
import type { Json } from '../../src-shared/contract/index.ts'
import { blobOf, kindOfBranch, openedOf, stepOf, tableOf } from './encoded.ts'
import { rowsOf } from './json-rows.ts'

const reference: Json = { $weir: 'step', run: 'k3m9abcd', step: 'train[3]' }

describe('encoded values in a tree', () => {
  it('are leaves when they are one thing', () => {
    const rows = rowsOf({ at: { $weir: 'date', value: '2026-11-21' }, from: reference }, new Set())
    expect(rows.map(({ path, size }) => [path, size])).toEqual([
      ['at', null],
      ['from', null],
    ])
    expect(stepOf(reference)).toEqual({ run: 'k3m9abcd', step: 'train[3]' })
    expect(blobOf({ $weir: 'bytes', blob: 'f'.repeat(64), size: 9 })).toEqual({ digest: 'f'.repeat(64), what: 'bytes' })
  })

  it('open as what they hold', () => {
    const rows = rowsOf({ labels: { $weir: 'set', items: ['a', 'b'] } }, new Set())
    expect(rows.map(({ path, size }) => [path, size])).toEqual([
      ['labels', 2],
      ['labels[0]', null],
      ['labels[1]', null],
    ])
    expect(openedOf({ $weir: 'map', entries: [[1, 'x']] })).toEqual({ 1: 'x' })
    expect(openedOf({ $weir: 'object', type: 'digits.Score', value: { f1: 1 } })).toEqual({ f1: 1 })
    expect(kindOfBranch({ $weir: 'object', type: 'digits.Score', value: { f1: 1 } })).toBe('digits.Score')
  })
})

describe('a list of records', () => {
  it('is a table when its cells are plain', () => {
    expect(tableOf([{ a: 1 }, { a: 2, b: reference }])?.columns).toEqual(['a', 'b'])
    for (const other of [[{ a: 1 }], [{ a: [1] }, { a: 2 }], [1, 2], { a: 1 }] as Json[])
      expect(tableOf(other)).toBeNull()
  })
})
