import { describe, expect, it } from 'vitest'
import type { DefinitionProblem } from '../../../src-shared/contract/index.ts'
import { isInside, pathText, problemsAt, problemsBeside, problemsIn } from './problems-at.ts'

const problem = (path: string, severity: 'error' | 'warning' = 'error'): DefinitionProblem => ({
  severity,
  code: 'x',
  message: path,
  path,
})

const problems = [
  problem('steps.fit'),
  problem('steps.fit.timout'),
  problem('steps.fit.retry.on[1]', 'warning'),
  problem('steps.fit.retry.limit'),
  problem('steps.fit2.run'),
  problem('params.a.default'),
]

describe('the problems of a field', () => {
  it('writes a place as the engine does', () => {
    expect(pathText(['steps', 'fit', 'run', 2])).toBe('steps.fit.run[2]')
    expect(pathText(['steps', 'fit', 'outputs', 'a', 'files', 0])).toBe('steps.fit.outputs.a.files[0]')
  })

  it('tells a place inside from one that only begins alike', () => {
    expect(isInside('steps.fit.run[2]', 'steps.fit.run')).toBe(true)
    expect(isInside('steps.fit2.run', 'steps.fit')).toBe(false)
  })

  it('finds what is inside, errors first', () => {
    expect(problemsIn(problems, ['steps', 'fit', 'retry']).map((one) => one.path)).toEqual([
      'steps.fit.retry.limit',
      'steps.fit.retry.on[1]',
    ])
    expect(problemsAt(problems, ['steps', 'fit']).map((one) => one.path)).toEqual(['steps.fit'])
  })

  it('finds what no known field shows', () => {
    expect(problemsBeside(problems, ['steps', 'fit'], ['retry', 'run']).map((one) => one.path)).toEqual([
      'steps.fit',
      'steps.fit.timout',
    ])
  })
})
