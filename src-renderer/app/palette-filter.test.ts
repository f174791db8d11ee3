import { expect, it } from 'vitest'
import { filtered, namesIn, rankOf } from './palette-filter.ts'

const GROUPS = [
  { group: 'Here', actions: [{ label: 'Publish', keywords: 'save version release' }, { label: 'Undo' }] },
  { group: 'Weir', actions: [{ label: 'Dark look', keywords: 'theme night' }, { label: 'Light look' }] },
  { group: 'Runs', actions: [{ label: 'sum-numbers 8k2m', description: 'Failed, 3 min ago', keywords: 'run' }] },
]
const labels = (query: string): string[] =>
  filtered(GROUPS, query).flatMap(({ actions }) => actions.map((one) => one.label))

it.each([
  ['sum run', ['sum-numbers 8k2m']],
  ['run sum', ['sum-numbers 8k2m']],
  ['look dark', ['Dark look']],
  ['theme', ['Dark look']],
  ['release', ['Publish']],
  ['failed sum', ['sum-numbers 8k2m']],
  ['nothing', []],
])('%j finds %j', (query, expected) => expect(labels(query)).toEqual(expected))

it('what is in the title comes before what is said beside it', () => {
  expect(rankOf({ label: 'Run', keywords: '' }, 'run')).toBeLessThan(rankOf({ label: 'x', keywords: 'run' }, 'run'))
  expect(labels('')).toHaveLength(5)
})

it('asks the engine for names, not for what they are names of', () => {
  expect(namesIn(' Run  sum 8k ')).toBe('sum 8k')
  expect(namesIn('runs')).toBe('')
})
