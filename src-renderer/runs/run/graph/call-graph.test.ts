import { describe, expect, it } from 'vitest'
import type { RunStep } from '../../../../src-shared/contract/index.ts'
import { graphOf } from '../../../graph/index.ts'
import { EMPTY_BOOK, replaceSteps } from '../data/step-book.ts'
import { at, step } from '../data/test-steps.ts'
import { callGraphOf } from './call-graph.ts'
import { groupStates } from './step-states.ts'

const fanOut = { total: 2, done: 0, succeeded: 0, failed: 0, dropped: 0 }
const called = (key: string, by: string, more: Partial<NonNullable<RunStep['call']>> = {}): RunStep =>
  step(key, {
    kind: 'target',
    status: 'succeeded',
    call: { by, attempt: 1, at: at(1), brief: '', refs: [], links: [], ...more },
  })

const definition = graphOf({
  params: { n: { type: 'integer' } },
  steps: { flow: { target: 'lab/flow', inputs: { n: 1 } } },
})
const book = replaceSteps(EMPTY_BOOK, [
  step('flow', { kind: 'target' }),
  step('load', { kind: 'target', target: 'lab/load@1', fanOut }),
  called('load[0]', 'flow', { links: [{ by: 'fit[1]', attempt: 1 }] }),
  step('fit', { kind: 'target', target: 'lab/fit@1', fanOut }),
  called('fit[0]', 'flow', { refs: ['load[0]'], group: 'a' }),
  called('fit[1]', 'flow', { refs: ['load[0]'], links: [{ by: 'flow', attempt: 2 }] }),
  called('fit[2]', 'fit[0]'),
])
const lines = (group: string | null) =>
  callGraphOf(definition, book, group).graph.edges.map(
    ({ kind, source, target, count, isDim }) => `${source} ${kind} ${target} ${isDim === true ? 'dim' : count}`,
  )

describe('the picture of a run of code', () => {
  it('has a node for each function, and lines for calls, results and shared calls', () => {
    const { graph, kinds, groups } = callGraphOf(definition, book, null)
    expect(graph.nodes.map(({ id }) => id)).toEqual(['flow', 'load', 'fit'])
    expect(lines(null)).toEqual([
      'flow call load 1',
      'fit shared load 1',
      'flow call fit 2',
      'load result fit 2',
      'fit call fit 1',
    ])
    expect([...kinds]).toEqual(['call', 'shared', 'result'])
    expect([...groups]).toEqual([['a', 1]])
  })

  it('dims what is not among the calls of a group', () => {
    expect(lines('a')).toEqual([
      'flow call load dim',
      'fit shared load dim',
      'flow call fit 1',
      'load result fit 1',
      'fit call fit 1',
    ])
    expect([...groupStates(book, 'a')].map(([name, { status, fanOut: of }]) => [name, status, of?.total])).toEqual([
      ['fit', 'succeeded', 2],
    ])
  })
})
