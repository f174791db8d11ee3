import { expect, it } from 'vitest'
import { unsetEdit, valueAt } from './unset.ts'

const definition = {
  params: { env: { type: 'string' } },
  steps: { env: { run: 'x', resources: { cpus: 1 }, inputs: { a: 1, b: 2 }, approval: { form: { a: {} } } } },
}

it('takes the map along that a field leaves empty', () => {
  expect(unsetEdit(definition, ['steps', 'env', 'resources', 'cpus']).path).toEqual(['steps', 'env', 'resources'])
  expect(unsetEdit(definition, ['steps', 'env', 'inputs', 'a']).path).toEqual(['steps', 'env', 'inputs', 'a'])
  expect(unsetEdit(definition, ['params', 'env']).path).toEqual(['params'])
})

it('never takes a step or parameter that is called like such a map', () => {
  expect(unsetEdit(definition, ['params', 'env', 'type']).path).toEqual(['params', 'env', 'type'])
  expect(unsetEdit({ steps: { env: { run: 'x' } } }, ['steps', 'env', 'run']).path).toEqual(['steps', 'env', 'run'])
})

it('finds values', () => {
  expect(valueAt(definition, ['steps', 'env', 'inputs', 'b'])).toBe(2)
  expect(valueAt({ a: [1, 2] }, ['a', 1])).toBe(2)
  expect(valueAt(definition, ['steps', 'toString'])).toBeUndefined()
})
