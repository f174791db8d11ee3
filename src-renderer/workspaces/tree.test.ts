import { expect, test } from 'vitest'
import type { RunStep, Workspace } from '../../src-shared/contract/index.ts'
import { basesFor, placesFor, runAgain, withBelow } from './tree.ts'

const workspace = (name: string, base: string | null, state: Workspace['state'] = 'active'): Workspace => ({
  name,
  id: name,
  base,
  depth: 0,
  state,
  paused: state === 'paused',
  activeRuns: 0,
  createdAt: '2026-11-21T10:00:00.000Z',
  archivedAt: null,
})
const TREE = [
  workspace('main', null),
  workspace('dev', 'main', 'paused'),
  workspace('dev/ana', 'dev'),
  workspace('dev/bo', 'dev', 'archived'),
  workspace('lab', 'main'),
]
const names = (found: readonly Workspace[]): string[] => found.map(({ name }) => name)

const step = (name: string, needs: string[], more: Partial<RunStep> = {}): RunStep => ({
  name,
  key: name,
  kind: 'run',
  status: 'succeeded',
  why: null,
  needs,
  round: 1,
  executions: [],
  ...more,
})

test('all that inherit from a workspace are below it', () => {
  expect(names(withBelow(TREE, 'dev'))).toEqual(['dev', 'dev/ana', 'dev/bo'])
  expect(names(withBelow(TREE, 'lab'))).toEqual(['lab'])
})

test('a workspace can be based on what is in use and not below it', () => {
  expect(names(basesFor(TREE, 'dev'))).toEqual(['main', 'lab'])
  expect(names(basesFor(TREE, null))).toEqual(['main', 'dev', 'dev/ana', 'lab'])
})

test('what depends on a step runs again with it', () => {
  const steps = [step('a', []), step('b', ['a']), step('c', ['b']), step('d', [], { status: 'failed' })]
  const again = (from: string): string[] => runAgain(steps, from).map(({ name }) => name)
  expect([again('b'), again('failed'), again('start')]).toEqual([['b', 'c'], ['d'], ['a', 'b', 'c', 'd']])
})

test('steps run again where they ran, or below', () => {
  expect(names(placesFor(TREE, [step('a', [])], 'main'))).toEqual(['main', 'dev', 'dev/ana', 'lab'])
  const again = step('b', ['a'], { workspace: 'dev' })
  expect(names(placesFor(TREE, [step('a', []), again], 'main'))).toEqual(['dev', 'dev/ana'])
  expect(placesFor(TREE, [again, step('c', [], { workspace: 'lab' })], 'main')).toEqual([])
})
