// @vitest-environment happy-dom
import { expect, test } from 'vitest'
import { ProblemError } from '../../src-shared/contract/index.ts'
import { nextLook } from './queries.ts'

test('what failed with a project is asked for again, which comes back by itself; a refusal stays one', () => {
  expect(nextLook(null, undefined)).toBe(false)
  expect(nextLook(null, 5_000)).toBe(5_000)
  expect(nextLook(new ProblemError('run_not_found', 'gone'), undefined)).toBe(false)
  expect(nextLook(new ProblemError('project_failed', 'later'), undefined)).toBe(2_000)
  expect(nextLook(new ProblemError('project_failed', 'later'), false)).toBe(2_000)
})
