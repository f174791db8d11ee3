import { expect, it } from 'vitest'
import { problemCount, renderProblems } from './carets.ts'
import { plain } from './sample-runs.test-data.ts'

const text = 'name: x\r\nsteps:\r\n\tfit: {needs: spilt}\r\n'
const problem = {
  severity: 'error' as const,
  code: 'unknown_step',
  message: 'There is no step "spilt".',
  path: 'steps.fit.needs',
}

it('prints the place, the line with a caret under the column, and the fix', () => {
  expect(
    renderProblems([{ ...problem, line: 3, column: 15, fix: 'Did you mean "split"?' }], 'weir.yaml', text, plain),
  ).toBe(
    [
      'weir.yaml:3:15  error  There is no step "spilt".  unknown_step',
      '  3 | \tfit: {needs: spilt}',
      '    | \t             ^',
      '  fix: Did you mean "split"?',
    ].join('\n'),
  )
})

it('does without a place, and with a line that the text has not', () => {
  expect(renderProblems([problem], 'weir.yaml', text, plain)).toBe(
    'weir.yaml  error  There is no step "spilt". (steps.fit.needs)  unknown_step',
  )
  expect(renderProblems([{ ...problem, line: 99, column: 1 }], 'weir.yaml', text, plain)).not.toContain('^')
})

it('shows only the neighbourhood in a long line, the caret still under the place', () => {
  const long = `${'a'.repeat(500)}X${'b'.repeat(500)}`
  const [, source = '', caret = ''] = renderProblems([{ ...problem, line: 1, column: 501 }], 'w', long, plain).split(
    '\n',
  )
  expect(source.length).toBeLessThan(140)
  expect(source[caret.indexOf('^')]).toBe('X')
})

it('counts in words', () => {
  expect(problemCount([problem, problem, { ...problem, severity: 'warning' }])).toBe('2 errors, 1 warning')
  expect(problemCount([])).toBe('no problems')
})
