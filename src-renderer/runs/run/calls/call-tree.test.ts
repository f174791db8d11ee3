import { describe, expect, it } from 'vitest'
import type { RunStep } from '../../../../src-shared/contract/index.ts'
import { EMPTY_BOOK, replaceSteps, type StepBook } from '../data/step-book.ts'
import { at, step } from '../data/test-steps.ts'
import { callsBelow, groupsOf, hasCalls, holdsCalls } from './call-groups.ts'
import { callTreeOf, foundRows, treeRowsOf } from './call-tree.ts'

const fanOut = { total: 0, done: 0, succeeded: 0, failed: 0, dropped: 0 }

const called = (key: string, by: string, ms: number, more: Partial<NonNullable<RunStep['call']>> = {}): RunStep =>
  step(key, { kind: 'target', call: { by, attempt: 1, at: at(ms), brief: `x=${ms}`, refs: [], links: [], ...more } })

const bookOf = (steps: RunStep[]): StepBook => replaceSteps(EMPTY_BOOK, steps)
const none: ReadonlySet<string> = new Set()

const small = bookOf([
  step('flow', { kind: 'target' }),
  step('fit', { kind: 'target', fanOut }),
  called('fit[0]', 'flow', 10),
  called('fit[1]', 'flow', 30, { group: 'late' }),
  step('load', { kind: 'target', fanOut }),
  called('load[0]', 'flow', 5),
  called('load[1]', 'fit[1]', 35),
])

const shown = (rows: readonly { key: string; depth: number }[]): string[] =>
  rows.map(({ key, depth }) => `${'.'.repeat(depth)}${key}`)

describe('the tree of calls', () => {
  it('has callers above what they called, in the order of the calls; what holds calls is no part of it', () => {
    const tree = callTreeOf(small)
    expect(tree.roots).toEqual(['flow'])
    expect(shown(treeRowsOf(tree, small, none))).toEqual(['flow', '.load[0]', '.fit[0]', '.flow|late'])
    expect(shown(treeRowsOf(tree, small, new Set(['flow|late'])))).toEqual([
      'flow',
      '.load[0]',
      '.fit[0]',
      '.flow|late',
      '..fit[1]',
      '...load[1]',
    ])
    expect(shown(treeRowsOf(tree, small, new Set(['flow'])))).toEqual(['flow'])
  })

  it('bundles many calls of one function', () => {
    const many = Array.from({ length: 10_000 }, (_, i) => called(`item[${i}]`, 'flow', i))
    const book = bookOf([step('flow', { kind: 'target' }), step('item', { kind: 'target', fanOut }), ...many])
    const tree = callTreeOf(book)
    expect(shown(treeRowsOf(tree, book, none))).toEqual(['flow', '.flow>item'])
    expect(treeRowsOf(tree, book, new Set(['flow>item']))).toHaveLength(10_002)
  })

  it('finds calls with those that lead to them', () => {
    const tree = callTreeOf(small)
    expect(shown(foundRows(tree, small, 'X=35'))).toEqual(['flow', '.fit[1]', '..load[1]'])
    expect(foundRows(tree, small, 'nothing')).toEqual([])
  })

  it('has items of a drawn fan-out below their step', () => {
    const book = bookOf([step('each', { fanOut }), step('each[0]'), step('each[1]'), called('f[0]', 'each[1]', 3)])
    expect(shown(treeRowsOf(callTreeOf(book), book, none))).toEqual(['each', '.each[0]', '.each[1]', '..f[0]'])
  })
})

describe('groups of calls', () => {
  it('hold what was called in them, and what that called', () => {
    expect([...groupsOf(small)]).toEqual([['late', 1]])
    expect([...callsBelow(small, 'late')]).toEqual(['fit[1]', 'load[1]'])
  })

  it('are only in runs of code', () => {
    expect(hasCalls(small)).toBe(true)
    expect(hasCalls(bookOf([step('each', { fanOut }), step('each[0]')]))).toBe(false)
    const fit = small.byKey.get('fit')
    expect(fit !== undefined && holdsCalls(fit, small)).toBe(true)
  })
})
