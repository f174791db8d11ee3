import { expect, test } from 'vitest'
import { complaintOf, Refusal, sentence } from './problem.ts'

test('sentences begin large, names as they are written', () => {
  expect(sentence('the disk is full')).toBe('The disk is full.')
  expect(sentence('no, it is not')).toBe('No, it is not.')
  expect(sentence('ändert sich')).toBe('Ändert sich.')
  for (const text of ['data.weir.yaml is empty.', 'params.n: 7 is too much.', 'fit_2 failed.', '"x" is no name.'])
    expect(sentence(text)).toBe(text)
  expect(sentence('  ')).toBe('')
})

test('what the desktop refuses is said in its own words, and with its own remedy', () => {
  const { detail, fix } = complaintOf(new Refusal({ message: 'x.weir.yaml is not there.', fix: 'Look for it.' }))
  expect([detail, fix]).toEqual(['x.weir.yaml is not there.', 'Look for it.'])
})
