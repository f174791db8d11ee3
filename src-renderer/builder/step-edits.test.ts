import { describe, expect, it } from 'vitest'
import { editDefinition, parseYaml } from '../../src-shared/definition/index.ts'
import { graphOf } from '../graph/index.ts'
import { readDefinition } from './reading.ts'
import { addition, copiedYaml, deletion, duplication, stepsFrom } from './step-edits.ts'
import { freeName, identifierOf } from './step-names.ts'

const SOURCE = `name: x
steps:
  a: # first
    run: echo a
    outputs: {x: {json: x.json}}
  b:
    run: echo b
    inputs: {x: "\${{ steps.a.outputs.x }}", n: 3}
    needs: [a, c]
  c: {sleep: 1s, needs: a}
`
const definition = parseYaml(SOURCE).value

describe('steps', () => {
  it('are deleted with the lines that lead from them', () => {
    const text = editDefinition(SOURCE, deletion(graphOf(definition), definition, ['a']))
    expect(parseYaml(text).value).toEqual({
      name: 'x',
      steps: { b: { run: 'echo b', inputs: { n: 3 }, needs: 'c' }, c: { sleep: '1s' } },
    })
  })

  it('can all be deleted, and the first one added again, in block style', () => {
    const empty = editDefinition(SOURCE, deletion(graphOf(definition), definition, ['a', 'b', 'c']))
    expect(empty).toBe('name: x\nsteps: null\n')
    const { edits } = addition(parseYaml(empty).value, { k: { run: 'x' } })
    expect(editDefinition(empty, edits)).toBe('name: x\nsteps:\n  k:\n    run: x\n')
  })

  it('are duplicated under free names, reading each other', () => {
    const { edits, names } = duplication(definition, ['a', 'b'])
    expect(names).toEqual(['a2', 'b2'])
    expect(edits[1]?.value).toEqual({
      run: 'echo b',
      inputs: { x: '${{ steps.a2.outputs.x }}', n: 3 },
      needs: ['a2', 'c'],
    })
  })

  it('swap names without mixing them up', () => {
    const taken = { steps: { a: { run: 'x' } } }
    const pasted = { a: { run: 'y' }, a2: { run: 'z', needs: ['a'] } }
    const { edits } = addition(taken, pasted)
    expect(edits).toEqual([
      { path: ['steps', 'a2'], value: { run: 'y' } },
      { path: ['steps', 'a3'], value: { run: 'z', needs: ['a2'] } },
    ])
  })

  it('are copied as they were typed', () => {
    expect(copiedYaml(readDefinition(SOURCE), definition, ['a', 'c'])).toBe(
      'steps:\n  a: # first\n    run: echo a\n    outputs: {x: {json: x.json}}\n  c: {sleep: 1s, needs: a}\n',
    )
  })

  it.each([
    ['steps:\n  a: {run: x}', { a: { run: 'x' } }],
    ['a: {sleep: 1s}', { a: { sleep: '1s' } }],
    ['hello', null],
    ['a: 1', null],
    ['a: {run: x}\nb: 2', null],
    ['- [', null],
    ['', null],
  ])('are found on the clipboard: %j', (text, steps) => {
    expect(stepsFrom(text)).toEqual(steps)
  })
})

describe('names', () => {
  it('are made free and valid', () => {
    expect(freeName('fit', new Set())).toBe('fit')
    expect(freeName('fit', new Set(['fit', 'fit2']))).toBe('fit3')
    expect(freeName('fit2', new Set(['fit2']))).toBe('fit3')
    expect(identifierOf('seattle-weather.v2')).toBe('seattle_weather_v2')
    expect(identifierOf('2 € ')).toBe('step')
  })
})
