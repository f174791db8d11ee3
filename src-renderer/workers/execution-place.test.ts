import { expect, it } from 'vitest'
import { executionPlace } from './execution-place.ts'

it('finds run and step of an execution', () => {
  expect(executionPlace('k3m9abcd:measure[3]:2')).toEqual({ run: 'k3m9abcd', step: 'measure[3]' })
})
