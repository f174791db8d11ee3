import { expect, it } from 'vitest'
import { WorkflowName } from '../contract/index.ts'
import { workflowNameOf } from './workflow-name.ts'

it.each([
  ['sum numbers', 'sum-numbers'],
  ['Größe (2)', 'Gro-e-2'],
  ['  fit_model.v2 ', 'fit_model.v2'],
  ['---', ''],
  ['日本', ''],
  [`${'x'.repeat(80)}`, 'x'.repeat(63)],
])('%j → %j', (text, name) => {
  expect(workflowNameOf(text)).toBe(name)
  if (name !== '') expect(WorkflowName.parse(name)).toBe(name)
})
