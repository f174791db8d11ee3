import { expect, it } from 'vitest'
import { Output } from './output.ts'
import { whyText } from './run-why.ts'

const output = new Output('table', false)
const failed = (step: string, details?: string) => ({
  ...{ step, status: 'failed' as const, text: 'ValueError: no rows' },
  ...(details === undefined ? {} : { details }),
})

it('what holds for many steps is told once', () => {
  const reasons = Array.from({ length: 20 }, (_, n) => failed(`clean[${n}]`, 'Traceback:\n  line 3\n'))
  const text = whyText({ summary: 'clean failed', reasons: [...reasons, failed('other', 'another stack')] }, output)
  expect(text.match(/Traceback/g)).toHaveLength(1)
  expect(text).toContain('ValueError: no rows (and 19 more: clean[1], clean[2], clean[3], …)')
  expect(text).toContain('other wrote last:\n  another stack')
})

it('a step that wrote nothing has no section, and a run without reasons no table', () => {
  expect(whyText({ summary: 's', reasons: [failed('a', ' \n')] }, output)).not.toContain('wrote last')
  expect(whyText({ summary: 'the run has succeeded', reasons: [] }, output)).toBe('the run has succeeded')
})
