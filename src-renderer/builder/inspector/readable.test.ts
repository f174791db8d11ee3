import { describe, expect, it } from 'vitest'
import { parseYaml } from '../../../src-shared/definition/index.ts'
import { type ExpressionPlace, inputReading, readableAt, readBy } from './readable.ts'
import { mapOf } from './values.ts'

const definition = parseYaml(`
name: x
params:
  year: { type: integer, description: The year }
  token: { type: secret }
steps:
  split:
    run: ./split
    outputs: { parts: { files: "*.csv" } }
  fit:
    forEach: \${{ steps.split.outputs.parts }}
    run: ./fit
    inputs: { part: "\${{ item }}" }
    outputs: { model: { json: m.json } }
  ask:
    needs: fit
    approval: { message: m, form: { note: { type: string } } }
  child:
    when: steps.ask.status == "succeeded"
    workflow: other
`).value

const texts = (place: ExpressionPlace): string[] =>
  readableAt(definition, place, new Map([['other', ['done']]])).map((one) => one.text)

describe('readableAt', () => {
  it('offers a command its item, parameters, inputs and earlier results', () => {
    expect(texts({ step: 'fit', field: 'run' })).toEqual([
      'item',
      'index',
      'params.year',
      'params.token',
      'inputs.part',
      'steps.split.outputs.parts',
      'steps.split.status',
      'run.id',
      'run.workflow',
      'run.workspace',
    ])
  })

  it('offers no secrets and no inputs where they cannot be read', () => {
    const offered = texts({ step: 'fit', field: 'inputs' })
    expect(offered).not.toContain('params.token')
    expect(offered).not.toContain('inputs.part')
    expect(offered).toContain('item')
  })

  it('offers no item before there is one, and asks first how steps ended', () => {
    const offered = texts({ step: 'child', field: 'when' })
    expect(offered.indexOf('steps.fit.status')).toBeLessThan(offered.indexOf('steps.fit.outputs.model'))
    expect(offered).toContain('steps.fit.failed')
    expect(texts({ step: 'fit', field: 'forEach' })).not.toContain('item')
  })

  it('offers nothing that would make a circle', () => {
    expect(texts({ step: 'split', field: 'run' }).filter((text) => text.startsWith('steps.'))).toEqual([])
  })

  it('knows results of approvals, children and fan-outs', () => {
    const all = readableAt(definition, { step: null, field: 'outputs' }, new Map([['other', ['done']]]))
    expect(all.map((one) => one.text)).toEqual(
      expect.arrayContaining(['steps.ask.outputs.note', 'steps.child.outputs.done']),
    )
    expect(all.find((one) => one.text === 'steps.fit.outputs.model')?.type).toBe('list of value')
  })

  it('offers the environment of a workflow no results', () => {
    expect(texts({ step: null, field: 'env' }).some((text) => text.startsWith('steps.'))).toBe(false)
  })
})

it('knows which steps a step reads', () => {
  const steps = mapOf(mapOf(definition)['steps'])
  expect([...readBy(mapOf(steps['child']))]).toEqual(['ask'])
  expect([...readBy(mapOf(steps['fit']))]).toEqual(['split'])
})

describe('what is handed in', () => {
  const given = parseYaml(`
params: { csv: { type: file }, year: { type: integer } }
steps:
  numbers: { run: x, outputs: { list: { files: "*.txt" }, total: { json: t.json } } }
  each: { forEach: "\${{ steps.numbers.outputs.list }}", run: x }
  sum: { run: x, inputs: { all: "\${{ steps.numbers.outputs.list }}", list: 1 } }
`).value
  const at = (place: ExpressionPlace) => new Map(readableAt(given, place).map((one) => [one.text, one]))

  it('are files and results of steps in a command; parameters that are values are read directly', () => {
    const offered = at({ step: 'sum', field: 'run' })
    for (const text of ['params.csv', 'steps.numbers.outputs.list', 'steps.numbers.outputs.total'])
      expect(offered.get(text)?.asInput, text).toBe(true)
    for (const text of ['params.year', 'inputs.all', 'steps.numbers.status', 'run.id'])
      expect(offered.get(text)?.asInput, text).toBeUndefined()
    expect(offered.get('inputs.all')?.type).toBe('files')
    expect(at({ step: 'each', field: 'env' }).get('item')).toMatchObject({ type: 'file', asInput: true })
  })

  it('is read as it is by an input, and files are not offered to the environment of the workflow', () => {
    expect(at({ step: 'sum', field: 'inputs' }).get('steps.numbers.outputs.list')?.asInput).toBeUndefined()
    expect([...at({ step: null, field: 'env' }).keys()]).not.toContain('params.csv')
  })

  it('takes the input that reads it already, or a free name', () => {
    const inputs = mapOf(mapOf(mapOf(mapOf(given)['steps'])['sum'])['inputs'])
    expect(inputReading(inputs, 'steps.numbers.outputs.list')).toEqual({ name: 'all', isNew: false })
    expect(inputReading(inputs, 'steps.other.outputs.list')).toEqual({ name: 'list2', isNew: true })
    expect(inputReading({}, 'item')).toEqual({ name: 'file', isNew: true })
  })
})
