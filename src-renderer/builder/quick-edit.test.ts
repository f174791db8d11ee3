import { describe, expect, it } from 'vitest'
import { type Edit, editDefinition } from '../../src-shared/definition/index.ts'
import { quickEdit } from './quick-edit.ts'
import { readDefinition } from './reading.ts'

const SOURCE = `name: x
# before
steps:
  a:
    run: echo a # one
    inputs: {n: 1}

  # about b
  b:
    run: |
      echo b
    needs: a
  c: {sleep: 5s}
outputs:
  o: \${{ steps.a.outputs.x }}
`

describe('quickEdit', () => {
  it.each<[string, Edit]>([
    ['a field', { path: ['steps', 'a', 'run'], value: 'echo z' }],
    ['a longer text', { path: ['steps', 'b', 'run'], value: 'one\ntwo\nthree\n' }],
    ['a new field', { path: ['steps', 'b', 'retry'], value: { limit: 2 } }],
    ['a field that goes', { path: ['steps', 'b', 'needs'], value: undefined }],
    ['a step in braces', { path: ['steps', 'c', 'sleep'], value: '7s' }],
    ['a new step', { path: ['steps', 'd'], value: { run: 'x', inputs: { k: 'v' } } }],
    ['a whole step', { path: ['steps', 'b'], value: { run: 'y' } }],
  ])('changes %s as the whole text would be changed', (_, edit) => {
    const quick = quickEdit(readDefinition(SOURCE), edit)
    const slow = editDefinition(SOURCE, [edit])
    expect(quick?.source).toBe(slow)
    // Places, too: the next quick edit stands on them.
    expect(quick).toEqual(readDefinition(slow))
  })

  it.each<[string, string, Edit]>([
    ['other fields', SOURCE, { path: ['name'], value: 'y' }],
    ['a step that goes', SOURCE, { path: ['steps', 'a'], value: undefined }],
    ['aliases', SOURCE.replace('needs: a', 'env: &e {A: 1}'), { path: ['steps', 'a', 'run'], value: 'x' }],
    ['steps on one line', 'steps: {a: {run: x}, b: {run: y}}\n', { path: ['steps', 'b', 'run'], value: 'z' }],
    ['no steps', 'name: x\n', { path: ['steps', 'b', 'run'], value: 'z' }],
  ])('leaves %s to the slow way', (_, source, edit) => {
    expect(quickEdit(readDefinition(source), edit)).toBeNull()
  })
})
