import { expect, it } from 'vitest'
import { Param } from '../../../src-shared/contract/index.ts'
import { limitsOf } from './param-fields.ts'

it('reaches every field of a parameter', () => {
  const reached = new Set(['type', 'description', ...Param.shape.type.options.flatMap((type) => limitsOf(type))])
  expect([...reached].toSorted()).toEqual(Object.keys(Param.shape).toSorted())
})

it('offers a secret no default', () => expect(limitsOf('secret')).not.toContain('default'))
