import { expect, test } from 'vitest'
import type { Finding } from '../../src-shared/contract/index.ts'
import { reportOf, worstFirst } from './findings.ts'

const finding = (id: string, status: Finding['status'], fix?: string): Finding => ({
  id,
  title: id,
  status,
  detail: `${id} was looked at.`,
  ...(fix === undefined ? {} : { fix }),
})

test('what needs a person comes first, equals keep their order', () => {
  const all = [
    finding('a', 'ok'),
    finding('b', 'absent'),
    finding('c', 'error'),
    finding('d', 'warning'),
    finding('e', 'ok'),
  ]
  expect(worstFirst(all).map(({ id }) => id)).toEqual(['c', 'd', 'b', 'a', 'e'])
})

test('the report says what to do, but not for what is well', () => {
  const report = reportOf([finding('disk', 'error', 'Free some.'), finding('clock', 'ok', 'Nothing.')], null)
  expect(report).toBe('Weir\n[error] disk: disk was looked at.\n    Free some.\n[ok] clock: clock was looked at.')
})
