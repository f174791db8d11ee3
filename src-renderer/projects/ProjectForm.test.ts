// @vitest-environment happy-dom
import { expect, test } from 'vitest'
import { ProjectName } from '../../src-shared/contract/index.ts'
import { suggested } from './ProjectForm.tsx'

test.each([
  ['Übung 3', 'ubung-3'],
  ['  Mice / spring  ', 'mice-spring'],
  ['../../etc', 'etc'],
  ['x'.repeat(80), 'x'.repeat(63)],
])('%j could be called %j', (typed, name) => {
  expect(suggested(typed)).toBe(name)
  expect(ProjectName.safeParse(name).success).toBe(true)
})

test('of nothing that is allowed no name can be made', () => {
  expect(suggested('日本 !')).toBe('')
})
