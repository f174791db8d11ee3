import { describe, expect, it } from 'vitest'
import type { RunStep } from '../../src-shared/contract/index.ts'
import { treeOf } from './run-tree.ts'

const step = (key: string, changes: Partial<RunStep> = {}): RunStep => {
  const index = /\[(\d+)\]$/.exec(key)?.[1]
  return {
    name: key.replace(/\[\d+\]$/, ''),
    key,
    kind: 'target',
    status: 'succeeded',
    why: null,
    needs: [],
    round: 1,
    executions: [],
    ...(index === undefined ? {} : { index: Number(index) }),
    ...changes,
  }
}
const called = (key: string, by: string, changes: Partial<RunStep> = {}): RunStep =>
  step(key, { call: { by, attempt: 1, at: '2026-11-21T10:00:00.000Z', brief: '', refs: [], links: [] }, ...changes })

const shown = (steps: RunStep[]): string[] =>
  treeOf(steps).map(({ depth, step: one, text }) => `${'  '.repeat(depth)}${one?.key ?? text}`)

describe('the tree of calls in a terminal', () => {
  it('has calls below their callers, and drawn steps with their items', () => {
    expect(
      shown([
        step('flow'),
        step('fit'),
        called('fit[0]', 'flow'),
        called('fit[1]', 'fit[0]'),
        step('each'),
        step('each[0]'),
      ]),
    ).toEqual(['flow', '  fit[0]', '    fit[1]', 'each', '  each[0]'])
  })

  it('sums up many calls, and shows those that tell most', () => {
    const many = Array.from({ length: 10_000 }, (_, i) =>
      called(`item[${i}]`, 'flow', i % 2_500 === 7 ? { status: 'failed' } : {}),
    )
    expect(shown([step('flow'), step('item'), ...many])).toEqual([
      'flow',
      '  item[7]',
      '  item[2507]',
      '  item[5007]',
      '  of 10,000 calls of item: 9,996 succeeded, 4 failed',
    ])
  })
})
