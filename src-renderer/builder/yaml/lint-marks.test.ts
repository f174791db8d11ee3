import { Text } from '@codemirror/state'
import { expect, it } from 'vitest'
import { diagnosticsOf } from './lint-marks.ts'

const doc = Text.of(['steps:', '  fit: { ru: x }', ''])
const problem = {
  severity: 'error',
  code: 'x',
  message: 'unknown field',
  fix: 'Did you mean `run`?',
  path: 'steps.fit.ru',
} as const

it('marks the word at the place of a problem, with what to do', () => {
  expect(diagnosticsOf(doc, [{ ...problem, line: 2, column: 10 }])).toEqual([
    { from: 16, to: 18, severity: 'error', message: 'Unknown field.\nDid you mean `run`?' },
  ])
})

it('keeps problems of a longer text inside of this one', () => {
  const [far, none] = diagnosticsOf(doc, [{ ...problem, line: 99, column: 99 }, problem])
  expect(far).toMatchObject({ from: doc.length, to: doc.length })
  expect(none).toMatchObject({ from: 0, to: 5 })
})
