import { expect, test } from 'vitest'
import { parseDefinition } from './definition.ts'
import { planOf } from './plans.ts'

const source = `name: old
steps:
  make:
    run: touch a.txt
    outputs: { all: { files: a.txt } }
  use:
    run: wc -l \${{ steps.make.outputs.all }}
`

test('a version that was saved before a rule was made keeps its plan: its runs are still looked at and taken back', () => {
  expect(parseDefinition(source, []).plan).toBeNull()
  const plan = planOf({ name: 'old', digest: 'd', source, files: '[]' })
  expect(plan.steps.map(({ name }) => name)).toEqual(['make', 'use'])
})

test('one that can never have been saved is refused with its first problem', () => {
  expect(() => planOf({ name: 'old', digest: 'e', source: 'name: old\n', files: '[]' })).toThrow(
    /The saved workflow "old" cannot be used/,
  )
})
